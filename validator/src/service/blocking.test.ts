import { describe, expect, test } from 'vitest';
import { blockAccount, reinstateAccount } from '../core/account-pin.ts';
import { overlayBinding, unlockFactor } from '../core/binding-changes.ts';
import type { LittleFob } from '../testing/little-bank.ts';
import { littleBank } from '../testing/little-bank.ts';
import { logIn, PIN, pair, scanned, send, typeCode, USER } from '../testing/little-customer.ts';

const MINUTE_MS = 60_000;

async function bankWithFob(birthDate?: string) {
  const bank = littleBank();
  const more = birthDate === undefined ? {} : { birthDate };
  const customerId = await bank.addCustomer({
    userCode: USER,
    pin: PIN,
    referente: 'boss@example.com',
    ...more,
  });
  return { bank, customerId, fob: await bank.addFob(customerId) };
}

/** Six digits that are none of the fob's next codes. */
function noCode(fob: LittleFob): string {
  const next = [0, 1, 2, 3].map((counter) => fob.codeAt(counter));
  return ['000000', '111111', '222222', '333333', '444444'].find((code) => !next.includes(code)) ?? '';
}

async function mailKinds(bank: ReturnType<typeof littleBank>): Promise<readonly string[]> {
  return (await bank.ports.store.outbox.claim(50)).map((mail) => `${mail.kind} ${mail.to}`);
}

describe('the self-block of S3', () => {
  test('five wrong PINs in a row block the account, tell customer and referente, and lifting keeps the codes', async () => {
    const { bank, customerId, fob } = await bankWithFob();
    for (let tries = 0; tries < 4; tries += 1) await send(bank, { pin: '99999' });
    expect((await bank.customer(customerId)).block).toBeUndefined();
    await send(bank, { pin: '99999' });
    expect((await bank.customer(customerId)).block?.by).toBe('self');
    expect(await mailKinds(bank)).toEqual([
      'account-blocked customer@example.com',
      'account-blocked boss@example.com',
    ]);
    expect((await typeCode(bank, await send(bank), fob.codeAt(0))).outcome).toBe('refused');
    await bank.editCustomer(customerId, reinstateAccount);
    expect((await typeCode(bank, await send(bank), fob.codeAt(0))).outcome).toBe('session');
  });

  test('a right PIN in between starts the count again', async () => {
    const { bank, customerId } = await bankWithFob();
    for (let round = 0; round < 3; round += 1) {
      for (let tries = 0; tries < 4; tries += 1) await send(bank, { pin: '99999' });
      await send(bank);
    }
    expect((await bank.customer(customerId)).wrongPins).toBe(0);
  });

  test('where a birth date is asked, a wrong or missing one counts nothing', async () => {
    const { bank, customerId, fob } = await bankWithFob('1980-02-29');
    for (let tries = 0; tries < 20; tries += 1) {
      await send(bank, { pin: '99999', birthDate: '1980-03-01' });
      await send(bank, { pin: '99999' });
    }
    expect((await bank.customer(customerId)).wrongPins).toBe(0);
    expect((await typeCode(bank, await send(bank), fob.codeAt(0))).outcome).toBe('refused');
    const right = { birthDate: '1980-02-29' };
    expect((await typeCode(bank, await send(bank, right), fob.codeAt(0))).outcome).toBe('session');
    for (let tries = 0; tries < 5; tries += 1) await send(bank, { pin: '99999', ...right });
    expect((await bank.customer(customerId)).block?.by).toBe('self');
  });

  test('wrong PINs never touch the second factor', async () => {
    const { bank, fob } = await bankWithFob();
    for (let tries = 0; tries < 4; tries += 1) {
      const dead = await send(bank, { pin: '99999' });
      for (let guess = 0; guess < 5; guess += 1) await typeCode(bank, dead, '000000');
    }
    expect((await bank.token(fob.serial)).bindings[0]?.lock).toEqual({ tag: 'OK', failures: 0 });
  });
});

