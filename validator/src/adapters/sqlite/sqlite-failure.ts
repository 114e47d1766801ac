import type { StoreFailure } from '../../ports/failure.ts';
import { StoreError } from '../../ports/failure.ts';

/** SQLite's result codes by the beginning of their names, and what they mean for a store. */
const FAILURES: readonly (readonly [prefix: string, code: StoreFailure])[] = [
  ['SQLITE_BUSY', 'STORE_LOCKED'],
  ['SQLITE_LOCKED', 'STORE_LOCKED'],
  ['SQLITE_READONLY', 'STORE_READ_ONLY'],
  ['SQLITE_CORRUPT', 'STORE_CORRUPT'],
  ['SQLITE_NOTADB', 'STORE_CORRUPT'],
  // Every statement is fixed: what SQLite cannot prepare names a table that should be there.
  ['SQLITE_ERROR', 'STORE_CORRUPT'],
  ['SQLITE_FULL', 'STORE_FULL'],
  ['SQLITE_PERM', 'STORE_PERMISSION'],
  ['SQLITE_CANTOPEN', 'STORE_PERMISSION'],
];

const WORDS: Readonly<Record<StoreFailure, { readonly what: string; readonly next: string }>> = {
  STORE_LOCKED: {
    what: 'is in use by another program',
    next: 'End the other program that has the store open, then try again.',
  },
  STORE_READ_ONLY: {
    what: 'cannot be written',
    next: 'Give the validator write permission on the file and its folder.',
  },
  STORE_NEWER: { what: 'was written by a newer version', next: 'Use the newer program for this store.' },
  STORE_CORRUPT: {
    what: 'is damaged or is no store',
    next: 'Keep the file as it is and restore the last good backup.',
  },
  STORE_PERMISSION: {
    what: 'must belong to the validator alone',
    next: 'Set the file to mode 0600 and its folder to mode 0700.',
  },
  STORE_MISSING: { what: 'does not exist', next: 'Check the path of the data folder.' },
  STORE_FULL: { what: 'cannot grow: the disk is full', next: 'Free some space, then try again.' },
  STORE_ROLLED_BACK: {
    what: 'is older than its witness file says',
    next: 'Find the newest copy of the store; an old copy would accept used codes again.',
  },
  STORE_CLOSED: { what: 'is closed', next: 'Start the validator again.' },
  STORE_FAILED: {
    what: 'failed while writing',
    next: 'Check the disk, then start the validator again and read what was stored.',
  },
};

/** A failure of the store in a file, in plain words. `extra` is a clause that explains it. */
export function storeError(
  code: StoreFailure,
  file: string,
  more: { readonly extra?: string; readonly cause?: unknown } = {},
): StoreError {
  const { what, next } = WORDS[code];
  const extra = more.extra === undefined ? '' : ` (${more.extra})`;
  return new StoreError({ code, message: `The store ${file} ${what}${extra}.`, next, cause: more.cause });
}

/** Runs work on a database and says in the store's words what SQLite says in its own. */
export function inStoreWords<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (failure) {
    throw asStoreError(file, failure);
  }
}

/** A thrown thing as a failure of the store; our own bugs stay what they are. */
export function asStoreError(file: string, failure: unknown): unknown {
  const sqliteCode = sqliteCodeOf(failure);
  if (sqliteCode === undefined) return failure;
  const code = FAILURES.find(([prefix]) => sqliteCode.startsWith(prefix))?.[1] ?? 'STORE_FAILED';
  return storeError(code, file, { extra: sqliteCode, cause: failure });
}

/** The result code of something that SQLite threw. */
function sqliteCodeOf(failure: unknown): string | undefined {
  if (!(failure instanceof Error) || !('code' in failure)) return undefined;
  return typeof failure.code === 'string' && failure.code.startsWith('SQLITE_') ? failure.code : undefined;
}
