import fc from 'fast-check';
import type { CodeBook } from '../code-book.ts';
import { codeBook, typed } from '../code-book.ts';
import type { Law, Tally } from '../law.ts';
import { law } from '../law.ts';
import type { CodeReply, LoginPage, Subject, TypedCode } from '../target.ts';

type Race = {
  readonly do: 'race';
  readonly callers: number;
  /** All callers on one page, or each on a page of its own. */
  readonly pages: 'one' | 'each';
  /** One code; two consecutive ones; or every second caller with the code after it. */
  readonly codes: 'one' | 'pair' | 'neighbours';
  /** Whether the posts say that they are retransmissions of one request. */
  readonly keys: 'none' | 'same' | 'own';
};

type Command =
  | Race
  /** The button pressed without typing the code. */
  | { readonly do: 'press'; readonly times: number }
  /** Wrong codes, all at once, on one page. */
  | { readonly do: 'wrong'; readonly callers: number };

const CALLERS = { min: 2, max: 8 };
const COMMANDS_MAX = 8;

const race: fc.Arbitrary<Race> = fc.record({
  do: fc.constant('race' as const),
  callers: fc.integer(CALLERS),
  pages: fc.constantFrom('one', 'each'),
  codes: fc.constantFrom('one', 'pair', 'neighbours'),
  keys: fc.constantFrom('none', 'same', 'own'),
});
const press = fc.record({ do: fc.constant('press' as const), times: fc.integer({ min: 1, max: 2 }) });
const wrong = fc.record({ do: fc.constant('wrong' as const), callers: fc.integer(CALLERS) });
const commands: fc.Arbitrary<readonly Command[]> = fc.array(
  fc.oneof({ weight: 6, arbitrary: race }, { weight: 2, arbitrary: press }, { weight: 1, arbitrary: wrong }),
  { size: 'max', maxLength: COMMANDS_MAX },
);

/** Of many callers with one fresh code, one at most is let in. Every race has a code of its own. */
export const oneSession: Law = law<Command>({
  id: 'one-session',
  sentence: 'A code opens at most one session, however many callers type it at the same time.',
  commands,
  say,
  check,
});

function say(command: Command): string {
  if (command.do === 'press') return `press the button ${command.times} times and type nothing`;
  if (command.do === 'wrong') return `${command.callers} callers type a wrong code at once`;
  const what = {
    one: 'the next code',
    pair: 'the next two codes',
    neighbours: 'the next code or the one after it',
  };
  const where = { one: 'into one page', each: 'each into a page of its own' };
  const keys = { none: '', same: ', all with one request key', own: ', each with a request key of its own' };
  const { callers, codes, pages } = command;
  return `${callers} callers type ${what[codes]} at once, ${where[pages]}${keys[command.keys]}`;
}

async function check(
  subject: Subject,
  commands: readonly Command[],
  tally: Tally,
): Promise<string | undefined> {
  const book = codeBook(subject);
  let next = 0;
  for (const command of commands) {
    if (command.do === 'press') next += command.times;
    else if (command.do === 'wrong') {
      const page = await subject.startLogin(subject);
      const attempt = { code: await book.wrong(next + 2) };
      await Promise.all(times(command.callers, () => typed(subject, tally, { page, attempt })));
    } else {
      const happened = await runRace(subject, command, { book, next, tally });
      if (happened !== undefined) return happened;
      next += 2;
    }
  }
  return undefined;
}

async function runRace(
  subject: Subject,
  command: Race,
  at: { readonly book: CodeBook; readonly next: number; readonly tally: Tally },
): Promise<string | undefined> {
  const first = await at.book.at(at.next);
  const second = await at.book.at(at.next + 1);
  const pages: LoginPage[] = [];
  for (let index = 0; index < (command.pages === 'one' ? 1 : command.callers); index += 1) {
    pages.push(await subject.startLogin(subject));
  }
  const posts = times(command.callers, (index) => {
    const key = { none: {}, same: { requestKey: 'race' }, own: { requestKey: `race ${index}` } }[
      command.keys
    ];
    const codes = {
      one: { code: first },
      pair: { code: first, nextCode: second },
      neighbours: { code: index % 2 === 0 ? first : second },
    }[command.codes];
    const page = pages[index % pages.length] ?? pages[0];
    return { page, attempt: { ...codes, ...key } };
  });
  const replies = await Promise.all(
    posts.flatMap(({ page, attempt }) =>
      page === undefined
        ? []
        : [typed(subject, at.tally, { page, attempt }).then((reply) => ({ attempt, reply }))],
    ),
  );
  return await tooMany(subject, command, { replies, isSame: first === second });
}

async function tooMany(
  subject: Subject,
  command: Race,
  {
    replies,
    isSame,
  }: {
    readonly replies: readonly { readonly attempt: TypedCode; readonly reply: CodeReply }[];
    /** Two neighbours may happen to show the same digits. */
    readonly isSame: boolean;
  },
): Promise<string | undefined> {
  const byCode = new Map<string, Set<string>>();
  const all = new Set<string>();
  for (const [caller, { attempt, reply }] of replies.entries()) {
    if (reply.session === undefined || !(await subject.isSessionOpen(reply.session))) continue;
    // Every caller who is let in counts, even into one session; only retransmissions of one request count once.
    const entry = attempt.requestKey ?? `caller ${caller}`;
    all.add(entry);
    byCode.set(attempt.code, (byCode.get(attempt.code) ?? new Set()).add(entry));
  }
  const perCode = Math.max(0, ...[...byCode.values()].map((sessions) => sessions.size));
  if (command.pages === 'one' && all.size > 1) {
    return `${all.size} of ${command.callers} callers who answered one page at once were let in.`;
  }
  const isTwoCodes = command.codes === 'neighbours' && isSame;
  if (perCode <= (isTwoCodes ? 2 : 1)) return undefined;
  return `${perCode} of ${command.callers} callers were let in with one code.`;
}

function times<T>(count: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
