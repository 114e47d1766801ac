import fc from 'fast-check';
import type { CodeBook } from '../code-book.ts';
import { codeBook, typed } from '../code-book.ts';
import type { Law, Tally } from '../law.ts';
import { law } from '../law.ts';
import type { ReferenceModel } from '../reference-model.ts';
import { explain, FRESH_MODEL } from '../reference-model.ts';
import type { LoginPage, Subject, TypedCode } from '../target.ts';

type Command =
  /** The code `ahead` presses on. */
  | { readonly do: 'login'; readonly ahead: number }
  /** A code before the last accepted one, or that one, on a new page or once more on the last one. */
  | { readonly do: 'again'; readonly back: number; readonly where: 'new page' | 'last page' }
  /** Two consecutive codes that begin `from` presses after the last accepted one: below 0 they are old. */
  | { readonly do: 'pair'; readonly from: number }
  | { readonly do: 'wrong code' | 'wrong PIN' | 'block' | 'reinstate' | 'restart' }
  | { readonly do: 'wait'; readonly seconds: number };

const COMMANDS_MAX = 12;
/** As far as any validator may look ahead; only read when a session has no explanation nearer by. */
const LOOK_AHEAD = 104;

const login = fc.record({ do: fc.constant('login' as const), ahead: fc.nat({ max: 2 }) });
const again = fc.record({
  do: fc.constant('again' as const),
  back: fc.integer({ min: 1, max: 8 }),
  where: fc.constantFrom('new page', 'last page'),
});
const pair = fc.record({
  do: fc.constant('pair' as const),
  from: fc.oneof(fc.integer({ min: -8, max: 3 }), fc.integer({ min: 4, max: 90 })),
});
const plain = fc.record({
  do: fc.constantFrom('wrong code', 'wrong PIN', 'block', 'reinstate', 'restart'),
});
const wait = fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 1_200 }) });
const commands: fc.Arbitrary<readonly Command[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: login },
    { weight: 5, arbitrary: again },
    { weight: 4, arbitrary: pair },
    { weight: 2, arbitrary: plain },
    { weight: 1, arbitrary: wait },
  ),
  { size: 'max', maxLength: COMMANDS_MAX },
);

/** One caller, one post after the other: each session needs a counter that no session had and none after it. */
export const noReturn: Law = law<Command>({
  id: 'no-return',
  sentence: 'Used or older codes never return: not later, not in pairs, not after a block or a restart.',
  commands,
  say,
  check,
});

function say(command: Command): string {
  switch (command.do) {
    case 'login':
      return `sign in with the code ${command.ahead} presses ahead`;
    case 'again':
      return `type the code ${command.back} presses before the next unused one, on ${command.where === 'new page' ? 'a new page' : 'the last page'}`;
    case 'pair':
      return `type two consecutive codes, the first ${command.from} presses from the next unused one`;
    case 'wait':
      return `wait ${command.seconds} s`;
    default:
      return command.do;
  }
}

type Scene = {
  readonly subject: Subject;
  readonly book: CodeBook;
  readonly tally: Tally;
  readonly model: ReferenceModel;
  readonly page: LoginPage | undefined;
};

async function check(
  subject: Subject,
  commands: readonly Command[],
  tally: Tally,
): Promise<string | undefined> {
  let scene: Scene = { subject, book: codeBook(subject), tally, model: FRESH_MODEL, page: undefined };
  for (const command of commands) {
    const after = await act(scene, command);
    if ('happened' in after) return after.happened;
    scene = after;
  }
  return undefined;
}

type After = Scene | { readonly happened: string };

async function act(scene: Scene, command: Command): Promise<After> {
  const { subject, book, model } = scene;
  const { acts } = subject;
  switch (command.do) {
    case 'login':
      return await post(scene, { code: await book.at(model.next + command.ahead) });
    case 'again': {
      if (model.next < command.back) return scene;
      const attempt = { code: await book.at(model.next - command.back) };
      return await post(scene, attempt, command.where === 'last page' ? scene.page : undefined);
    }
    case 'pair': {
      const first = model.next + command.from;
      if (first < 0) return scene;
      return await post(scene, { code: await book.at(first), nextCode: await book.at(first + 1) });
    }
    case 'wrong code':
      return await post(scene, { code: await book.wrong(model.next + 2) });
    case 'wrong PIN':
      await subject.startLogin({ ...subject, pin: otherPin(subject.pin) });
      return scene;
    case 'wait':
      await acts.wait?.(command.seconds);
      return scene;
    default:
      await acts[command.do]?.();
      return scene;
  }
}

/** Types a code, on a new page unless one is given, and asks the reference for an explanation of the session. */
async function post(scene: Scene, attempt: TypedCode, onto?: LoginPage): Promise<After> {
  const { subject, book, model, tally } = scene;
  const page = onto ?? (await subject.startLogin(subject));
  const reply = await typed(subject, tally, { page, attempt });
  if (reply.session === undefined) return { ...scene, page };
  const near = explain(model, attempt, await book.upTo(model.next + 2));
  const explained = near ?? explain(model, attempt, await book.upTo(model.next + LOOK_AHEAD));
  if (explained !== undefined) return { ...scene, page, model: explained };
  return { happened: await unexplained(scene, attempt) };
}

async function unexplained({ book, model }: Scene, { code, nextCode }: TypedCode): Promise<string> {
  const counter = (await book.upTo(model.next)).indexOf(code);
  const what = nextCode === undefined ? 'A code' : 'A pair of codes';
  if (counter < 0) return `${what} that the fob never showed opened a session.`;
  return `${what} from press ${counter + 1} opened a session, although press ${model.next} was used before.`;
}

/** Another PIN of the same form. */
function otherPin(pin: string): string {
  return pin.replace(/\d$/u, (digit) => String((Number(digit) + 1) % 10));
}
