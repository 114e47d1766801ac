// Longer than 300 lines because it is the one contract that every store adapter is held to.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verifyAudit } from '../core/audit/verify-audit.ts';
import type { Store } from '../ports/store.ts';
import { changeOf } from '../ports/store.ts';
import { memoryStore } from './memory/memory-store.ts';
import { withoutCompareAndSwap } from './memory/naive-store.ts';
import { openSqliteStore } from './sqlite/open-sqlite-store.ts';

type TestTypes = {
  readonly token: { readonly counter: number; readonly note?: string };
  readonly secret: { readonly sealed: Uint8Array; readonly count: bigint; readonly list: readonly unknown[] };
};

const secret = new Uint8Array(32).fill(7);
const publicKey = nobleCrypto.ed25519PublicKey(secret);
const clock = { nowMs: () => 1_700_000_000_000 };

type Adapter = {
  readonly name: string;
  readonly open: (folder: string, checkpointEvery?: number) => Promise<Store<TestTypes>>;
};

/** As a validator opens it, unless a test asks for fewer. */
const every = (checkpointEvery: number | undefined) =>
  checkpointEvery === undefined ? {} : { checkpointEvery };

const ADAPTERS: readonly Adapter[] = [
  {
    name: 'memory',
    open: async (_folder, checkpointEvery) =>
      memoryStore({ crypto: nobleCrypto, clock, checkpointSecret: secret, ...every(checkpointEvery) }),
  },
  {
    name: 'SQLite',
    open: (folder, checkpointEvery) =>
      openSqliteStore({
        file: join(folder, 'store.db'),
        witnessFile: join(folder, 'witness.ndjson'),
        checkpointSecret: secret,
        crypto: nobleCrypto,
        clock,
        ...every(checkpointEvery),
      }),
  },
];

const put = (id: string, expected: number, counter: number) =>
  changeOf<TestTypes>({
    puts: [{ kind: 'token', id, expected, value: { counter } }],
    audit: [{ subject: id, event: 'set', detail: { counter } }],
  });

