// Longer than 300 lines because every rule about one file on the disk is tried on the same kind of file.
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../ports/store.ts';
import { changeOf } from '../../ports/store.ts';
import { nodeCrypto } from '../node-crypto/index.ts';
import { assertDurable, makeDurable, openDatabase } from './connection.ts';
import type { SqliteStoreOptions } from './open-sqlite-store.ts';
import { openSqliteStore } from './open-sqlite-store.ts';
import type { SchemaStep } from './schema.ts';
import { STORE_SCHEMA } from './schema.ts';

type TestTypes = { readonly token: { readonly counter: number } };

const NOBODY = 65_534;

/** Runs `act` without the rights of root, who may write everywhere; the paths are handed over and taken back. */
async function asOrdinaryUser(paths: readonly string[], act: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return act();
  for (const path of paths) chownSync(path, NOBODY, NOBODY);
  process.seteuid?.(NOBODY);
  try {
    await act();
  } finally {
    process.seteuid?.(0);
    for (const path of paths) chownSync(path, 0, 0);
  }
}

describe('the file of a store', () => {
  let folder: string;
  let options: SqliteStoreOptions;
  const opened: Store<TestTypes>[] = [];
  const open = async (more: Partial<SqliteStoreOptions> = {}): Promise<Store<TestTypes>> => {
    const store = await openSqliteStore<TestTypes>({ ...options, ...more });
    opened.push(store);
    return store;
  };
  const add = (store: Store<TestTypes>, id: string) =>
    store.commit(
      changeOf({
        puts: [{ kind: 'token', id, expected: 0, value: { counter: 1 } }],
        audit: [{ subject: id, event: 'made' }],
      }),
    );

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chiavetta-file-'));
    options = {
      file: join(folder, 'store.db'),
      witnessFile: join(folder, 'witness.ndjson'),
      checkpointSecret: new Uint8Array(32).fill(7),
      crypto: nodeCrypto,
      clock: { nowMs: () => 1_700_000_000_000 },
      busyTimeoutMs: 1,
    };
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close().catch(() => undefined);
    rmSync(folder, { recursive: true });
  });

  test('keeps everything over a stop', async () => {
    const store = await open();
    await add(store, 'a');
    const head = await store.audit.head();
    await store.close();
    const again = await open();
    expect(await again.read('token', 'a')).toMatchObject({ version: 1, value: { counter: 1 } });
    expect(await again.audit.head()).toEqual(head);
    expect(await again.audit.checkpoints()).toHaveLength(1);
  });

  test('is the owner’s alone, with everything beside it', async () => {
    const store = await open();
    await add(store, 'a');
    await store.audit.checkpoint();
    await store.backup(join(folder, 'copy.db'));
    for (const name of readdirSync(folder))
      expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
    const inside = join(folder, 'new');
    await open({ file: join(inside, 'store.db'), witnessFile: join(inside, 'witness') });
    expect(statSync(inside).mode & 0o777).toBe(0o700);
  });

  test.each([
    ['file', 0o640],
    ['file', 0o604],
    ['folder', 0o750],
    ['folder', 0o701],
  ])('is refused when its %s has mode %o', async (what, mode) => {
    await (await open()).close();
    chmodSync(what === 'file' ? options.file : folder, mode);
    await expect(open()).rejects.toMatchObject({ code: 'STORE_PERMISSION' });
    chmodSync(folder, 0o700);
  });

  test('is refused when it cannot be written', async () => {
    await (await open()).close();
    chmodSync(options.file, 0o400);
    await expect(open()).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
  });

  test('is refused when its folder cannot be written', async () => {
    await (await open()).close();
    chmodSync(folder, 0o500);
    await asOrdinaryUser([folder, ...readdirSync(folder).map((name) => join(folder, name))], async () => {
      await expect(open()).rejects.toMatchObject({
        code: expect.stringMatching(/STORE_(READ_ONLY|PERMISSION)/),
      });
    });
    chmodSync(folder, 0o700);
  });

  test('is refused while another program writes it, and a running store says so and loses nothing', async () => {
    const store = await open();
    await add(store, 'a');
    const other = new BetterSqlite3(options.file);
    other.exec('BEGIN IMMEDIATE');
    await expect(add(store, 'b')).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    await expect(open()).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    other.exec('ROLLBACK');
    other.close();
    expect((await add(store, 'b')).outcome).toBe('committed');
  });

  test('compares and swaps between two programs that have it open', async () => {
    const [left, right] = [await open(), await open()];
    const outcomes = await Promise.all([add(left, 'a'), add(right, 'a'), add(left, 'b'), add(right, 'c')]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([
      'committed',
      'conflict',
      'committed',
      'committed',
    ]);
    expect((await left.audit.entries({ limit: 9 })).map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  test.each([
    [
      'text',
      Buffer.from(
        'this is a shopping list, and quite a long one at that, so that a header fits in\n'.repeat(60),
      ),
    ],
    ['a cut header', Buffer.from('SQLite format 3\0')],
  ])('is refused when it holds %s', async (_what, content) => {
    writeFileSync(options.file, content, { mode: 0o600 });
    await expect(open()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    expect(readFileSync(options.file)).toEqual(content);
  });

  test('is refused when another program made it', async () => {
    const other = new BetterSqlite3(options.file);
    other.exec('CREATE TABLE recipe (name TEXT)');
    other.close();
    chmodSync(options.file, 0o600);
    await expect(open()).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringContaining('not written'),
    });
  });

  test('is refused when it is newer than the program, and both versions are named', async () => {
    const next: SchemaStep = { version: 41, sql: 'CREATE TABLE later (x INTEGER)' };
    await (await open({ schema: [...STORE_SCHEMA, next] })).close();
    const before = readFileSync(options.file);
    const known = STORE_SCHEMA.at(-1)?.version;
    await expect(open()).rejects.toMatchObject({
      code: 'STORE_NEWER',
      message: expect.stringMatching(new RegExp(`version is 41, this program knows ${known}`)),
    });
    expect(readFileSync(options.file)).toEqual(before);
  });

  test('is migrated when it is older, after a copy of it was made', async () => {
    const store = await open();
    await add(store, 'a');
    await store.close();
    const next: SchemaStep = { version: 2, sql: 'ALTER TABLE record ADD COLUMN extra TEXT' };
    const { database, migration } = await openDatabase({
      file: options.file,
      busyTimeoutMs: 1,
      schema: [...STORE_SCHEMA, next],
    });
    database.close();
    expect(migration).toMatchObject({ from: 1, to: 2 });
    const copy = migration?.copy ?? '';
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    const old = await open({ file: copy, witnessFile: join(folder, 'other-witness') });
    expect(await old.read('token', 'a')).toMatchObject({ version: 1 });
    const migrated = await open({ schema: [...STORE_SCHEMA, next] });
    expect(await migrated.read('token', 'a')).toMatchObject({ version: 1 });
  });

  test('stays as it is when a migration fails half way', async () => {
    const store = await open();
    await add(store, 'a');
    await store.close();
    const bad: SchemaStep = { version: 2, sql: 'DROP TABLE outbox; CREATE TABLE record (x)' };
    await expect(open({ schema: [...STORE_SCHEMA, bad] })).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    expect(await (await open()).outbox.claim(1)).toEqual([]);
  });

  test('is written through to the disk at every commit, or nothing starts', () => {
    const database = new BetterSqlite3(options.file);
    makeDurable(database);
    expect(database.pragma('synchronous', { simple: true })).toBe(2);
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(database.pragma('wal_autocheckpoint', { simple: true })).toBe(20_000);
    database.pragma('synchronous = NORMAL');
    expect(() => assertDurable(database)).toThrow('every commit of the store is synchronous');
    database.close();
  });

  test('is copied while it is at work, into one file that is a whole store', async () => {
    const store = await open();
    for (let index = 0; index < 50; index += 1) await add(store, `t${index}`);
    const [, outcome] = await Promise.all([store.backup(join(folder, 'copy.db')), add(store, 'during')]);
    expect(outcome.outcome).toBe('committed');
    await expect(store.backup(join(folder, 'copy.db'))).rejects.toMatchObject({ code: 'STORE_PERMISSION' });
    expect(existsSync(join(folder, 'copy.db-wal'))).toBe(false);
    const copy = await open({ file: join(folder, 'copy.db'), witnessFile: join(folder, 'other-witness') });
    expect((await copy.audit.head()).count).toBeGreaterThanOrEqual(50);
  });

  test('is refused when an older copy took its place, as the witness tells', async () => {
    const store = await open();
    await add(store, 'a');
    await store.backup(join(folder, 'old.db'));
    await add(store, 'b');
    await store.close();
    writeFileSync(options.file, readFileSync(join(folder, 'old.db')));
    await expect(open()).rejects.toMatchObject({ code: 'STORE_ROLLED_BACK' });
  });

  test('is refused when another history of the same size took its place', async () => {
    const store = await open();
    await add(store, 'a');
    await store.close();
    const other = await open({ file: join(folder, 'other.db'), witnessFile: join(folder, 'other-witness') });
    await add(other, 'b');
    await other.close();
    await expect(open({ file: join(folder, 'other.db') })).rejects.toMatchObject({
      code: 'STORE_ROLLED_BACK',
    });
  });

  test('gets its witness lines after a stop in between, and a torn last line is written anew', async () => {
    const store = await open({ checkpointEvery: 2 });
    for (const id of ['a', 'b', 'c', 'd']) await add(store, id);
    await store.close();
    const whole = readFileSync(options.witnessFile);
    expect(whole.toString().trimEnd().split('\n')).toHaveLength(2);
    writeFileSync(options.witnessFile, whole.subarray(0, whole.length - 30));
    await (await open()).close();
    expect(readFileSync(options.witnessFile)).toEqual(whole);
    // A stop between a commit and its witnessing is made up for at the next start.
    writeFileSync(options.witnessFile, '');
    await open();
    expect(readFileSync(options.witnessFile)).toEqual(whole);
  });

  test('gets a witness line with the 1,000th entry and with the 2,000th, and none before', async () => {
    const store = await open();
    const log = (count: number) =>
      store.commit(
        changeOf({ audit: Array.from({ length: count }, () => ({ subject: 'a', event: 'seen' })) }),
      );
    const lines = () => readFileSync(options.witnessFile, 'utf8').split('\n').filter(Boolean);
    await log(999);
    expect(existsSync(options.witnessFile) ? lines() : []).toEqual([]);
    await log(1);
    expect(lines().map((line) => JSON.parse(line).count)).toEqual([1_000]);
    await log(999);
    expect(lines()).toHaveLength(1);
    await log(1);
    expect(lines().map((line) => JSON.parse(line).count)).toEqual([1_000, 2_000]);
  });

  test('is refused with a witness file that holds something else', async () => {
    writeFileSync(options.witnessFile, 'hello\n', { mode: 0o600 });
    await expect(open()).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringContaining('line 1'),
    });
  });

  test('takes no more commits when the witness file cannot be written', async () => {
    const store = await open({ checkpointEvery: 2, witnessFile: join(folder, 'gone', 'witness') });
    await add(store, 'a');
    expect((await add(store, 'b')).outcome).toBe('committed');
    await expect(add(store, 'c')).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(await store.read('token', 'c')).toBeUndefined();
  });

  test('does not keep a delivered message in its pages', async () => {
    const store = await open();
    const fields = { name: 'canary-93751-canary' };
    await store.commit(changeOf({ mails: [{ to: 'a@example.org', kind: 'new-pin', fields }] }));
    await store.outbox.done(1);
    await store.close();
    expect(readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes(fields.name))).toBe(
      false,
    );
  });
});
