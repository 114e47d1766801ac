import { describe, expect, test } from 'vitest';
import { changeOf } from '../../ports/store.ts';
import type { InjectedFault, MemoryCall } from './fault-injection.ts';
import { memoryStore } from './memory-store.ts';

type TestTypes = { readonly token: { readonly counter: number } };

const put = changeOf<TestTypes>({
  puts: [{ kind: 'token', id: 'a', expected: 0, value: { counter: 1 } }],
  audit: [{ subject: 'a', event: 'made' }],
  mails: [{ to: 'a@example.org', kind: 'device-bound', fields: {} }],
});

const storeWith = (fault: (call: MemoryCall) => InjectedFault) => memoryStore<TestTypes>({ fault });

describe('the faults of a memory store', () => {
  test('before a commit leave nothing behind', async () => {
    const store = storeWith(({ number }) => (number === 0 ? 'fail_before' : 'none'));
    await expect(store.commit(put)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(await store.read('token', 'a')).toBeUndefined();
    expect((await store.audit.head()).count).toBe(0);
    expect((await store.commit(put)).outcome).toBe('committed');
  });

  test('after a commit leave all of it behind', async () => {
    const store = storeWith(({ number }) => (number === 0 ? 'fail_after' : 'none'));
    await expect(store.commit(put)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(await store.read('token', 'a')).toMatchObject({ version: 1 });
    expect((await store.audit.head()).count).toBe(1);
    expect(await store.outbox.claim(9)).toHaveLength(1);
  });

  test('can be a conflict that is none', async () => {
    const store = storeWith(({ number }) => (number === 0 ? 'conflict' : 'none'));
    expect(await store.commit(put)).toEqual({ outcome: 'conflict' });
    expect((await store.commit(put)).outcome).toBe('committed');
  });

  test('can meet every operation', async () => {
    const seen: string[] = [];
    const store = storeWith(({ operation }) => {
      seen.push(operation);
      return 'fail_before';
    });
    const attempts = [
      store.read('token', 'a'),
      store.readMany([]),
      store.list({ kind: 'token', limit: 1 }),
      store.commit(put),
      store.audit.entries({ limit: 1 }),
      store.audit.checkpoint(),
      store.outbox.claim(1),
      store.outbox.done(1),
    ];
    for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(new Set(seen)).toEqual(
      new Set(['read', 'readMany', 'list', 'commit', 'audit', 'checkpoint', 'outbox.claim', 'outbox.done']),
    );
  });

  test('leave the order of calls to a gate', async () => {
    let letFirstPass = (): void => undefined;
    const first = new Promise<void>((resolve) => {
      letFirstPass = resolve;
    });
    const store = memoryStore<TestTypes>({
      gate: ({ number }) => (number === 0 ? first : Promise.resolve()),
    });
    const late = store.commit(put);
    expect((await store.commit(put)).outcome).toBe('committed');
    letFirstPass();
    expect((await late).outcome).toBe('conflict');
  });
});
