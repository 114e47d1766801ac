import { assert } from '@chiavetta/protocol/bytes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rekeyOtc, resetOtc } from '../core/binding-changes.ts';
import type { SendAnswer } from '../core/decide-send.ts';
import type { FactorLock, TokenState } from '../core/token-record.ts';
import type { LittleBank } from '../testing/little-bank.ts';
import { littleBank } from '../testing/little-bank.ts';
import { logIn, PIN, pair, send, typeCode, USER } from '../testing/little-customer.ts';
import type { LittleToken } from '../testing/little-token.ts';

const USERS = [USER, '87654321'] as const;
const DAY_MS = 24 * 60 * 60 * 1000;

type Act =
  | { readonly act: 'send'; readonly slot: number; readonly want: boolean }
  | { readonly act: 'scan' | 'type'; readonly back: number }
  /** SEND, scan, type, scan, type: as far as `steps` goes. */
  | { readonly act: 'pair'; readonly slot: number; readonly steps: number }
  | { readonly act: 'wait'; readonly minutes: number }
  | { readonly act: 'reset' | 'rekey'; readonly slot: number };

const slot = fc.nat({ max: 1 });
const back = fc.constantFrom(0, 0, 0, 1, 2, 3);
const minutes = fc.constantFrom(1, 11, 24 * 60);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ act: fc.constant('send' as const), slot, want: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('scan' as const), back }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('type' as const), back }) },
  {
    weight: 6,
    arbitrary: fc.record({ act: fc.constant('pair' as const), slot, steps: fc.integer({ min: 2, max: 5 }) }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('wait' as const), minutes }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('reset' as const, 'rekey' as const), slot }) },
);

async function twoSlots() {
  const bank = littleBank();
  const token = await bank.addOtc(await bank.addCustomer({ userCode: USERS[0], pin: PIN }));
  await bank.bindSlot(token, await bank.addCustomer({ userCode: USERS[1], pin: PIN }), 1);
  return { bank, token };
}

async function branch(bank: LittleBank, token: LittleToken, operation: 'reset' | 'rekey', at: number) {
  const hintKey = bank.random(32);
  token.deliver(at, hintKey);
  const delivery = { slot: at, serverKeyId: 1, hintKey, label: 'Little Bank', prekeys: token.makePrekeys() };
  await bank.editToken(token.serial, (before) => {
    assert(before.kind === 'otc', 'it is an optical token');
    return operation === 'reset' ? resetOtc(before, delivery) : rekeyOtc(before, delivery);
  });
}

/** Lives one life of a token with two slots: pictures late, out of turn or lost, codes late. */
async function live(bank: LittleBank, token: LittleToken, acts: readonly Act[]): Promise<void> {
  const pictures: SendAnswer[] = [];
  const codes: { readonly at: SendAnswer; readonly code: string }[] = [];
  const ask = async (at: number, want: { readonly want?: 'login' }): Promise<void> => {
    pictures.push(await send(bank, { userCode: USERS[at] ?? '', ...want }));
  };
  const scan = (at: SendAnswer | undefined): void => {
    const found = at?.payload === undefined ? undefined : token.scan(at.payload);
    if (at !== undefined && found !== undefined && 'code' in found) codes.push({ at, code: found.code });
  };
  const type = async (typed: (typeof codes)[number] | undefined): Promise<void> => {
    const answer = typed && (await typeCode(bank, typed.at, typed.code));
    if (answer?.outcome === 'continue') pictures.push(answer.next);
  };
  for (const one of acts) {
    if (one.act === 'wait') bank.clock.advance(one.minutes * 60_000);
    if (one.act === 'reset' || one.act === 'rekey') await branch(bank, token, one.act, one.slot);
    if (one.act === 'send') await ask(one.slot, one.want ? { want: 'login' } : {});
    if (one.act === 'scan') scan(pictures.at(-1 - one.back));
    if (one.act === 'type') await type(codes.at(-1 - one.back));
    if (one.act !== 'pair') continue;
    await ask(one.slot, {});
    for (let step = 1; step < one.steps; step += 1) {
      if (step % 2 === 1) scan(pictures.at(-1));
      else await type(codes.at(-1));
    }
  }
}

describe('token and validator', () => {
  test('agree after any life: an active generation logs in, and every slot can be paired', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 30 }), async (acts) => {
        const { bank, token } = await twoSlots();
        await live(bank, token, acts);
        bank.clock.advance(DAY_MS);
        for (const at of [0, 1]) {
          const userCode = USERS[at] ?? '';
          const state: TokenState = await bank.token(token.serial);
          assert(state.kind === 'otc', 'it is an optical token');
          const binding = state.bindings.find((one) => one.slot === at);
          if (binding?.active !== undefined) {
            expect((await logIn(bank, token, { userCode, want: 'login' })).outcome).toBe('session');
          }
          if (binding?.state !== 'PAIRED') {
            expect((await pair(bank, token, { userCode })).outcome).toBe('session');
          }
          expect((await logIn(bank, token, { userCode })).outcome).toBe('session');
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the count of wrong codes', () => {
  test('is that of a ten-line model, for any typing and any waiting', async () => {
    const step = fc.record({ isRight: fc.boolean(), waitMinutes: fc.constantFrom(0, 0, 0, 0, 1, 15) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const bank = littleBank();
        const fob = await bank.addFob(await bank.addCustomer({ userCode: USER, pin: PIN }));
        let next = 0;
        let failures = 0;
        let restsUntilMs = 0;
        for (const { isRight, waitMinutes } of steps) {
          bank.clock.advance(waitMinutes * 60_000);
          const isOpen = failures < 10 && bank.clock.nowMs() >= restsUntilMs;
          const candidates = [0, 1, 2].map((ahead) => fob.codeAt(next + ahead));
          const wrong =
            ['000000', '111111', '222222', '333333'].find((code) => !candidates.includes(code)) ?? '';
          const answer = await typeCode(bank, await send(bank), isRight ? fob.codeAt(next) : wrong);
          expect(answer.outcome === 'session').toBe(isOpen && isRight);
          if (isOpen && isRight) {
            next += 1;
            failures = 0;
          } else if (isOpen) {
            failures += 1;
            if (failures === 5) restsUntilMs = bank.clock.nowMs() + 15 * 60_000;
          }
          const lock: FactorLock | undefined = (await bank.token(fob.serial)).bindings[0]?.lock;
          expect(lock?.failures).toBe(failures);
          expect(lock?.tag === 'LOCKED').toBe(failures >= 10);
        }
      }),
      { numRuns: 60 },
    );
  });
});
