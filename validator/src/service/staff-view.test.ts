import { describe, expect, test } from 'vitest';
import { describeToken, explainLastRefusal } from '../core/describe-token.ts';
import type { LittleBank } from '../testing/little-bank.ts';
import { littleBank } from '../testing/little-bank.ts';
import { PIN, send, typeCode, USER } from '../testing/little-customer.ts';
import { reapExpired } from './reap-expired.ts';

async function reason(bank: LittleBank, customerId: string, serial: string): Promise<string | undefined> {
  const token = await bank.ports.store.read('token', serial);
  const facts = {
    customer: await bank.customer(customerId),
    tokens: token === undefined ? [] : [token.value],
  };
  return explainLastRefusal(facts, { timeOf: (atMs) => `T${(atMs - 1_800_000_000_000) / 1000}` });
}

describe('what staff are told', () => {
  test('is the true reason of the last refusal, in words', async () => {
    const bank = littleBank();
    const customerId = await bank.addCustomer({ userCode: USER, pin: PIN });
    const fob = await bank.addFob(customerId);
    const why = (): Promise<string | undefined> => reason(bank, customerId, fob.serial);
    expect(await why()).toBeUndefined();
    bank.clock.advance(1000);
    await typeCode(bank, await send(bank), fob.codeAt(2));
    const stored = await bank.ports.store.read('token', fob.serial);
    const job = { nowMs: bank.clock.nowMs(), policy: bank.ports.policy, timeOf: () => 'today' };
    expect(stored && describeToken(stored.value, job).bindings[0]?.lastAccepted).toBe(
      'accepted, skipped 2 on today',
    );
    bank.clock.advance(1000);
    await typeCode(bank, await send(bank), fob.codeAt(2));
    expect(await why()).toBe('used before on T1');
    bank.clock.advance(1000);
    await send(bank, { pin: '99999' });
    expect(await why()).toBe('wrong account PIN');
    bank.clock.advance(1000);
    const late = await send(bank);
    bank.clock.advance(120_000);
    await typeCode(bank, late, fob.codeAt(3));
    expect(await why()).toBe('the code came too late');
  });

  test('shows no secret and no code in audit entries', async () => {
    const bank = littleBank();
    const fob = await bank.addFob(await bank.addCustomer({ userCode: USER, pin: PIN }));
    for (let counter = 0; counter < 3; counter += 1)
      await typeCode(bank, await send(bank), fob.codeAt(counter));
    const text = JSON.stringify(await bank.ports.store.audit.entries({ limit: 100 }), (_, value) =>
      value instanceof Uint8Array ? '' : value,
    );
    for (const secret of [PIN, fob.codeAt(0), fob.codeAt(1), fob.codeAt(2)]) {
      expect(text.includes(`"${secret}"`)).toBe(false);
    }
    expect(text).toContain('code.accepted');
  });
});

describe('tidying', () => {
  test('removes what is long over and nothing else', async () => {
    const bank = littleBank();
    const fob = await bank.addFob(await bank.addCustomer({ userCode: USER, pin: PIN }));
    await typeCode(bank, await send(bank), fob.codeAt(0));
    await send(bank, { pin: '99999' });
    expect(await reapExpired(bank.ports)).toEqual({ challenges: 0, sessions: 0 });
    bank.clock.advance(2 * 24 * 60 * 60 * 1000);
    const live = await send(bank);
    expect(await reapExpired(bank.ports)).toEqual({ challenges: 2, sessions: 1 });
    expect((await typeCode(bank, live, fob.codeAt(1))).outcome).toBe('session');
  });
});
