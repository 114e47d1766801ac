import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { directoryPaths } from '../../ports/directory-paths.ts';
import type { Migration } from './connection.ts';
import { openDatabase } from './connection.ts';
import { lockDirectory } from './directory-lock.ts';
import { BUSY_TIMEOUT_MS } from './open-sqlite-store.ts';
import { STORE_SCHEMA } from './schema.ts';
import { storeError } from './sqlite-failure.ts';

export type { Migration } from './connection.ts';

/**
 * Brings a store's file to the schema of this program, after a copy of it. Opening a store does the same; here
 * nothing is started. `undefined` says that there was nothing to do. The directory is held meanwhile: a validator at
 * work would go on with statements of the old schema.
 *
 * @throws StoreError, `STORE_LOCKED` while a validator holds the directory.
 */
export async function migrateSqliteStore(job: { readonly file: string }): Promise<Migration | undefined> {
  if (!existsSync(job.file)) throw storeError('STORE_MISSING', job.file);
  const { lock: lockFile } = directoryPaths(dirname(job.file));
  const lock = lockDirectory(lockFile, { processId: process.pid, sinceMs: Date.now() });
  try {
    const { database, migration } = await openDatabase({
      file: job.file,
      busyTimeoutMs: BUSY_TIMEOUT_MS,
      schema: STORE_SCHEMA,
    });
    database.close();
    return migration;
  } finally {
    lock.release();
  }
}
