import { existsSync } from 'node:fs';
import { assert } from '@chiavetta/protocol/bytes';
import type { Database } from 'better-sqlite3';
import BetterSqlite3 from 'better-sqlite3';
import { copyDatabase } from './copy-database.ts';
import { guardStoreFile } from './file-guard.ts';
import type { SchemaStep } from './schema.ts';
import { applySchema, readPragma, readSchemaVersion, schemaVersionOf } from './schema.ts';
import { inStoreWords, storeError } from './sqlite-failure.ts';

/** SQLite's number for `synchronous = FULL`: every commit is on the disk before it is answered. */
const SYNCHRONOUS_FULL = 2;

/** Pages in the write-ahead log before it is carried over; fewer and larger carries cost less. */
const WAL_PAGES = 20_000;

/** An older schema that was brought up to this program's, and the copy of the file as it was before. */
export type Migration = { readonly from: number; readonly to: number; readonly copy: string };

/** A connection that may write, and what opening it did. */
export type OpenedDatabase = {
  readonly database: Database;
  readonly migration?: Migration;
};

/**
 * Opens a store's file for writing: made if missing, migrated if older, refused if newer, foreign, damaged,
 * locked, read-only or open to others.
 *
 * @throws StoreError
 */
export async function openDatabase(job: {
  readonly file: string;
  readonly busyTimeoutMs: number;
  readonly schema: readonly SchemaStep[];
}): Promise<OpenedDatabase> {
  guardStoreFile(job.file);
  const database = inStoreWords(job.file, () => new BetterSqlite3(job.file, { timeout: job.busyTimeoutMs }));
  try {
    const from = inStoreWords(job.file, () => refuseForeign(database, job));
    inStoreWords(job.file, () => makeDurable(database));
    const to = schemaVersionOf(job.schema);
    if (from === to) {
      inStoreWords(job.file, () => proveWritable(database));
      return { database };
    }
    const copy = freeName(`${job.file}.before-schema-${to}`);
    if (from > 0) await copyDatabase({ database, file: job.file, toFile: copy });
    inStoreWords(job.file, () => applySchema(database, job.schema));
    return from > 0 ? { database, migration: { from, to, copy } } : { database };
  } catch (failure) {
    database.close();
    throw failure;
  }
}

/** Sets what makes a commit durable, and does not believe that it was set. */
export function makeDurable(database: Database): void {
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma(`wal_autocheckpoint = ${WAL_PAGES}`);
  // Removed rows are overwritten: a delivered message may have held a first PIN.
  database.pragma('secure_delete = ON');
  assertDurable(database);
}

/** With anything less, an accepted code could be accepted again after a power loss. */
export function assertDurable(database: Database): void {
  assert(database.pragma('journal_mode', { simple: true }) === 'wal', 'the store keeps a write-ahead log');
  assert(
    readPragma(database, 'synchronous') === SYNCHRONOUS_FULL,
    'every commit of the store is synchronous',
  );
}

/** The schema version of a database that this program can use. */
export function refuseForeign(
  database: Database,
  job: { readonly file: string; readonly schema: readonly SchemaStep[] },
): number {
  const { ours, version } = readSchemaVersion(database);
  const known = schemaVersionOf(job.schema);
  if (!ours) throw storeError('STORE_CORRUPT', job.file, { extra: 'it was not written by this program' });
  if (version > known) {
    throw storeError('STORE_NEWER', job.file, {
      extra: `its schema version is ${version}, this program knows ${known}`,
    });
  }
  return version;
}

/** Finds out now, not at the first customer, whether another program writes or the file cannot be written. */
function proveWritable(database: Database): void {
  database.exec('BEGIN IMMEDIATE; UPDATE audit_head SET count = count; COMMIT');
}

function freeName(wished: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? `${wished}.copy` : `${wished}.${number}.copy`;
    if (!existsSync(name)) return name;
  }
}
