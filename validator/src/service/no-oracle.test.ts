import { assert } from '@chiavetta/protocol/bytes';
import { describe, expect, test } from 'vitest';
import { blockAccount } from '../core/account-pin.ts';
import { overlayBinding } from '../core/binding-changes.ts';
import type { FactorLock, TokenState } from '../core/token-record.ts';
import { countingCrypto } from '../testing/counting-crypto.ts';
import type { LittleBank } from '../testing/little-bank.ts';
import { littleBank } from '../testing/little-bank.ts';
import { PIN, pair, scanned, send, typeCode, USER, wrong } from '../testing/little-customer.ts';
import type { SendRequest } from './portal.ts';

type Kind = 'otp' | 'login' | 'pair1';
type Case = {
  readonly name: string;
  readonly request?: Partial<SendRequest>;
  readonly prepare?: (bank: LittleBank, at: { customerId: string; serial: string }) => Promise<void>;
};

const CASES: readonly Case[] = [
  { name: 'live' },
  { name: 'unknown user', request: { userCode: 'unknown' } },
  { name: 'wrong PIN', request: { pin: '99999' } },
  { name: 'wrong birth date', request: { birthDate: '1999-09-09' } },
  {
    name: 'account blocked',
    prepare: (bank, { customerId }) =>
      bank.editCustomer(customerId, (before) =>
        blockAccount(before, { by: 'staff', reason: 'lost', nowMs: bank.clock.nowMs() }),
      ),
  },
  {
    name: 'cooling',
    prepare: (bank, { serial }) =>
      bank.editToken(serial, (before) =>
        withLock(before, { tag: 'COOLING', failures: 5, untilMs: bank.clock.nowMs() + 1000 }),
      ),
  },
  {
    name: 'locked',
    prepare: (bank, { serial }) =>
      bank.editToken(serial, (before) => withLock(before, { tag: 'LOCKED', failures: 10 })),
  },
  {
    name: 'suspended',
    prepare: (bank, { serial }) =>
      bank.editToken(serial, (before) =>
        overlayBinding(before, { slot: 0, overlay: 'SUSPENDED', reason: 'lost' }),
      ),
  },
];

function withLock(token: TokenState, lock: FactorLock): TokenState {
  return token.kind === 'fob'
    ? { ...token, bindings: token.bindings.map((one) => ({ ...one, lock })) }
    : { ...token, bindings: token.bindings.map((one) => ({ ...one, lock })) };
}

/** One case: what SEND and a wrong code answer, and what they cost. */
async function run(kind: Kind, one: Case) {
  const counting = countingCrypto();
  const bank = littleBank({ crypto: counting.crypto });
  const birthDate = '1980-02-29';
  const customerId = await bank.addCustomer({ userCode: USER, pin: PIN, birthDate });
  const token = kind === 'otp' ? await bank.addFob(customerId) : await bank.addOtc(customerId);
  if (kind === 'login' && 'scan' in token) await pair(bank, token, { birthDate });
  await one.prepare?.(bank, { customerId, serial: token.serial });
  const userCode = one.request?.userCode === undefined ? USER : await unknownUserOf(bank, kind);
  const before = await bank.token(token.serial);
  counting.take();
  const answer = await send(bank, { birthDate, ...one.request, userCode });
  const sendCost = counting.take();
  const after = await bank.token(token.serial);
  // Live pictures are scanned, so that the typed code is certainly wrong; the dead ones get any digits.
  const isLive = one.name === 'live';
  const code =
    isLive && 'scan' in token ? wrong(scanned(token, answer)) : kind === 'pair1' ? '0123456789' : '012345';
  counting.take();
  const refusal = await typeCode(bank, answer, code);
  return { answer, sendCost, codeCost: counting.take(), refusal, isUntouched: same(before, after) };
}

function same(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}

/** A User Code that nobody has and that is shown this kind. */
async function unknownUserOf(bank: LittleBank, kind: Kind): Promise<string> {
  for (let number = 0; number < 500; number += 1) {
    const userCode = String(90_000_000 + number);
    if ((await send(bank, { userCode })).kind === kind) return userCode;
  }
  return '';
}

describe.each(['otp', 'login', 'pair1'] as const)('every answer to a SEND that shows %s', (kind) => {
  test('has the shape, the size and the work of the live one, whatever was wrong', async () => {
    const live = await run(kind, { name: 'live' });
    assert(live.answer.kind === kind, 'the live answer is of the kind');
    for (const one of CASES) {
      const found = await run(kind, one);
      expect(Object.keys(found.answer), one.name).toEqual(Object.keys(live.answer));
      expect(found.answer.kind, one.name).toBe(kind);
      expect(found.answer.payload?.length, one.name).toBe(live.answer.payload?.length);
      expect(found.answer.payload?.slice(0, 2), one.name).toEqual(live.answer.payload?.slice(0, 2));
      expect(found.answer.payload?.[52], one.name).toEqual(
        kind === 'pair1' ? live.answer.payload?.[52] : found.answer.payload?.[52],
      );
      expect(found.answer.expiresAtMs, one.name).toBe(live.answer.expiresAtMs);
      expect(found.sendCost, one.name).toEqual(live.sendCost);
      expect(found.refusal, one.name).toEqual({ outcome: 'refused' });
      expect(found.codeCost, one.name).toEqual(live.codeCost);
      expect(found.isUntouched, one.name).toBe(one.name !== 'live');
    }
  });
});

describe('dead challenges', () => {
  test('a reload gives the same bytes until expiry, and every SEND is new', async () => {
    const bank = littleBank();
    const token = await bank.addOtc(await bank.addCustomer({ userCode: USER, pin: PIN }));
    await pair(bank, token);
    const dead = await send(bank, { pin: '99999' });
    expect(await bank.portal.challenge(dead.challengeId, dead.portalSession)).toEqual(dead);
    const next = await send(bank, { pin: '99999', portalSession: dead.portalSession });
    expect(next.challengeId).not.toBe(dead.challengeId);
    expect(next.payload).not.toEqual(dead.payload);
    assert(dead.payload !== undefined && next.payload !== undefined, 'they have pictures');
    expect([token.scan(dead.payload), token.scan(next.payload)]).toEqual([
      { refused: 'another_token' },
      { refused: 'another_token' },
    ]);
    bank.clock.advance(120_000);
    expect(await bank.portal.challenge(dead.challengeId, dead.portalSession)).toBeUndefined();
  });

  test('do not void the live challenge of the customer', async () => {
    const bank = littleBank();
    const token = await bank.addOtc(await bank.addCustomer({ userCode: USER, pin: PIN }));
    await pair(bank, token);
    const live = await send(bank);
    await send(bank, { pin: '99999' });
    expect((await typeCode(bank, live, scanned(token, live))).outcome).toBe('session');
  });

  test('an unknown User Code is always shown the same kind', async () => {
    const bank = littleBank();
    for (let number = 0; number < 20; number += 1) {
      const userCode = String(90_000_000 + number);
      const kinds = [await send(bank, { userCode }), await send(bank, { userCode, pin: '1' })];
      expect(kinds[0]?.kind).toBe(kinds[1]?.kind);
    }
  });
});
