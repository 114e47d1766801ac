import { assert } from '@chiavetta/protocol/bytes';
import { hotp } from '@chiavetta/protocol/otp';
import fc from 'fast-check';
import { expect } from 'vitest';
import { explain } from '../kit/reference-model.ts';
import { pressForCode } from '../kit/targets/fob-codes.ts';
import type { Life } from './bound-token.ts';
import { CUSTOMER } from './bound-token.ts';

type Command =
  /** A press, and the code typed, typed twice, or lost on the way. */
  | { readonly do: 'press'; readonly fate: 'typed' | 'typed twice' | 'lost' }
  /** The power goes at a flash operation of a press; a new battery is put in. */
  | { readonly do: 'cut'; readonly operation: number; readonly moment: 'before' | 'torn' | 'after' }
  /** A code that was shown before, the newest first, is typed now. */
  | { readonly do: 'late'; readonly back: number }
  /** Presses in a pocket. */
  | { readonly do: 'pocket'; readonly times: number }
  /** Two presses, both codes typed. */
  | { readonly do: 'resync' };

const COMMANDS_MAX = 14;
const POCKET_MAX = 6;
/** A single code is found among so many counters, a pair among so many. */
const ALONE = 3;
const TOGETHER = 100;
/** More presses than one life can have. */
const COUNTERS = COMMANDS_MAX * POCKET_MAX + TOGETHER;

const commands: fc.Arbitrary<readonly Command[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('press' as const),
        fate: fc.constantFrom('typed', 'typed', 'typed twice', 'lost'),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('cut' as const),
        operation: fc.integer({ min: 1, max: 4 }),
        moment: fc.constantFrom('before', 'torn', 'after'),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('late' as const), back: fc.nat({ max: 6 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('pocket' as const),
        times: fc.integer({ min: 2, max: POCKET_MAX }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('resync' as const) }) },
  ),
  { size: 'max', maxLength: COMMANDS_MAX },
);

/** What both sides should agree on: the codes by counter, those that were shown, and the validator's watermark. */
type Agreement = {
  readonly codes: readonly string[];
  readonly shown: number[];
  next: number;
};

/** Random lives, each ending with both sides together; how many counters were used and how often the power went. */
export async function liveWithFob(job: {
  readonly runs: number;
  readonly lifeOf: (seed: number) => Promise<Life>;
}): Promise<{ readonly accepted: number; readonly cuts: number }> {
  let accepted = 0;
  let cuts = 0;
  const seeds = fc.nat({ max: 1_000_000 });
  const property = fc.asyncProperty(seeds, commands, async (seed, list) => {
    const life = await job.lifeOf(seed);
    const agreement = await begin(life);
    for (const command of list) cuts += await act(life, agreement, command);
    // However far apart they are by now, two consecutive codes bring them together again.
    await resync(life, agreement);
    await pressAndType(life, agreement);
    accepted += agreement.next;
  });
  await fc.assert(property, { numRuns: job.runs, includeErrorInReport: true });
  return { accepted, cuts };
}

async function begin({ bank, serial }: Life): Promise<Agreement> {
  const state = await bank.token(serial);
  assert(state.kind === 'fob' && state.otp !== undefined, 'the fob is provisioned');
  const { bytes } = state.otp.seed;
  const codes = Array.from({ length: COUNTERS }, (_, counter) =>
    hotp({ secret: bytes, counter: BigInt(counter) }),
  );
  return { codes, shown: [], next: 0 };
}

/** Carries one command out; returns how often the power really went. */
async function act(life: Life, agreement: Agreement, command: Command): Promise<number> {
  const { token } = life;
  switch (command.do) {
    case 'press': {
      const code = press(life, agreement);
      if (command.fate !== 'lost') await type(life, agreement, code);
      if (command.fate === 'typed twice') await type(life, agreement, code);
      return 0;
    }
    case 'cut': {
      const { operation, moment } = command;
      token.faults.cutAt({ opNumber: token.faults.opCount() + operation, moment });
      if (token.screen().id !== 'fob.dark') token.press('button');
      const { screen } = token.press('button');
      if (screen.fields['code'] !== undefined) note(agreement, String(screen.fields['code']));
      token.faults.cutAt(undefined);
      const wasCut = token.screen().id === 'off';
      if (wasCut) token.power('battery');
      return wasCut ? 1 : 0;
    }
    case 'late': {
      const counter = agreement.shown.at(-1 - command.back);
      if (counter !== undefined) await type(life, agreement, agreement.codes[counter] ?? '');
      return 0;
    }
    case 'pocket':
      for (let time = 0; time < command.times; time += 1) press(life, agreement);
      return 0;
    case 'resync':
      await resync(life, agreement);
      return 0;
  }
}

function press({ token }: Life, agreement: Agreement): string {
  const code = pressForCode(token);
  assert(code !== undefined, `a fob with power shows a code, not ${token.screen().id}`);
  note(agreement, code);
  return code;
}

/** Each code on the display is that of a later counter than any before: a cut never takes the fob back. */
function note(agreement: Agreement, code: string): void {
  const counter = agreement.codes.indexOf(code, (agreement.shown.at(-1) ?? -1) + 1);
  expect(counter, 'a code shown is of a counter that was not shown yet').toBeGreaterThanOrEqual(0);
  agreement.shown.push(counter);
}

async function resync(life: Life, agreement: Agreement): Promise<void> {
  const first = press(life, agreement);
  const second = press(life, agreement);
  const isOpen = await type(life, agreement, first, second);
  expect(isOpen, 'two consecutive codes within the wide window are accepted').toBe(true);
}

async function pressAndType(life: Life, agreement: Agreement): Promise<void> {
  expect(await type(life, agreement, press(life, agreement))).toBe(true);
}

/** Types one code or two, and compares the validator's answer with the reference in both directions. */
async function type(
  { bank, serial }: Life,
  agreement: Agreement,
  code: string,
  nextCode?: string,
): Promise<boolean> {
  const { codes, next } = agreement;
  // Wrong codes are another matter: somebody at the branch forgives them.
  await bank.editToken(serial, (before) =>
    before.kind === 'fob'
      ? { ...before, bindings: before.bindings.map((one) => ({ ...one, lock: { tag: 'OK', failures: 0 } })) }
      : before,
  );
  const page = await bank.portal.send(CUSTOMER);
  const typed = { code, ...(nextCode === undefined ? {} : { nextCode }) };
  const { portalSession } = page;
  const answer = await bank.portal.code(page.challengeId, { portalSession, ...typed });
  const isOpen = answer.outcome === 'session';
  const window = next + (nextCode === undefined ? ALONE : TOGETHER + 1);
  const explained = explain({ next }, typed, codes.slice(0, window));
  expect(isOpen, `the validator takes the codes from counter ${next} on`).toBe(explained !== undefined);
  agreement.next = explained?.next ?? next;
  const state = await bank.token(serial);
  expect(state.kind === 'fob' ? state.otp?.next : undefined).toBe(agreement.next);
  return isOpen;
}
