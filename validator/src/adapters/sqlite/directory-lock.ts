import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { StoreError } from '../../ports/failure.ts';
import { guardStoreFile, STORE_FILE_MODE } from './file-guard.ts';
import { inStoreWords } from './sqlite-failure.ts';

// A database that nothing refers to is closed by the garbage collector, and its lock with it.
const HELD = new Set<BetterSqlite3.Database>();

/**
 * Holds a directory for one process. The lock is the file lock of an empty database, so that the kernel lets go of it
 * when its holder dies, however that happens.
 *
 * @throws StoreError `STORE_LOCKED`, naming the holder.
 */
export function lockDirectory(
  file: string,
  holder: { readonly processId: number; readonly sinceMs: number },
): { readonly release: () => void } {
  guardStoreFile(file);
  const noteFile = `${file}.holder`;
  const database = inStoreWords(file, () => new BetterSqlite3(file, { timeout: 0 }));
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch {
    database.close();
    throw new StoreError({
      code: 'STORE_LOCKED',
      message: `${dirname(file)} is in use by another validator (${holderIn(noteFile)}).`,
      next: 'End that validator, or give this one a directory of its own.',
    });
  }
  const since = new Date(holder.sinceMs).toISOString();
  writeFileSync(noteFile, `process ${holder.processId}, since ${since}\n`, { mode: STORE_FILE_MODE });
  HELD.add(database);
  return {
    release: () => {
      if (!HELD.delete(database)) return;
      // First the note: after the lock is gone it would be another holder's.
      rmSync(noteFile, { force: true });
      database.close();
    },
  };
}

function holderIn(noteFile: string): string {
  const text = existsSync(noteFile) ? readFileSync(noteFile, 'utf8').trim() : '';
  return /^process [0-9]{1,10}, since [0-9TZ:.-]{1,40}$/.test(text) ? text : 'it does not say which';
}