describe.each(ADAPTERS)('a store in $name', ({ open }) => {
  let folder: string;
  let store: Store<TestTypes>;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chiavetta-store-'));
    store = await open(folder);
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  test('gives back what was put, with versions that count from 1', async () => {
    expect(await store.read('token', 'a')).toBeUndefined();
    await store.commit(put('a', 0, 5));
    expect(await store.read('token', 'a')).toEqual({
      kind: 'token',
      id: 'a',
      version: 1,
      value: { counter: 5 },
    });
    await store.commit(put('a', 1, 6));
    expect(await store.read('token', 'a')).toMatchObject({ version: 2, value: { counter: 6 } });
  });

  test('carries bytes, big integers and nested data, and leaves out what is undefined', async () => {
    const value = {
      sealed: Uint8Array.of(0, 255, 3),
      count: 2n ** 64n,
      list: [null, { a: [Uint8Array.of()] }],
    };
    await store.commit(changeOf({ puts: [{ kind: 'secret', id: 's', expected: 0, value }] }));
    expect((await store.read('secret', 's'))?.value).toEqual(value);
  });

  test('shares nothing with its callers', async () => {
    const sealed = Uint8Array.of(1);
    const waiting = store.commit(
      changeOf({ puts: [{ kind: 'secret', id: 's', expected: 0, value: { sealed, count: 0n, list: [] } }] }),
    );
    sealed[0] = 9;
    await waiting;
    const found = await store.read('secret', 's');
    expect(found?.value.sealed).toEqual(Uint8Array.of(1));
    found?.value.sealed.fill(9);
    expect((await store.read('secret', 's'))?.value.sealed).toEqual(Uint8Array.of(1));
  });

  test('refuses a put on another version than the one that was read, and changes nothing', async () => {
    await store.commit(put('a', 0, 1));
    for (const expected of [0, 2, 7]) {
      expect(await store.commit(put('a', expected, 99))).toEqual({ outcome: 'conflict' });
    }
    expect(await store.commit(put('b', 1, 99))).toEqual({ outcome: 'conflict' });
    expect(await store.read('token', 'a')).toMatchObject({ version: 1, value: { counter: 1 } });
    expect((await store.audit.head()).count).toBe(1);
  });

  test('applies a change of several records whole or not at all', async () => {
    await store.commit(put('a', 0, 1));
    const half = changeOf<TestTypes>({
      puts: [
        { kind: 'token', id: 'new', expected: 0, value: { counter: 1 } },
        { kind: 'token', id: 'a', expected: 9, value: { counter: 2 } },
      ],
      audit: [{ subject: 'new', event: 'made' }],
      mails: [{ to: 'a@example.org', kind: 'new-pin', fields: {} }],
    });
    expect((await store.commit(half)).outcome).toBe('conflict');
    expect(await store.readMany([{ kind: 'token', id: 'new' }])).toEqual([undefined]);
    expect(await store.outbox.claim(10)).toEqual([]);
    expect((await store.audit.head()).count).toBe(1);
  });

  test('refuses a change that rests on a record which has changed or appeared', async () => {
    await store.commit(put('a', 0, 1));
    const resting = (expected: number, id: string) =>
      changeOf<TestTypes>({
        puts: [{ kind: 'token', id: 'b', expected: 0, value: { counter: 1 } }],
        checks: [{ kind: 'token', id, expected }],
      });
    expect((await store.commit(resting(2, 'a'))).outcome).toBe('conflict');
    expect((await store.commit(resting(0, 'a'))).outcome).toBe('conflict');
    expect((await store.commit(resting(1, 'missing'))).outcome).toBe('conflict');
    expect((await store.commit(resting(1, 'a'))).outcome).toBe('committed');
  });

  test('removes a record only in the version that was read', async () => {
    await store.commit(put('a', 0, 1));
    const remove = (expected: number) =>
      changeOf<TestTypes>({ removes: [{ kind: 'token', id: 'a', expected }] });
    expect((await store.commit(remove(2))).outcome).toBe('conflict');
    expect((await store.commit(remove(1))).outcome).toBe('committed');
    expect(await store.read('token', 'a')).toBeUndefined();
    expect((await store.commit(remove(1))).outcome).toBe('conflict');
  });

  test('lets exactly one of many changes made at once on one version through', async () => {
    await store.commit(put('a', 0, 0));
    const outcomes = await Promise.all(
      Array.from({ length: 64 }, (_, index) => store.commit(put('a', 1, index))),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'committed')).toHaveLength(1);
    expect((await store.audit.head()).count).toBe(2);
  });

  test('is caught by the race above when it compares nothing', async () => {
    const naive = withoutCompareAndSwap(store);
    await naive.commit(put('a', 0, 0));
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, index) => naive.commit(put('a', 1, index))),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'committed').length).toBeGreaterThan(1);
  });

  test('takes independent changes made at once, each with its own answer', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 600 }, (_, index) =>
        store.commit(put(`t${index}`, index % 3 === 0 ? 1 : 0, index)),
      ),
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(
      outcomes.map((_, index) => (index % 3 === 0 ? 'conflict' : 'committed')),
    );
    expect((await store.audit.head()).count).toBe(400);
  });

  test('lists records of one kind in the order of their ids, in pages', async () => {
    for (const id of ['b', 'a', 'é', 'Z', '😀', '\uffee']) await store.commit(put(id, 0, 1));
    const first = await store.list({ kind: 'token', limit: 4 });
    expect(first.map(({ id }) => id)).toEqual(['Z', 'a', 'b', 'é']);
    const rest = await store.list({ kind: 'token', afterId: 'é', limit: 9 });
    expect(rest.map(({ id }) => id)).toEqual(['\uffee', '😀']);
    expect(await store.list({ kind: 'secret', limit: 9 })).toEqual([]);
  });

  test('reads several records in the order asked', async () => {
    await store.commit(put('a', 0, 1));
    const [missing, found] = await store.readMany([
      { kind: 'secret', id: 'a' },
      { kind: 'token', id: 'a' },
    ]);
    expect(missing).toBeUndefined();
    expect(found?.value.counter).toBe(1);
  });

  test('says that it is our bug when a change names a record twice', async () => {
    const twice = changeOf<TestTypes>({
      ...put('a', 0, 1),
      checks: [{ kind: 'token', id: 'a', expected: 0 }],
    });
    await expect(store.commit(twice)).rejects.toThrow('names each record once');
    await expect(
      store.commit(changeOf({ audit: [{ subject: 'a', event: 'x', detail: { bad: Number.NaN } }] })),
    ).rejects.toThrow('finite');
    expect((await store.audit.head()).count).toBe(0);
  });

  test('answers a commit with its audit entries, each in the chain of its subject', async () => {
    await store.commit(put('a', 0, 1));
    const outcome = await store.commit(
      changeOf({
        audit: [
          { subject: 'a', event: 'one', operator: 'anna', approvers: ['bruno', 'carla'], reason: 'lost' },
          { subject: 'b', event: 'two', customer: '7', serial: '000000000001', detail: { n: -1.5, b: true } },
          { subject: 'a', event: 'three' },
        ],
      }),
    );
    const entries = outcome.outcome === 'committed' ? outcome.entries : [];
    expect(entries.map(({ index, subject, subjectIndex }) => [index, subject, subjectIndex])).toEqual([
      [1, 'a', 1],
      [2, 'b', 0],
      [3, 'a', 2],
    ]);
    expect(entries[2]?.previous).toEqual(entries[0]?.hash);
    expect(entries[0]).toMatchObject({
      operator: 'anna',
      approvers: ['bruno', 'carla'],
      atMs: clock.nowMs(),
    });
    expect(entries[1]?.detail).toEqual({ b: true, n: -1.5 });
    expect(await store.audit.entries({ afterIndex: 0, limit: 10 })).toEqual(entries);
  });

  test('keeps a log that verifies against its own checkpoints', async () => {
    await store.close();
    store = await open(mkdtempSync(join(folder, 'again-')), 10);
    for (let index = 0; index < 35; index += 1)
      await store.commit(put(`t${index % 4}`, Math.floor(index / 4), index));
    await store.audit.checkpoint();
    const checkpoints = await store.audit.checkpoints();
    expect(checkpoints.map(({ count }) => count)).toEqual([10, 20, 30, 35]);
    const rows = await store.audit.rows({ limit: 100 });
    const verdict = verifyAudit({
      crypto: nobleCrypto,
      rows,
      checkpoints,
      publicKey,
      head: await store.audit.head(),
    });
    expect(verdict).toMatchObject({ outcome: 'intact', count: 35, witnessedCount: 35 });
  });

  test('signs a checkpoint with the 1,000th entry of its own accord, and not before', async () => {
    const entries = Array.from({ length: 999 }, () => ({ subject: 'a', event: 'seen' }));
    await store.commit(changeOf({ audit: entries }));
    expect(await store.audit.checkpoints()).toEqual([]);
    await store.commit(changeOf({ audit: entries.slice(0, 1) }));
    expect((await store.audit.checkpoints()).map(({ count }) => count)).toEqual([1_000]);
  });

  test('gives the same checkpoint again while nothing was added', async () => {
    await store.commit(put('a', 0, 1));
    expect(await store.audit.checkpoint()).toEqual(await store.audit.checkpoint());
    expect(await store.audit.checkpoints()).toHaveLength(1);
  });

  test('keeps a message until it is done, and never gives its number to another', async () => {
    const sealed = { customerId: 'a', id: '00', box: 'AAAA' };
    const mail = { to: 'a@example.org', kind: 'new-pin', fields: { name: 'Ada' }, sealed } as const;
    await store.commit(changeOf({ mails: [mail, { ...mail, to: 'b@example.org' }] }));
    const first = await store.outbox.claim(1);
    expect(first).toEqual([{ ...mail, id: 1, createdMs: clock.nowMs() }]);
    expect(await store.outbox.claim(1)).toEqual(first);
    for (const { id } of await store.outbox.claim(9)) await store.outbox.done(id);
    expect(await store.outbox.claim(9)).toEqual([]);
    await store.commit(changeOf({ mails: [mail] }));
    expect((await store.outbox.claim(9)).map(({ id }) => id)).toEqual([3]);
  });

  test.each(['pin', 'userCode'])(
    'takes up no message with a %s in clear, nor anything with it',
    async (name) => {
      const mail = { to: 'a@example.org', kind: 'new-pin', fields: { [name]: '93751' } } as const;
      const puts = [{ kind: 'token', id: 'a', expected: 0, value: { counter: 1 } }] as const;
      await expect(store.commit(changeOf({ puts, mails: [mail] }))).rejects.toThrow('is sealed');
      expect(await store.read('token', 'a')).toBeUndefined();
    },
  );

  test('answers nothing after it was closed, and may be closed twice', async () => {
    await store.close();
    await store.close();
    for (const attempt of [store.read('token', 'a'), store.commit(put('a', 0, 1)), store.audit.head()]) {
      await expect(attempt).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    }
  });

  test('finishes the commits that are under way when it is closed', async () => {
    const waiting = store.commit(put('a', 0, 1));
    await store.close();
    const answer = await waiting.catch((failure: unknown) => failure);
    expect(answer).toMatchObject({ outcome: 'committed' });
  });
});
