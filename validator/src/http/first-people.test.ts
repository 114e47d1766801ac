import { describe, expect, test } from 'vitest';
import { memoryStore } from '../adapters/memory/index.ts';
import { nodeCrypto } from '../adapters/node-crypto/index.ts';
import type { RecordTypes } from '../core/records.ts';
import type { Store } from '../ports/store.ts';
import { staffServices } from '../service/staff/compose-staff-services.ts';
import { littleBank } from '../testing/little-bank.ts';
import { addFirstPeople } from './first-people.ts';

const clock = { nowMs: () => 1_800_000_000_000 };

/** A store that a dying process leaves: its commit of this number is the last one, or did not happen any more. */
function dyingAt(store: Store<RecordTypes>, lastCommit: number, isApplied: boolean): Store<RecordTypes> {
  let count = 0;
  return {
    ...store,
    commit: async (change) => {
      count += 1;
      if (count < lastCommit) return await store.commit(change);
      if (count === lastCommit && isApplied) await store.commit(change);
      throw new Error('killed');
    },
  };
}

function startOver(store: Store<RecordTypes>, dev: boolean, seed: number) {
  const { ports, portal } = littleBank({ crypto: nodeCrypto, store, keys: KEYS, seed });
  const staff = staffServices(ports);
  return { ports, staff, portal, first: () => addFirstPeople({ ports, staff, dev }) };
}

const KEYS = littleBank().ports.keys;

describe.each([
  ['a developer', true, 2, 2, 5],
  ['a bank', false, 1, 0, 2],
] as const)('the first start of %s', (_whose, dev, operatorCount, customerCount, commitCount) => {
  test.each(
    Array.from({ length: commitCount }, (_none, index) => [index + 1, false] as const).flatMap(([number]) => [
      [number, false] as const,
      [number, true] as const,
    ]),
  )('that is cut off at commit %i (applied: %s) is made up for by the next', async (number, isApplied) => {
    const store = memoryStore<RecordTypes>({ clock });
    await expect(startOver(dyingAt(store, number, isApplied), dev, 1).first()).rejects.toThrow('killed');
    const again = startOver(store, dev, 2);
    const found = await again.first();
    const people = found?.people ?? { operators: [], customers: [] };
    expect([people.operators.length, people.customers.length]).toEqual([operatorCount, customerCount]);
    for (const operator of people.operators) {
      expect(await again.staff.operators.signIn(operator)).toMatchObject({ ok: true });
    }
    expect(await store.list({ kind: 'operator', limit: 9 })).toHaveLength(operatorCount);
    expect(await store.list({ kind: 'customer', limit: 9 })).toHaveLength(customerCount);
    for (const { pin } of people.customers) expect(pin).toMatch(/^[0-9]{5,8}$/);
  });

  test('tells new passwords until somebody was told, and none after it', async () => {
    const store = memoryStore<RecordTypes>({ clock });
    const untold = await startOver(store, dev, 1).first();
    const { staff, first } = startOver(store, dev, 2);
    const told = await first();
    const [old, fresh] = [untold?.people.operators[0], told?.people.operators[0]];
    expect(fresh?.password).not.toBe(old?.password);
    expect(await staff.operators.signIn(old ?? { name: '', password: '' })).toMatchObject({ ok: false });
    expect(await staff.operators.signIn(fresh ?? { name: '', password: '' })).toMatchObject({ ok: true });
    await told?.told();
    expect(await startOver(store, dev, 3).first()).toBeUndefined();
  });
});
