import { assert } from '@chiavetta/protocol/bytes';
import { describe, expect, test } from 'vitest';
import { restoredToken } from '../core/restore-token.ts';
import type { TokenState } from '../core/token-record.ts';
import type { LittleBank } from '../testing/little-bank.ts';
import { littleBank } from '../testing/little-bank.ts';
import { logIn, PIN, pair, scanned, send, typeCode, USER } from '../testing/little-customer.ts';

async function restore(bank: LittleBank, backup: TokenState): Promise<void> {
  const to = { storeEpoch: backup.storeEpoch + 1, nowMs: bank.clock.nowMs(), policy: bank.ports.policy };
  await bank.editToken(backup.serial, () => restoredToken(bank.ports.crypto, backup, to));
}

describe('a restored backup', () => {
  test('lets a button fob in with two codes once, and with no code from before', async () => {
    const bank = littleBank();
    const fob = await bank.addFob(await bank.addCustomer({ userCode: USER, pin: PIN }));
    const backup = await bank.token(fob.serial);
    expect((await typeCode(bank, await send(bank), fob.codeAt(0))).outcome).toBe('session');
    await restore(bank, backup);
    expect((await typeCode(bank, await send(bank), fob.codeAt(0))).outcome).toBe('refused');
    const both = { nextCode: fob.codeAt(2) };
    expect((await typeCode(bank, await send(bank), fob.codeAt(1), both)).outcome).toBe('session');
  });

  test('refuses every code of a clock fob that could have been accepted before', async () => {
    const bank = littleBank();
    const fob = await bank.addFob(await bank.addCustomer({ userCode: USER, pin: PIN }), { mode: 'totp' });
    const step = (): number => Math.floor(bank.clock.nowMs() / 30_000);
    const backup = await bank.token(fob.serial);
    const used = fob.codeAt(step() + 1);
    expect((await typeCode(bank, await send(bank), used)).outcome).toBe('session');
    await restore(bank, backup);
    expect((await typeCode(bank, await send(bank), used)).outcome).toBe('refused');
    bank.clock.advance(60_000);
    expect((await typeCode(bank, await send(bank), fob.codeAt(step()))).outcome).toBe('session');
  });

  test('steps the chain past everything issued since, so that the optical token goes on', async () => {
    const bank = littleBank();
    const token = await bank.addOtc(await bank.addCustomer({ userCode: USER, pin: PIN }));
    await pair(bank, token);
    const backup = await bank.token(token.serial);
    const lost = await send(bank);
    const lostCode = scanned(token, lost);
    for (let logins = 0; logins < 5; logins += 1) await logIn(bank, token);
    await restore(bank, backup);
    expect((await typeCode(bank, lost, lostCode)).outcome).toBe('refused');
    expect((await logIn(bank, token)).outcome).toBe('session');
    const after = await bank.token(token.serial);
    assert(after.kind === 'otc', 'it is an optical token');
    expect(after.prekeys).toEqual([]);
    expect(after.pairingCounter).toBeGreaterThan(65_536);
  });
});