describe('wrong codes', () => {
  test('3 void a challenge, the 5th in a row cools for 15 minutes, the 10th locks until a person acts', async () => {
    const { bank, fob } = await bankWithFob();
    const guess = async (times: number): Promise<void> => {
      for (let done = 0; done < times; ) {
        const at = await send(bank);
        for (let tries = 0; tries < 3 && done < times; tries += 1, done += 1) {
          await typeCode(bank, at, noCode(fob));
        }
      }
    };
    const lock = async () => (await bank.token(fob.serial)).bindings[0]?.lock;
    await guess(4);
    expect(await lock()).toEqual({ tag: 'OK', failures: 4 });
    const before = await send(bank);
    await guess(1);
    expect((await lock())?.tag).toBe('COOLING');
    // A challenge from before the block opens nothing after it.
    expect((await typeCode(bank, before, fob.codeAt(0))).outcome).toBe('refused');
    expect((await typeCode(bank, await send(bank), fob.codeAt(0))).outcome).toBe('refused');
    bank.clock.advance(15 * MINUTE_MS - 1);
    expect((await typeCode(bank, await send(bank), fob.codeAt(0))).outcome).toBe('refused');
    expect(await lock()).toMatchObject({ tag: 'COOLING', failures: 5 });
    bank.clock.advance(1);
    await guess(4);
    expect(await lock()).toEqual({ tag: 'OK', failures: 9 });
    await guess(1);
    expect(await lock()).toEqual({ tag: 'LOCKED', failures: 10 });
    bank.clock.advance(24 * 60 * MINUTE_MS);
    expect((await typeCode(bank, await send(bank), fob.codeAt(0))).outcome).toBe('refused');
    await bank.editToken(fob.serial, unlockFactor);
    expect((await typeCode(bank, await send(bank), fob.codeAt(0))).outcome).toBe('session');
    const kinds = await mailKinds(bank);
    expect(kinds.filter((kind) => kind.startsWith('codes-blocked')).length).toBe(4);
  });

  test('a challenge is void after three of them, even for the right code', async () => {
    const { bank, fob } = await bankWithFob();
    const at = await send(bank);
    for (let tries = 0; tries < 3; tries += 1) await typeCode(bank, at, noCode(fob));
    expect((await typeCode(bank, at, fob.codeAt(0))).outcome).toBe('refused');
    expect((await typeCode(bank, await send(bank), fob.codeAt(0))).outcome).toBe('session');
    expect((await bank.token(fob.serial)).bindings[0]?.lock).toEqual({ tag: 'OK', failures: 0 });
  });

  test('expired and unscanned pictures count nothing', async () => {
    const bank = littleBank();
    const token = await bank.addOtc(await bank.addCustomer({ userCode: USER, pin: PIN }));
    await pair(bank, token);
    for (let tries = 0; tries < 12; tries += 1) {
      const at = await send(bank);
      bank.clock.advance(120_000);
      expect((await typeCode(bank, at, '123456')).outcome).toBe('refused');
    }
    expect((await logIn(bank, token)).outcome).toBe('session');
  });
});

describe('an account that was blocked', () => {
  test('opens nothing with a challenge from before, and the code stays good for after the lift', async () => {
    const { bank, customerId, fob } = await bankWithFob();
    const at = await send(bank);
    await bank.editCustomer(customerId, (before) =>
      blockAccount(before, { by: 'staff', reason: 'theft', nowMs: bank.clock.nowMs() }),
    );
    expect((await typeCode(bank, at, fob.codeAt(0))).outcome).toBe('refused');
    await bank.editCustomer(customerId, reinstateAccount);
    expect((await typeCode(bank, at, fob.codeAt(0))).outcome).toBe('session');
  });
});

describe('a chain of pictures that nobody answers', () => {
  test('is dead before the 512th, changes no more, and an accepted code starts the count again', async () => {
    const bank = littleBank();
    const token = await bank.addOtc(await bank.addCustomer({ userCode: USER, pin: PIN }));
    await pair(bank, token);
    const issued = (count: number) =>
      bank.editToken(token.serial, (before) =>
        before.kind === 'fob'
          ? before
          : {
              ...before,
              bindings: before.bindings.map((one) =>
                one.active === undefined
                  ? one
                  : { ...one, active: { ...one.active, issuedSinceAccept: count, stepsSinceAccept: count } },
              ),
            },
      );
    await issued(510);
    const last = await send(bank);
    const code = scanned(token, last);
    const before = await bank.token(token.serial);
    await send(bank);
    expect(await bank.token(token.serial)).toEqual(before);
    expect((await typeCode(bank, last, code)).outcome).toBe('session');
    expect((await logIn(bank, token)).outcome).toBe('session');
  });
});

describe('a device that was blocked', () => {
  test('as a whole, bindings untouched, refuses codes of challenges from before and ends its sessions', async () => {
    const { bank, fob } = await bankWithFob();
    const opened = await typeCode(bank, await send(bank), fob.codeAt(0));
    const at = await send(bank);
    await bank.editToken(fob.serial, (before) => ({ ...before, blocked: { reason: 'lost', atMs: 0 } }));
    expect((await typeCode(bank, at, fob.codeAt(1))).outcome).toBe('refused');
    expect((await typeCode(bank, await send(bank), fob.codeAt(1))).outcome).toBe('refused');
    const sessionToken = opened.outcome === 'session' ? opened.sessionToken : '';
    expect(sessionToken).not.toBe('');
    expect(await bank.session.show(sessionToken)).toBeUndefined();
  });

  test('SUSPENDED refuses codes of challenges from before, and works again once lifted', async () => {
    const bank = littleBank();
    const token = await bank.addOtc(await bank.addCustomer({ userCode: USER, pin: PIN }));
    await pair(bank, token);
    const at = await send(bank);
    const code = scanned(token, at);
    const lay = (overlay: 'SUSPENDED' | 'NONE' | 'REVOKED') =>
      bank.editToken(token.serial, (before) => overlayBinding(before, { slot: 0, overlay, reason: 'lost' }));
    await lay('SUSPENDED');
    expect((await typeCode(bank, at, code)).outcome).toBe('refused');
    const dead = await send(bank);
    expect([dead.kind, dead.payload?.length]).toEqual(['login', 75]);
    await lay('NONE');
    expect((await logIn(bank, token)).outcome).toBe('session');
    await lay('REVOKED');
    await lay('NONE');
    expect((await send(bank)).kind).toBe('login');
    const state = await bank.token(token.serial);
    expect(state.bindings[0]?.overlay).toBe('REVOKED');
  });
});
