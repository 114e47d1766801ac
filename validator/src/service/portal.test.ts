import { assert } from '@chiavetta/protocol/bytes';
import { hotp } from '@chiavetta/protocol/otp';
import { encodePrepare } from '@chiavetta/protocol/wire';
import { describe, expect, test } from 'vitest';
import { littleBank } from '../testing/little-bank.ts';
import { logIn, PIN, pair, scanned, send, typeCode as type, USER } from '../testing/little-customer.ts';

async function bankWithFob(initial = false) {
  const bank = littleBank();
  const customerId = await bank.addCustomer({ userCode: USER, pin: PIN, initial });
  return { bank, customerId, fob: await bank.addFob(customerId) };
}

async function bankWithOtc() {
  const bank = littleBank();
  const customerId = await bank.addCustomer({ userCode: USER, pin: PIN });
  return { bank, customerId, token: await bank.addOtc(customerId) };
}

describe('a key fob', () => {
  test('opens a session with User Code, PIN and its code, and each code only once', async () => {
    const { bank, fob } = await bankWithFob();
    const first = await send(bank);
    expect(first.kind).toBe('otp');
    expect((await type(bank, first, fob.codeAt(0))).outcome).toBe('session');
    expect((await type(bank, first, fob.codeAt(0))).outcome).toBe('refused');
    const second = await send(bank);
    expect((await type(bank, second, fob.codeAt(0))).outcome).toBe('refused');
    expect(
      (await type(bank, second, `${fob.codeAt(1).slice(0, 3)}-${fob.codeAt(1).slice(3)} `)).outcome,
    ).toBe('session');
  });

  test('pressed 2 ahead is accepted, 3 ahead not, 50 ahead with two codes, 200 ahead never', async () => {
    const { bank, fob } = await bankWithFob();
    expect((await type(bank, await send(bank), fob.codeAt(2))).outcome).toBe('session');
    expect((await type(bank, await send(bank), fob.codeAt(6))).outcome).toBe('refused');
    const far = await send(bank);
    expect((await type(bank, far, fob.codeAt(53))).outcome).toBe('refused');
    expect((await type(bank, far, fob.codeAt(53), { nextCode: fob.codeAt(54) })).outcome).toBe('session');
    const tooFar = await send(bank);
    const both = { nextCode: fob.codeAt(256) };
    expect((await type(bank, tooFar, fob.codeAt(255), both)).outcome).toBe('refused');
  });

  test('needs two consecutive codes once after a restore', async () => {
    const bank = littleBank();
    const fob = await bank.addFob(await bank.addCustomer({ userCode: USER, pin: PIN }), {
      twoCodesNeeded: true,
    });
    const at = await send(bank);
    expect((await type(bank, at, fob.codeAt(0))).outcome).toBe('refused');
    expect((await type(bank, at, fob.codeAt(0), { nextCode: fob.codeAt(1) })).outcome).toBe('session');
    expect((await type(bank, await send(bank), fob.codeAt(2))).outcome).toBe('session');
  });

  test('gets the same answer for the same request id, and a refusal for another code under it', async () => {
    const { bank, fob } = await bankWithFob();
    const at = await send(bank);
    const once = await type(bank, at, fob.codeAt(0), { idempotencyKey: 'k1' });
    expect(once.outcome).toBe('session');
    expect(await type(bank, at, fob.codeAt(0), { idempotencyKey: 'k1' })).toEqual(once);
    expect((await type(bank, at, fob.codeAt(1), { idempotencyKey: 'k1' })).outcome).toBe('refused');
    expect((await type(bank, at, fob.codeAt(0), { idempotencyKey: 'k2' })).outcome).toBe('refused');
  });

  test('opens nothing in another portal session, after expiry, or once a newer SEND was made', async () => {
    const { bank, fob } = await bankWithFob();
    const at = await send(bank);
    expect((await type(bank, { ...at, portalSession: 'f'.repeat(32) }, fob.codeAt(0))).outcome).toBe(
      'refused',
    );
    const newer = await send(bank);
    expect((await type(bank, at, fob.codeAt(0))).outcome).toBe('refused');
    bank.clock.advance(120_000);
    expect((await type(bank, newer, fob.codeAt(0))).outcome).toBe('refused');
    expect((await type(bank, await send(bank), fob.codeAt(0))).outcome).toBe('session');
  });

  test('with the initial PIN opens a session that can only choose a new PIN', async () => {
    const { bank, fob, customerId } = await bankWithFob(true);
    const answer = await type(bank, await send(bank), fob.codeAt(0));
    assert(answer.outcome === 'session', 'the code was right');
    expect(answer.pinChangeOnly).toBe(true);
    const { sessionToken } = answer;
    expect((await bank.session.block(sessionToken, 'all')).outcome).toBe('no_session');
    expect(await bank.session.show(sessionToken)).toEqual({ mustChangePin: true, expiresInS: 300 });
    const change = (newPin: string, oldPin = PIN) => bank.session.changePin(sessionToken, { oldPin, newPin });
    expect(await change('12345')).toEqual({ outcome: 'refused_pin', fault: 'pin_weak' });
    expect(await change('1234')).toEqual({ outcome: 'refused_pin', fault: 'pin_length' });
    expect(await change(PIN)).toEqual({ outcome: 'refused_pin', fault: 'pin_used_before' });
    expect(await change('31415926')).toEqual({ outcome: 'changed' });
    expect(await change(PIN, '31415926')).toEqual({ outcome: 'refused_pin', fault: 'pin_used_before' });
    expect((await bank.session.show(sessionToken))?.mustChangePin).toBe(false);
    expect((await bank.customer(customerId)).pin.initial).toBe(false);
  });

  test('a session with the initial PIN is not prolonged by looking at it', async () => {
    const { bank, fob } = await bankWithFob(true);
    const answer = await type(bank, await send(bank), fob.codeAt(0));
    assert(answer.outcome === 'session', 'the code was right');
    bank.clock.advance(299_999);
    expect(await bank.session.show(answer.sessionToken)).toEqual({ mustChangePin: true, expiresInS: 1 });
    bank.clock.advance(1);
    expect(await bank.session.show(answer.sessionToken)).toBeUndefined();
  });

  test('a session ends after 300 s of rest, at a block, and at the third wrong old PIN', async () => {
    const { bank, fob } = await bankWithFob();
    const open = async (counter: number): Promise<string> => {
      const answer = await type(bank, await send(bank), fob.codeAt(counter));
      assert(answer.outcome === 'session', 'the code was right');
      return answer.sessionToken;
    };
    const resting = await open(0);
    bank.clock.advance(299_999);
    expect(await bank.session.show(resting)).toBeDefined();
    bank.clock.advance(300_000);
    expect(await bank.session.show(resting)).toBeUndefined();
    const guessing = await open(1);
    for (let tries = 0; tries < 3; tries += 1) {
      const pins = { oldPin: '99999', newPin: '31415926' };
      expect((await bank.session.changePin(guessing, pins)).outcome).toBe('wrong_old_pin');
    }
    expect(await bank.session.show(guessing)).toBeUndefined();
    const blocking = await open(2);
    expect((await bank.session.block(blocking, 'all')).outcome).toBe('blocked');
    expect(await bank.session.show(blocking)).toBeUndefined();
    expect((await type(bank, await send(bank), fob.codeAt(3))).outcome).toBe('refused');
  });
});

