import { assert } from '@chiavetta/protocol/bytes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryStore, withoutCompareAndSwap } from '../adapters/memory/index.ts';
import { blockAccount } from '../core/account-pin.ts';
import { overlayBinding } from '../core/binding-changes.ts';
import type { CodeAnswer } from '../core/decide-code.ts';
import type { SendAnswer } from '../core/decide-send.ts';
import type { RecordTypes } from '../core/records.ts';
import type { LittleBank, LittleFob } from '../testing/little-bank.ts';
import { littleBank } from '../testing/little-bank.ts';
import { PIN, pair, scanned, send, typeCode, USER } from '../testing/little-customer.ts';

const POSTS = 16;

/** Lets the waiting store operations of a race go on one at a time, in an order that a list of numbers decides. */
function scheduler(order: readonly number[]) {
  const waiting: (() => void)[] = [];
  let isOn = false;
  let turn = 0;
  return {
    gate: (): Promise<void> => (isOn ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
    /** Runs the callers to their end. */
    run: async <T>(callers: readonly (() => Promise<T>)[]): Promise<readonly T[]> => {
      isOn = true;
      let isDone = false;
      const answers = Promise.all(callers.map((call) => call())).finally(() => {
        isDone = true;
      });
      while (!isDone) {
        // Every caller that can go on comes to its next store operation before one of them is let through.
        for (let hop = 0; hop < 30; hop += 1) await Promise.resolve();
        const index = (order[turn % order.length] ?? 0) % Math.max(1, waiting.length);
        turn += 1;
        waiting.splice(index, 1)[0]?.();
      }
      isOn = false;
      return await answers;
    },
  };
}

function sessionsIn(answers: readonly CodeAnswer[]): number {
  return answers.filter((one) => one.outcome === 'session').length;
}

async function fobBank(order: readonly number[], isNaive: boolean) {
  const schedule = scheduler(order);
  const store = memoryStore<RecordTypes>({ gate: schedule.gate });
  const bank = littleBank({ store: isNaive ? withoutCompareAndSwap(store) : store });
  const fob = await bank.addFob(await bank.addCustomer({ userCode: USER, pin: PIN }));
  return { bank, fob, schedule };
}

/** 16 posts of one fresh code to one challenge: how many got a session. */
async function race(order: readonly number[], isNaive: boolean): Promise<number> {
  const { bank, fob, schedule } = await fobBank(order, isNaive);
  const at = await send(bank);
  const posts = Array.from({ length: POSTS }, () => () => typeCode(bank, at, fob.codeAt(0)));
  return sessionsIn(await schedule.run(posts));
}

const orders = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 60 });

describe('one fresh code, posted 16 times at once', () => {
  test('opens exactly one session in every order of the store operations', async () => {
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        expect(await race(order, false)).toBe(1);
      }),
      { numRuns: 25 },
    );
  });

  test('opens several with a store that does not compare and swap: the race test can fail', async () => {
    expect(await race([0], true)).toBeGreaterThan(1);
  });

  test('opens one session from an optical token too, and pairing gives one second picture', async () => {
    const schedule = scheduler([3, 1, 4, 1, 5, 9, 2, 6]);
    const bank = littleBank({ store: memoryStore<RecordTypes>({ gate: schedule.gate }) });
    const token = await bank.addOtc(await bank.addCustomer({ userCode: USER, pin: PIN }));
    const first = await send(bank);
    const code10 = scanned(token, first);
    const pairings = await schedule.run(Array.from({ length: 8 }, () => () => typeCode(bank, first, code10)));
    expect(pairings.filter((one) => one.outcome === 'continue').length).toBe(1);
    const next = pairings.find((one) => one.outcome === 'continue');
    assert(next?.outcome === 'continue', 'one went on');
    const code6 = scanned(token, next.next);
    const done = await schedule.run(Array.from({ length: 8 }, () => () => typeCode(bank, next.next, code6)));
    expect(sessionsIn(done)).toBe(1);
    const login = await send(bank);
    const code = scanned(token, login);
    const logins = await schedule.run(Array.from({ length: 8 }, () => () => typeCode(bank, login, code)));
    expect(sessionsIn(logins)).toBe(1);
  });

  test('gives every retransmission with one request id the same session', async () => {
    const { bank, fob, schedule } = await fobBank([2, 7, 1], false);
    const at = await send(bank);
    const posts = Array.from(
      { length: 6 },
      () => () => typeCode(bank, at, fob.codeAt(0), { idempotencyKey: 'same' }),
    );
    const answers = await schedule.run(posts);
    expect(sessionsIn(answers)).toBe(6);
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
  });

  test('never opens a session once a block was committed, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        const { bank, fob, schedule } = await fobBank(order, false);
        const at = await send(bank);
        let blockedAtCount = Number.POSITIVE_INFINITY;
        let sessions = 0;
        const post = async (): Promise<void> => {
          const answer = await typeCode(bank, at, fob.codeAt(0));
          if (answer.outcome === 'session') sessions += 1;
        };
        const block = async (): Promise<void> => {
          await blockUntilDone(bank, fob);
          blockedAtCount = sessions;
        };
        await schedule.run([post, block, post]);
        expect(sessions).toBeLessThanOrEqual(1);
        expect(sessionsIn([await typeCode(bank, at, fob.codeAt(0))])).toBe(0);
        expect(sessionsIn([await typeCode(bank, await send(bank), fob.codeAt(1))])).toBe(0);
        expect(blockedAtCount).toBeLessThanOrEqual(1);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a block that is committed between reading and writing', () => {
  /** Types the right code, and lets `meanwhile` commit after the code was decided and before its change is applied. */
  async function codeAround(
    meanwhile: (bank: LittleBank, at: { customerId: string; fob: LittleFob }) => Promise<void>,
  ) {
    let release: (() => void) | undefined;
    let isArmed = false;
    let reached: () => void = () => {};
    const store = memoryStore<RecordTypes>({
      gate: async ({ operation }) => {
        if (!isArmed || operation !== 'commit') return;
        isArmed = false;
        const held = new Promise<void>((resolve) => {
          release = resolve;
        });
        reached();
        await held;
      },
    });
    const bank = littleBank({ store });
    const customerId = await bank.addCustomer({ userCode: USER, pin: PIN });
    const fob = await bank.addFob(customerId);
    const at = await send(bank);
    const decided = new Promise<void>((resolve) => {
      reached = resolve;
    });
    isArmed = true;
    const answer = typeCode(bank, at, fob.codeAt(0));
    await decided;
    await meanwhile(bank, { customerId, fob });
    release?.();
    return (await answer).outcome;
  }

  test('wins: the code is decided again and refused, for account and device alike', async () => {
    expect(await codeAround(async () => {})).toBe('session');
    const account = codeAround((bank, { customerId }) =>
      bank.editCustomer(customerId, (before) =>
        blockAccount(before, { by: 'staff', reason: 'lost', nowMs: 0 }),
      ),
    );
    expect(await account).toBe('refused');
    const device = codeAround((bank, { fob }) =>
      bank.editToken(fob.serial, (before) =>
        overlayBinding(before, { slot: 0, overlay: 'SUSPENDED', reason: 'lost' }),
      ),
    );
    expect(await device).toBe('refused');
  });
});

