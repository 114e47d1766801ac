import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import BetterSqlite3 from 'better-sqlite3';
import { StoreError } from '../../ports/failure.ts';
import { STORE_FILE_MODE, syncFolder } from './file-guard.ts';
import { asStoreError } from './sqlite-failure.ts';

/**
 * Copies an open database into a new file of its own, while commits go on. The copy is one file without a
 * write-ahead log, and on the disk when this returns.
 *
 * @throws StoreError, for instance when the file already exists.
 */
export async function copyDatabase(job: {
  readonly database: Database;
  readonly file: string;
  readonly toFile: string;
}): Promise<void> {
  makeNew(job.toFile);
  try {
    await job.database.backup(job.toFile);
    const copy = new BetterSqlite3(job.toFile);
    try {
      copy.pragma('journal_mode = DELETE');
    } finally {
      copy.close();
    }
    const handle = openSync(job.toFile, 'r+');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    syncFolder(dirname(job.toFile));
  } catch (failure) {
    rmSync(job.toFile, { force: true });
    throw asStoreError(job.file, failure);
  }
}

function makeNew(file: string): void {
  try {
    closeSync(openSync(file, 'wx', STORE_FILE_MODE));
  } catch (cause) {
    throw new StoreError({
      code: 'STORE_PERMISSION',
      message: `The copy ${file} cannot be made: there is such a file, or its folder cannot be written.`,
      next: 'Name a file that does not exist yet, in a folder of yours.',
      cause,
    });
  }
}
