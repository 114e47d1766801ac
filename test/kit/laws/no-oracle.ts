import fc from 'fast-check';
import type { CodeBook } from '../code-book.ts';
import { codeBook, typed } from '../code-book.ts';
import type { Law, Tally } from '../law.ts';
import { law } from '../law.ts';
import type { LoginPage, Subject, TypedCode } from '../target.ts';

type Attempt = {
  readonly do: 'attempt';
  readonly user: 'own' | 'stranger';
  readonly pin: 'right' | 'wrong';
  readonly code: 'right' | 'used' | 'wrong' | 'far' | 'short' | 'pair';
  readonly page: 'own' | 'foreign session' | 'unknown';
};

type Command =
  | Attempt
  | { readonly do: 'sign in' | 'block' | 'reinstate' }
  | { readonly do: 'wait'; readonly seconds: number };

const COMMANDS_MAX = 10;
const FAR_PRESSES = 50;

const attempt: fc.Arbitrary<Attempt> = fc.record({
  do: fc.constant('attempt' as const),
  user: fc.constantFrom('own', 'own', 'own', 'stranger'),
  pin: fc.constantFrom('right', 'wrong'),
  code: fc.constantFrom('right', 'used', 'wrong', 'far', 'short', 'pair'),
  page: fc.constantFrom('own', 'own', 'own', 'own', 'foreign session', 'unknown'),
});
const plain = fc.record({ do: fc.constantFrom('sign in', 'block', 'reinstate') });
const wait = fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 1_200 }) });
const commands: fc.Arbitrary<readonly Command[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: attempt },
    { weight: 2, arbitrary: plain },
    { weight: 1, arbitrary: wait },
  ),
  { size: 'max', maxLength: COMMANDS_MAX },
);

/** What a customer sees of a refusal is the same bytes, whatever refused it. Times are not compared. */
export const noOracle: Law = law<Command>({
  id: 'no-oracle',
  sentence: 'No answer tells which factor failed: refusals are equal byte for byte.',
  commands,
  say,
  check,
});

function say(command: Command): string {
  if (command.do === 'wait') return `wait ${command.seconds} s`;
  if (command.do !== 'attempt') return command.do;
  const who = command.user === 'own' ? 'the own User Code' : 'an unknown User Code';
  const page = {
    own: '',
    'foreign session': ', from another browser',
    unknown: ', into a page that does not exist',
  };
  return `${who}, a ${command.pin} PIN, ${CODE_WORDS[command.code]}${page[command.page]}`;
}

const CODE_WORDS: Readonly<Record<Attempt['code'], string>> = {
  right: 'a right code',
  used: 'a used code',
  wrong: 'a wrong code',
  far: `a code ${FAR_PRESSES} presses ahead`,
  short: 'a code of two digits',
  pair: 'two wrong codes',
};

/** What was seen first: the plainest refusal, and a page of each kind. */
type Faces = { readonly ownKind: string; readonly pages: Map<string, string>; readonly refusal: string };

async function check(
  subject: Subject,
  commands: readonly Command[],
  tally: Tally,
): Promise<string | undefined> {
  const book = codeBook(subject);
  let used = 0;
  const signIn = async (): Promise<void> => {
    const code = await book.at(used);
    const reply = await typed(subject, tally, { page: await subject.startLogin(subject), attempt: { code } });
    if (reply.session !== undefined) used += 1;
  };
  // A used code exists, and the plainest refusal of all is what every other is compared with.
  await signIn();
  const page = await subject.startLogin(subject);
  const plainest = await typed(subject, tally, { page, attempt: { code: await book.wrong(used + 2) } });
  const faces: Faces = {
    ownKind: page.kind,
    pages: new Map([[page.kind, page.face]]),
    refusal: plainest.face,
  };
  for (const command of commands) {
    if (command.do === 'sign in') await signIn();
    else if (command.do === 'wait') await subject.acts.wait?.(command.seconds);
    else if (command.do !== 'attempt') await subject.acts[command.do]?.();
    else {
      const { opened, happened } = await tryOnce(subject, command, { book, used, tally, faces });
      if (opened) used += 1;
      if (happened !== undefined) return happened;
    }
  }
  return undefined;
}

async function tryOnce(
  subject: Subject,
  command: Attempt,
  at: { readonly book: CodeBook; readonly used: number; readonly tally: Tally; readonly faces: Faces },
): Promise<{ readonly opened: boolean; readonly happened?: string }> {
  const { book, used, tally, faces } = at;
  const page = await subject.startLogin({
    userCode: command.user === 'own' ? subject.userCode : strangerOf(subject.userCode),
    pin: command.pin === 'right' ? subject.pin : strangerOf(subject.pin),
  });
  const words = say(command);
  // Somebody unknown may be shown a page of another kind, as if they had another token; the own page never changes.
  const seen = faces.pages.get(command.user === 'own' ? faces.ownKind : page.kind) ?? page.face;
  faces.pages.set(page.kind, seen);
  if (page.face !== seen) {
    return { opened: false, happened: `The page differs for ${words}:\n${page.face}\n${seen}` };
  }
  const reply = await typed(subject, tally, {
    page: strayed(page, command.page),
    attempt: await codeFor(command.code, book, used),
  });
  if (reply.session !== undefined) return { opened: true };
  if (reply.face === faces.refusal) return { opened: false };
  return { opened: false, happened: `The refusal differs for ${words}:\n${reply.face}\n${faces.refusal}` };
}

async function codeFor(code: Attempt['code'], book: CodeBook, used: number): Promise<TypedCode> {
  switch (code) {
    case 'right':
      return { code: await book.at(used) };
    case 'used':
      return { code: await book.at(Math.max(0, used - 1)) };
    case 'far':
      return { code: await book.at(used + FAR_PRESSES) };
    case 'short':
      return { code: '12' };
    case 'wrong':
      return { code: await book.wrong(used + 2) };
    case 'pair': {
      const wrong = await book.wrong(used + 2);
      return { code: wrong, nextCode: wrong };
    }
  }
}

/** The same page, seen from where it does not belong. */
function strayed(page: LoginPage, where: Attempt['page']): LoginPage {
  if (where === 'foreign session') return { ...page, portalSession: shuffled(page.portalSession) };
  if (where === 'unknown') return { ...page, id: shuffled(page.id) };
  return page;
}

/** Other characters, as many of them. */
function shuffled(text: string): string {
  return [...text].reverse().join('');
}

/** Another number of the same form: every digit goes on by four. */
function strangerOf(digits: string): string {
  return digits.replace(/\d/gu, (digit) => String((Number(digit) + 4) % 10));
}
