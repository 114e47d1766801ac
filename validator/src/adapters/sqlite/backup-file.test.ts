import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changeOf } from '../../ports/store.ts';
import { nodeCrypto } from '../node-crypto/index.ts';
import { backupSqliteStore } from './backup-file.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

type Types = { note: { readonly text: string } };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chiavetta-backup-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(file: string) {
  return openSqliteStore<Types>({
    file,
    witnessFile: `${file}.witness`,
    checkpointSecret: new Uint8Array(32).fill(7),
    crypto: nodeCrypto,
    clock: { nowMs: () => 1 },
  });
}

const putNote = (text: string, expected: number) =>
  changeOf<Types>({ puts: [{ kind: 'note', id: 'a', expected, value: { text } }] });

test('a store that is at work is copied as it is at one moment, and goes on', async () => {
  const file = join(folder, 'store.db');
  const copy = join(folder, 'copy.db');
  const store = await open(file);
  await store.commit(putNote('before', 0));
  await backupSqliteStore({ file, toFile: copy });
  await expect(store.commit(putNote('after', 1))).resolves.toMatchObject({ outcome: 'committed' });
  await store.close();
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  const copied = await open(copy);
  expect((await copied.read('note', 'a'))?.value.text).toBe('before');
  await copied.close();
});

test('no copy is made of what is no store, nor over a file that exists', async () => {
  const file = join(folder, 'store.db');
  await expect(backupSqliteStore({ file, toFile: join(folder, 'copy.db') })).rejects.toMatchObject({
    code: 'STORE_MISSING',
  });
  writeFileSync(file, 'not a database at all, but long enough to be looked at as one');
  await expect(backupSqliteStore({ file, toFile: join(folder, 'copy.db') })).rejects.toMatchObject({
    code: 'STORE_CORRUPT',
  });
  const real = join(folder, 'real.db');
  await (await open(real)).close();
  await expect(backupSqliteStore({ file: real, toFile: file })).rejects.toMatchObject({
    code: 'STORE_PERMISSION',
  });
});
