import { assert } from '@chiavetta/protocol/bytes';
import { describe, expect, test } from 'vitest';
import { rekeyOtc, resetOtc } from '../core/binding-changes.ts';
import type { LittleBank } from '../testing/little-bank.ts';
import { littleBank } from '../testing/little-bank.ts';
import { logIn, PIN, pair, scanned, send, typeCode, USER, wrong } from '../testing/little-customer.ts';
import type { LittleToken } from '../testing/little-token.ts';

const OTHER = '87654321';

async function bankWithOtc() {
  const bank = littleBank();
  const customerId = await bank.addCustomer({ userCode: USER, pin: PIN });
  return { bank, customerId, token: await bank.addOtc(customerId) };
}

/** Two customers on one token: slots 0 and 1. */
async function bankWithTwoSlots() {
  const { bank, token } = await bankWithOtc();
  await bank.bindSlot(token, await bank.addCustomer({ userCode: OTHER, pin: PIN }), 1);
  return { bank, token };
}

async function branch(bank: LittleBank, token: LittleToken, operation: 'reset' | 'rekey', slot = 0) {
  const hintKey = bank.random(32);
  token.deliver(slot, hintKey);
  const delivery = { slot, serverKeyId: 1, hintKey, label: 'Little Bank', prekeys: token.makePrekeys() };
  await bank.editToken(token.serial, (before) => {
    assert(before.kind === 'otc', 'it is an optical token');
    return operation === 'reset' ? resetOtc(before, delivery) : rekeyOtc(before, delivery);
  });
}

describe('the text of a LOGIN', () => {
  const payloadAt = async (place?: string) => {
    const { bank, token } = await bankWithOtc();
    await pair(bank, token);
    bank.clock.advance(Date.UTC(2027, 1, 3, 4, 5, 59) - bank.clock.nowMs());
    const at = place === undefined ? {} : { place };
    const sent = await bank.portal.send({ userCode: USER, pin: PIN, ...at });
    scanned(token, sent);
    return token.lastText();
  };

  test('says when it was asked for, so that an older one is noticed', async () => {
    expect(await payloadAt()).toBe('03 FEB 04:05 UTC');
  });

  test('says when and where, if the portal knows, in 24 printable characters', async () => {
    expect(await payloadAt('Citt\u00e0, Torino and more')).toBe('04:05 UTC Citt?, Torino ');
  });
});

async function bindingOf(bank: LittleBank, token: LittleToken, slot = 0) {
  const state = await bank.token(token.serial);
  assert(state.kind === 'otc', 'it is an optical token');
  const binding = state.bindings.find((one) => one.slot === slot);
  assert(binding !== undefined, 'the slot is bound');
  return { state, binding };
}

