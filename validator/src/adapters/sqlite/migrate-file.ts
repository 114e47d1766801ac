import { existsSync } from 'node:fs';
import type { Migration } from './connection.ts';
import { openDatabase } from './connection.ts';
import { BUSY_TIMEOUT_MS } from './open-sqlite-store.ts';
import { STORE_SCHEMA } from './schema.ts';
import { storeError } from './sqlite-failure.ts';

export type { Migration } from './connection.ts';

/**
 * Brings a store's file to the schema of this program, after a copy of it. Opening a store does the same; here
 * nothing is started. `undefined` says that there was nothing to do.
 *
 * @throws StoreError
 */
export async function migrateSqliteStore(job: { readonly file: string }): Promise<Migration | undefined> {
  if (!existsSync(job.file)) throw storeError('STORE_MISSING', job.file);
  const { database, migration } = await openDatabase({
    file: job.file,
    busyTimeoutMs: BUSY_TIMEOUT_MS,
    schema: STORE_SCHEMA,
  });
  database.close();
  return migration;
}