describe('a fob that gets a new seed while it is in use', () => {
  test('is good with the old seed until a code of the new one is seen, and with the new one only from then on', async () => {
    const { bank, fob } = await bankWithFob();
    const seed = bank.random(20);
    const prepareBody = encodePrepare({
      tag: 'provision',
      seedEpoch: 2,
      algorithm: 1,
      mode: 1,
      digits: 6,
      stepSeconds: 0,
    });
    const stage = (state: 'IN_DOUBT' | 'PROVED') =>
      bank.editToken(fob.serial, (before) => ({
        ...before,
        device: 'IN_DOUBT',
        transaction: {
          txid: 'ab'.repeat(16),
          operation: 'provision',
          state,
          seedEpoch: 2,
          seed: { bytes: seed },
          prepareBody: { bytes: prepareBody },
          startedAtMs: 0,
          operators: ['clerk'],
        },
      }));
    const newCode = (counter: bigint): string => hotp({ secret: seed, counter });
    await stage('IN_DOUBT');
    expect((await type(bank, await send(bank), newCode(0n))).outcome).toBe('refused');
    await stage('PROVED');
    expect((await type(bank, await send(bank), fob.codeAt(0))).outcome).toBe('session');
    expect((await type(bank, await send(bank), newCode(0n))).outcome).toBe('session');
    expect((await type(bank, await send(bank), fob.codeAt(1))).outcome).toBe('refused');
    expect((await type(bank, await send(bank), newCode(1n))).outcome).toBe('session');
    const after = await bank.token(fob.serial);
    expect([after.device, after.seedEpoch, after.lastTxid]).toEqual(['PROVISIONED', 2, 'ab'.repeat(16)]);
    expect(after.transaction).toBeUndefined();
  });
});

describe('a customer who lost a device', () => {
  test('blocks it at once; the session it opened ends, and bank and referente are told', async () => {
    const bank = littleBank();
    const customer = { userCode: USER, pin: PIN, referente: 'boss@example.com' };
    const fob = await bank.addFob(await bank.addCustomer(customer));
    const answer = await type(bank, await send(bank), fob.codeAt(0));
    assert(answer.outcome === 'session', 'the code was right');
    const block = (serial: string) => bank.session.block(answer.sessionToken, { serial });
    expect((await block('000000000009')).outcome).toBe('unknown_credential');
    expect((await block(fob.serial)).outcome).toBe('blocked');
    expect(await bank.session.show(answer.sessionToken)).toBeUndefined();
    expect((await type(bank, await send(bank), fob.codeAt(1))).outcome).toBe('refused');
    const mails = await bank.ports.store.outbox.claim(9);
    expect(mails.map((mail) => `${mail.kind} ${mail.to}`)).toEqual([
      'device-blocked customer@example.com',
      'device-blocked boss@example.com',
    ]);
  });
});

describe('an optical token', () => {
  test('pairs by two pictures and logs in afterwards', async () => {
    const { bank, token } = await bankWithOtc();
    expect((await pair(bank, token)).outcome).toBe('session');
    expect(token.lastPolicy()).toBe('new_pin');
    const login = await send(bank);
    expect(login.kind).toBe('login');
    expect(await bank.portal.challenge(login.challengeId, login.portalSession)).toEqual(login);
    expect((await type(bank, login, scanned(token, login))).outcome).toBe('session');
    expect((await logIn(bank, token)).outcome).toBe('session');
  });
});
