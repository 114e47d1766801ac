import { existsSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { refuseForeign } from './connection.ts';
import { copyDatabase } from './copy-database.ts';
import { STORE_SCHEMA } from './schema.ts';
import { inStoreWords, storeError } from './sqlite-failure.ts';

/**
 * Copies a store's file into a new one from outside of its validator, which may go on working meanwhile.
 *
 * @throws StoreError
 */
export async function backupSqliteStore(job: {
  readonly file: string;
  readonly toFile: string;
}): Promise<void> {
  const { file, toFile } = job;
  if (!existsSync(file)) throw storeError('STORE_MISSING', file);
  const database = inStoreWords(file, () => new BetterSqlite3(file, { readonly: true, fileMustExist: true }));
  try {
    if (inStoreWords(file, () => refuseForeign(database, { file, schema: STORE_SCHEMA })) === 0) {
      throw storeError('STORE_CORRUPT', file, { extra: 'it is empty' });
    }
    await copyDatabase({ database, file, toFile });
  } finally {
    database.close();
  }
}