/** Staff block as the real use case does: read, change, swap, again on a conflict. */
async function blockUntilDone(bank: LittleBank, fob: LittleFob): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const blocked = await bank
      .editToken(fob.serial, (before) =>
        overlayBinding(before, { slot: 0, overlay: 'SUSPENDED', reason: 'lost' }),
      )
      .then(
        () => true,
        () => false,
      );
    if (blocked) return;
  }
}

describe('wrong codes at the same time', () => {
  test('are counted exactly: 24 parallel guesses never evaluate more than the limit', async () => {
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        const { bank, fob, schedule } = await fobBank(order, false);
        const bad = ['000000', '111111', '222222', '333333'].filter(
          (code) => ![0, 1, 2].some((counter) => fob.codeAt(counter) === code),
        );
        const at = await send(bank);
        const guesses = Array.from(
          { length: 24 },
          (_, index) => () => typeCode(bank, at, bad[index % 2] ?? ''),
        );
        await schedule.run(guesses);
        expect((await bank.token(fob.serial)).bindings[0]?.lock).toEqual({ tag: 'OK', failures: 3 });
        const next = await send(bank);
        await schedule.run(guesses.map(() => () => typeCode(bank, next, bad[0] ?? '')));
        expect((await bank.token(fob.serial)).bindings[0]?.lock).toMatchObject({
          tag: 'COOLING',
          failures: 5,
        });
      }),
      { numRuns: 10 },
    );
  });
});

describe('a long life of one fob', () => {
  test('no code that was used, and none older, is ever accepted again', async () => {
    const step = fc.record({
      counter: fc.nat({ max: 60 }),
      two: fc.boolean(),
      waitS: fc.nat({ max: 400 }),
      fresh: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const bank = littleBank();
        const fob = await bank.addFob(await bank.addCustomer({ userCode: USER, pin: PIN }));
        let at: SendAnswer | undefined;
        let highest = -1;
        for (const { counter, two, waitS, fresh } of steps) {
          bank.clock.advance(waitS * 1000);
          if (fresh || at === undefined) at = await send(bank);
          const nextCode = two ? { nextCode: fob.codeAt(counter + 1) } : {};
          const answer = await typeCode(bank, at, fob.codeAt(counter), nextCode);
          if (answer.outcome !== 'session') continue;
          // Two counters may show equal digits: what counts is the counter that the window accepted.
          const state = await bank.token(fob.serial);
          assert(state.kind === 'fob' && state.otp !== undefined, 'it is a fob');
          expect(state.otp.next - 1).toBeGreaterThan(highest);
          highest = state.otp.next - 1;
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('a lost connection at the commit', () => {
  test('opens no second session when the customer types the code again', async () => {
    let isLost = false;
    const store = memoryStore<RecordTypes>({
      fault: ({ operation }) => (isLost && operation === 'commit' ? 'fail_after' : 'none'),
    });
    const bank = littleBank({ store });
    const token = await bank.addOtc(await bank.addCustomer({ userCode: USER, pin: PIN }));
    await pair(bank, token);
    const at = await send(bank);
    const code = scanned(token, at);
    isLost = true;
    await expect(typeCode(bank, at, code)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    isLost = false;
    expect((await typeCode(bank, at, code)).outcome).toBe('refused');
  });
});