describe('pairing', () => {
  test('takes each PAIR1 a fresh generation, the next number and the next prekey; a reload changes nothing', async () => {
    const { bank, token } = await bankWithOtc();
    const first = await send(bank);
    const before = await bindingOf(bank, token);
    expect(await bank.portal.challenge(first.challengeId, first.portalSession)).toEqual(first);
    expect(await bank.portal.challenge(first.challengeId, 'someone else')).toBeUndefined();
    expect((await bindingOf(bank, token)).state).toEqual(before.state);
    expect(before.state.prekeys.map((one) => one.id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const second = await send(bank);
    const after = await bindingOf(bank, token);
    expect(after.state.pairingCounter).toBe(before.state.pairingCounter + 1);
    expect(after.binding.lastGeneration).toBe(before.binding.lastGeneration + 1);
    expect(second.payload).not.toEqual(first.payload);
    expect((await typeCode(bank, first, scanned(token, first))).outcome).toBe('refused');
  });

  test('is void after three wrong 10-digit codes, and the customer is told', async () => {
    const { bank, token } = await bankWithOtc();
    const first = await send(bank);
    const code = scanned(token, first);
    for (let tries = 0; tries < 3; tries += 1) {
      expect((await typeCode(bank, first, wrong(code))).outcome).toBe('refused');
    }
    expect((await typeCode(bank, first, code)).outcome).toBe('refused');
    const { binding } = await bindingOf(bank, token);
    expect(binding.state).toBe('AWAITING_PAIRING');
    expect(binding.lock).toEqual({ tag: 'OK', failures: 0 });
    const mails = await bank.ports.store.outbox.claim(10);
    expect(mails.map((mail) => mail.kind)).toEqual(['pairing-failed']);
    expect((await pair(bank, token)).outcome).toBe('session');
  });

  test('is void after three wrong 6-digit codes of the second picture', async () => {
    const { bank, token } = await bankWithOtc();
    const first = await send(bank);
    const answer = await typeCode(bank, first, scanned(token, first));
    assert(answer.outcome === 'continue', 'the 10 digits were right');
    expect((await bindingOf(bank, token)).binding.state).toBe('P2');
    const again = await bank.portal.challenge(answer.next.challengeId, answer.next.portalSession);
    expect(again).toEqual(answer.next);
    const code = scanned(token, answer.next);
    for (let tries = 0; tries < 3; tries += 1) {
      expect((await typeCode(bank, answer.next, wrong(code))).outcome).toBe('refused');
    }
    expect((await typeCode(bank, answer.next, code)).outcome).toBe('refused');
    expect((await bindingOf(bank, token)).binding.state).toBe('AWAITING_PAIRING');
  });

  test('expires after 600 s for each picture', async () => {
    const { bank, token } = await bankWithOtc();
    const first = await send(bank);
    const code = scanned(token, first);
    bank.clock.advance(599_999);
    const answer = await typeCode(bank, first, code);
    assert(answer.outcome === 'continue', 'in time');
    const code6 = scanned(token, answer.next);
    bank.clock.advance(600_000);
    expect((await typeCode(bank, answer.next, code6)).outcome).toBe('refused');
    expect((await pair(bank, token)).outcome).toBe('session');
  });

  test('gets a dead picture for the fourth PAIR1 of a day, of the same size, and a live one a day later', async () => {
    const { bank, token, customerId } = await bankWithOtc();
    const first = await send(bank);
    await send(bank);
    await send(bank);
    const before = await bindingOf(bank, token);
    const fourth = await send(bank);
    expect(fourth.kind).toBe('pair1');
    expect(fourth.payload?.length).toBe(first.payload?.length);
    assert(fourth.payload !== undefined, 'it has a picture');
    expect(token.scan(fourth.payload)).toEqual({ refused: 'another_token' });
    expect((await bindingOf(bank, token)).state).toEqual(before.state);
    expect((await bank.customer(customerId)).lastRefusal?.reason).toBe('pairing_daily_limit');
    bank.clock.advance(24 * 60 * 60 * 1000);
    expect((await pair(bank, token)).outcome).toBe('session');
  });

  test('is not offered once paired: a thief with token and PIN cannot choose a new device PIN', async () => {
    const { bank, token } = await bankWithOtc();
    await pair(bank, token);
    expect((await send(bank)).kind).toBe('login');
  });

  test('a wrong account PIN gets a dead PAIR1 that costs nothing', async () => {
    const { bank, token } = await bankWithOtc();
    const live = await send(bank);
    const before = await bindingOf(bank, token);
    for (let tries = 0; tries < 4; tries += 1) {
      const dead = await send(bank, { pin: '99999' });
      expect(dead.kind).toBe('pair1');
      expect(dead.payload?.length).toBe(102);
    }
    expect((await bindingOf(bank, token)).state).toEqual(before.state);
    const answer = await typeCode(bank, live, scanned(token, live));
    expect(answer.outcome).toBe('continue');
  });

  test('goes on without prekeys, and staff can see that they are used up', async () => {
    const { bank, token } = await bankWithOtc();
    await bank.editToken(token.serial, (before) =>
      before.kind === 'otc' ? { ...before, prekeys: [] } : before,
    );
    expect((await pair(bank, token)).outcome).toBe('session');
  });
});

describe('two slots of one token', () => {
  test('a new PAIR1 voids the attempt of the other slot, and only the first asks for a new PIN', async () => {
    const { bank, token } = await bankWithTwoSlots();
    const first = await send(bank);
    const code = scanned(token, first);
    expect(token.lastPolicy()).toBe('new_pin');
    expect((await pair(bank, token, { userCode: OTHER })).outcome).toBe('session');
    expect((await typeCode(bank, first, code)).outcome).toBe('refused');
    expect((await bindingOf(bank, token, 0)).binding.state).toBe('AWAITING_PAIRING');
    expect((await pair(bank, token)).outcome).toBe('session');
    expect(token.lastPolicy()).toBe('keep_pin');
    expect((await logIn(bank, token)).outcome).toBe('session');
    expect((await logIn(bank, token, { userCode: OTHER })).outcome).toBe('session');
  });

  test('a RESET retires the generations of both slots, and both pair again', async () => {
    const { bank, token } = await bankWithTwoSlots();
    await pair(bank, token);
    await pair(bank, token, { userCode: OTHER });
    const open = await send(bank, { userCode: OTHER });
    const code = scanned(token, open);
    await branch(bank, token, 'reset');
    expect((await typeCode(bank, open, code)).outcome).toBe('refused');
    for (const slot of [0, 1]) {
      const { binding } = await bindingOf(bank, token, slot);
      expect(binding.state).toBe('AWAITING_PAIRING');
      expect(binding.active).toBeUndefined();
    }
    expect((await pair(bank, token, { userCode: OTHER })).outcome).toBe('session');
    expect(token.lastPolicy()).toBe('new_pin');
    expect((await pair(bank, token)).outcome).toBe('session');
    expect(token.lastPolicy()).toBe('keep_pin');
    expect((await logIn(bank, token, { userCode: OTHER })).outcome).toBe('session');
  });
});

describe('a branch REKEY', () => {
  test('keeps the PIN, offers the pairing, and lets the old generation log in until the new one is ACTIVE', async () => {
    const { bank, token } = await bankWithOtc();
    await pair(bank, token);
    await branch(bank, token, 'rekey');
    expect((await logIn(bank, token, { want: 'login' })).outcome).toBe('session');
    const first = await send(bank);
    expect(first.kind).toBe('pair1');
    const code = scanned(token, first);
    expect(token.lastPolicy()).toBe('keep_pin');
    // Logging in with the old generation does not void the attempt.
    expect((await logIn(bank, token, { want: 'login' })).outcome).toBe('session');
    const answer = await typeCode(bank, first, code);
    assert(answer.outcome === 'continue', 'the attempt still lives');
    expect((await logIn(bank, token, { want: 'login' })).outcome).toBe('session');
    const old = await send(bank, { want: 'login' });
    const oldCode = scanned(token, old);
    expect((await typeCode(bank, answer.next, scanned(token, answer.next))).outcome).toBe('session');
    // The old generation is retired, and its live challenge with it.
    expect((await typeCode(bank, old, oldCode)).outcome).toBe('refused');
    expect((await logIn(bank, token)).outcome).toBe('session');
  });

  test('"log in without pairing" before any pairing gets a dead login', async () => {
    const { bank, token, customerId } = await bankWithOtc();
    const dead = await send(bank, { want: 'login' });
    expect([dead.kind, dead.payload?.length]).toEqual(['login', 75]);
    assert(dead.payload !== undefined, 'it has a picture');
    expect(token.scan(dead.payload)).toEqual({ refused: 'another_token' });
    expect((await bank.customer(customerId)).lastRefusal?.reason).toBe('no_generation');
  });
});
