import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockDirectory } from './directory-lock.ts';
import { migrateSqliteStore } from './migrate-file.ts';

const packageFolder = fileURLToPath(new URL('../../../', import.meta.url));
/** Takes the lock of the built package, says so, and waits to be killed. */
const HOLDER_PROGRAM = `
  import { lockDirectory } from '@chiavetta/validator/sqlite';
  lockDirectory(process.argv[1], { processId: process.pid, sinceMs: 0 });
  console.log('held');
  setInterval(() => undefined, 1000);
`;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chiavetta-lock-'));
  file = join(folder, 'validator.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the lock of a directory', () => {
  test('lets one hold it, says who, and lets the next one after the release', () => {
    const first = lockDirectory(file, { processId: 4711, sinceMs: 0 });
    expect(() => lockDirectory(file, { processId: 1, sinceMs: 0 })).toThrow(
      expect.objectContaining({
        code: 'STORE_LOCKED',
        message: expect.stringContaining('process 4711, since 1970-01-01T00:00:00.000Z'),
      }),
    );
    first.release();
    first.release();
    lockDirectory(file, { processId: 2, sinceMs: 0 }).release();
  });

  test('is taken before a store is migrated: a validator at work keeps it as it is', async () => {
    const store = join(folder, 'store.db');
    await expect(migrateSqliteStore({ file: store })).rejects.toMatchObject({ code: 'STORE_MISSING' });
    writeFileSync(store, '', { mode: 0o600 });
    const held = lockDirectory(file, { processId: 4711, sinceMs: 0 });
    await expect(migrateSqliteStore({ file: store })).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: expect.stringContaining('process 4711'),
    });
    expect(statSync(store).size).toBe(0);
    held.release();
    await migrateSqliteStore({ file: store });
    expect(statSync(store).size).toBeGreaterThan(0);
    // Let go again, whoever comes next.
    lockDirectory(file, { processId: 2, sinceMs: 0 }).release();
  });

  test('is held against other processes, and gone when its holder is killed', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', HOLDER_PROGRAM, file], {
      cwd: packageFolder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      expect(line).toBe('held');
      break;
    }
    expect(() => lockDirectory(file, { processId: 1, sinceMs: 0 })).toThrow(`process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    lockDirectory(file, { processId: 1, sinceMs: 0 }).release();
  });
});
