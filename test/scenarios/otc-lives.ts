import type { VirtualToken } from '@chiavetta/firmware-sim';
import type { CodeAnswer, SendAnswer } from '@chiavetta/validator';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Life } from './bound-token.ts';
import { CUSTOMER } from './bound-token.ts';

type Cut = { readonly operation: number; readonly moment: 'before' | 'torn' | 'after' };

type Command =
  | {
      readonly do: 'sign in';
      readonly order: 'scan first' | 'PIN first';
      /** What becomes of the code. */
      readonly fate: 'typed' | 'typed twice' | 'lost';
      /** The power goes in the middle, and the person goes on as the display says. */
      readonly cut: Cut | undefined;
    }
  /** Pictures that no token sees. */
  | { readonly do: 'lose pictures'; readonly times: number }
  /** An old picture is shown again, the newest first. */
  | { readonly do: 'old picture'; readonly back: number }
  /** A code from before is typed into a new page. */
  | { readonly do: 'old code' }
  | { readonly do: 'wrong PIN' | 'power cut' | 'switch off' };

const PIN = '40617';
const WRONG_PIN = '40618';
const COMMANDS_MAX = 9;
const SCREENS_MAX = 40;
const TRIES_MAX = 4;
const DAY_MS = 86_400_000;

const cut: fc.Arbitrary<Cut> = fc.record({
  operation: fc.integer({ min: 1, max: 12 }),
  moment: fc.constantFrom('before', 'torn', 'after'),
});
const commands: fc.Arbitrary<readonly Command[]> = fc.array(
  fc.oneof(
    {
      weight: 7,
      arbitrary: fc.record({
        do: fc.constant('sign in' as const),
        order: fc.constantFrom('scan first', 'PIN first'),
        fate: fc.constantFrom('typed', 'typed', 'typed twice', 'lost'),
        cut: fc.option(cut, { nil: undefined }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('lose pictures' as const),
        times: fc.integer({ min: 1, max: 4 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('old picture' as const), back: fc.nat({ max: 4 }) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('old code' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constantFrom('wrong PIN', 'power cut', 'switch off') }),
    },
  ),
  { size: 'max', maxLength: COMMANDS_MAX },
);

/** What the customer remembers. */
type Memory = {
  /** Login pictures that the token was shown to the end. */
  readonly seen: Uint8Array[];
  lastCode: string | undefined;
  isPaired: boolean;
  sessions: number;
  cuts: number;
};

/** Random lives from the branch on, the first pairing included; each ends with a login without faults. */
export async function liveWithOtc(job: {
  readonly runs: number;
  readonly lifeOf: (seed: number) => Promise<Life>;
}): Promise<{ readonly sessions: number; readonly cuts: number }> {
  let sessions = 0;
  let cuts = 0;
  const property = fc.asyncProperty(fc.nat({ max: 1_000_000 }), commands, async (seed, list) => {
    const life = await job.lifeOf(seed);
    const memory: Memory = { seen: [], lastCode: undefined, isPaired: false, sessions: 0, cuts: 0 };
    for (const command of list) await act(life, memory, command);
    await signInInTheEnd(life, memory);
    await signInInTheEnd(life, memory);
    sessions += memory.sessions;
    cuts += memory.cuts;
  });
  await fc.assert(property, { numRuns: job.runs, includeErrorInReport: true });
  return { sessions, cuts };
}

async function act(life: Life, memory: Memory, command: Command): Promise<void> {
  const { bank, token } = life;
  switch (command.do) {
    case 'sign in':
      await signIn(life, memory, command);
      return;
    case 'lose pictures':
      // A pairing has few pictures a day; a login has many.
      if (!memory.isPaired) return;
      for (let time = 0; time < command.times; time += 1) await bank.portal.send(CUSTOMER);
      return;
    case 'old picture': {
      const payload = memory.seen.at(-1 - command.back);
      if (payload === undefined) return;
      restart(token);
      expect(readPicture(token, payload, 'PIN first'), 'an old picture gives no code').toBeUndefined();
      return;
    }
    case 'old code': {
      if (!memory.isPaired || memory.lastCode === undefined) return;
      const answer = await type(life, await bank.portal.send(CUSTOMER), memory.lastCode);
      expect(answer.outcome, 'a code is taken once').toBe('refused');
      return;
    }
    case 'wrong PIN':
      if (!memory.isPaired) return;
      restart(token);
      if (token.screen().id !== 'otc.pin') return;
      token.type(WRONG_PIN);
      token.press('ok');
      // The next right PIN gives the tries back: five in a row are never reached here.
      enterPin(token);
      return;
    case 'power cut':
      token.power('cut');
      return;
    case 'switch off':
      if (token.screen().id !== 'off') token.power('off');
      return;
  }
}

/** One attempt as a person makes it; nothing is promised where the power goes, but what it shows must be good. */
async function signIn(
  life: Life,
  memory: Memory,
  how: Extract<Command, { readonly do: 'sign in' }>,
): Promise<void> {
  const { bank, token } = life;
  if (how.cut !== undefined) {
    const { operation, moment } = how.cut;
    token.faults.cutAt({ opNumber: token.faults.opCount() + operation, moment });
  }
  const done = await attempt(life, memory, how);
  token.faults.cutAt(undefined);
  if (how.cut === undefined && how.fate !== 'lost' && memory.isPaired && done !== 'signed in') {
    // A pairing in between may have used up its pictures of the day; a login never.
    expect(done, 'a paired token signs in').toBe('signed in');
  }
  bank.clock.advance(DAY_MS);
}

type Ended = 'signed in' | 'no code' | 'refused' | 'lost';

async function attempt(
  { bank, token, serial }: Life,
  memory: Memory,
  how: { readonly order: 'scan first' | 'PIN first'; readonly fate: 'typed' | 'typed twice' | 'lost' },
): Promise<Ended> {
  const life = { bank, token, serial };
  let page = await bank.portal.send(CUSTOMER);
  for (;;) {
    const { payload, kind } = page;
    if (payload === undefined) throw new Error(`the portal asks for ${kind} and not for a picture`);
    restart(token);
    const { code, cuts } = readOverCuts(token, payload, how.order);
    memory.cuts += cuts;
    if (kind === 'login') memory.seen.push(payload);
    if (code === undefined) return 'no code';
    if (how.fate === 'lost' && kind === 'login') return 'lost';
    const answer = await type(life, page, code);
    // Whatever the token shows for the newest picture is right: it never shows a code that the validator refuses.
    expect(answer.outcome, `the code for ${kind} is right`).not.toBe('refused');
    if (how.fate === 'typed twice') {
      expect((await type(life, page, code)).outcome, 'a code is taken once').toBe('refused');
    }
    if (answer.outcome === 'refused') return 'refused';
    if (answer.outcome === 'continue') {
      page = answer.next;
      continue;
    }
    memory.sessions += 1;
    memory.isPaired = true;
    memory.lastCode = kind === 'login' ? code : memory.lastCode;
    return 'signed in';
  }
}

/** After all that happened: a few attempts of a patient person, a day apart, end with a session. */
async function signInInTheEnd(life: Life, memory: Memory): Promise<void> {
  let ended: Ended = 'no code';
  for (let tries = 0; tries < TRIES_MAX && ended !== 'signed in'; tries += 1) {
    life.bank.clock.advance(DAY_MS);
    ended = await attempt(life, memory, { order: 'PIN first', fate: 'typed' });
    if (memory.isPaired) break;
  }
  expect(ended, 'in the end the customer signs in').toBe('signed in');
}

async function type({ bank }: Life, page: SendAnswer, code: string): Promise<CodeAnswer> {
  const { challengeId, portalSession } = page;
  return await bank.portal.code(challengeId, { portalSession, code });
}

/** Reads a picture; where the power goes, switches on again and goes on where the display says. */
function readOverCuts(
  token: VirtualToken,
  payload: Uint8Array,
  order: 'scan first' | 'PIN first',
): { readonly code: string | undefined; readonly cuts: number } {
  const code = readPicture(token, payload, order);
  if (token.screen().id !== 'off') return { code, cuts: 0 };
  token.faults.cutAt(undefined);
  return { code: readPicture(token, payload, order), cuts: 1 };
}

/** What a person does from the first look at the display to the code; `undefined` when the token shows none or goes off. */
function readPicture(
  token: VirtualToken,
  payload: Uint8Array,
  order: 'scan first' | 'PIN first',
): string | undefined {
  let isShown = false;
  let wasOn = false;
  for (let count = 0; count < SCREENS_MAX; count += 1) {
    const { id, fields } = token.screen();
    const { code } = { code: undefined, ...fields };
    if (isShown && code !== undefined) return String(code);
    if (id === 'off' && wasOn) return undefined;
    wasOn ||= id !== 'off';
    if (id === 'off') token.press('power');
    else if (id === 'otc.language') token.press('2');
    else if (id === 'otc.boot' || id === 'otc.pair.intro' || id === 'otc.login') token.press('ok');
    // A pairing that was cut off goes on by the picture, or shows its digits again.
    else if (id === 'otc.continue') isShown = showTo(token, payload);
    else if (id === 'otc.pin' && order === 'scan first' && !isShown) isShown = showTo(token, payload);
    else if (id.startsWith('otc.pin')) enterPin(token);
    else if (!isShown) isShown = showTo(token, payload);
    else return undefined;
  }
  return undefined;
}

function showTo(token: VirtualToken, payload: Uint8Array): true {
  token.scan({ payload });
  return true;
}

function enterPin(token: VirtualToken): void {
  token.type(PIN);
  token.press('ok');
}

function restart(token: VirtualToken): void {
  if (token.screen().id !== 'off') token.power('off');
  for (let count = 0; count < SCREENS_MAX; count += 1) {
    const { id } = token.screen();
    if (id === 'off') token.press('power');
    else if (id === 'otc.language') token.press('2');
    else if (id === 'otc.boot') token.press('ok');
    else return;
  }
}
