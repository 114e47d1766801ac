import { existsSync } from 'node:fs';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { Database } from 'better-sqlite3';
import BetterSqlite3 from 'better-sqlite3';
import { frontierRoot } from '../../core/audit/merkle-tree.ts';
import type { AuditVerdict } from '../../core/audit/verify-audit.ts';
import { verifyAudit } from '../../core/audit/verify-audit.ts';
import type { AuditHead, AuditRow } from '../../ports/audit-log.ts';
import type { AuditTable } from './audit-table.ts';
import { auditTable } from './audit-table.ts';
import { refuseForeign } from './connection.ts';
import { STORE_SCHEMA } from './schema.ts';
import { inStoreWords, storeError } from './sqlite-failure.ts';
import { readWitness } from './witness-file.ts';

const ROWS_AT_ONCE = 1_000;

/** What `verifySqliteAudit` looks at. */
export type SqliteAuditJob = {
  readonly file: string;
  /** The witness file, or a copy of it kept elsewhere. Without it only the store's own checkpoints count. */
  readonly witnessFile?: string;
  /** The store's Ed25519 checkpoint key. */
  readonly publicKey: Uint8Array;
  readonly crypto: Crypto;
  readonly findingsMax?: number;
};

/**
 * Verifies the audit log of a store's file, which is opened for reading only. Damage that lets no entry be named
 * ends in `STORE_CORRUPT`.
 *
 * @throws StoreError
 */
export function verifySqliteAudit(job: SqliteAuditJob): AuditVerdict {
  const { file } = job;
  if (!existsSync(file)) throw storeError('STORE_MISSING', file);
  return inStoreWords(file, () => {
    const database = new BetterSqlite3(file, { readonly: true, fileMustExist: true });
    try {
      // One moment of a store that may be at work.
      return database.transaction(() => verifyOpened(database, job))();
    } finally {
      database.close();
    }
  });
}

function verifyOpened(database: Database, job: SqliteAuditJob): AuditVerdict {
  const { file, crypto } = job;
  if (refuseForeign(database, { file, schema: STORE_SCHEMA }) === 0) {
    throw storeError('STORE_CORRUPT', file, { extra: 'it is empty' });
  }
  const audit = auditTable(database, job);
  const witness = job.witnessFile === undefined ? undefined : readWitness(job.witnessFile);
  const signed = audit.checkpoints({ afterCount: -1 });
  const reading: Reading = { failure: undefined, lastIndex: -1 };
  const verdict = verifyAudit({
    crypto,
    publicKey: job.publicKey,
    rows: readRows(audit, reading),
    checkpoints: [...signed, ...(witness?.checkpoints ?? [])],
    head: headOf(audit, job),
    findingsMax: job.findingsMax,
  });
  if (reading.failure !== undefined && !namesAnEntry(verdict)) {
    throw storeError('STORE_CORRUPT', file, {
      extra: `its audit log cannot be read after the first ${reading.lastIndex + 1} entries`,
      cause: reading.failure,
    });
  }
  if (verdict.outcome === 'broken') return verdict;
  const badLine = witness?.badLines[0];
  if (badLine !== undefined)
    return { outcome: 'broken', findings: [{ fault: 'witness_damaged', index: badLine }] };
  // Whoever takes the witness away could cut the log's end off unseen: its absence is a finding of its own.
  if (witness?.checkpoints.length === 0 && signed.length > 0)
    return { outcome: 'broken', findings: [{ fault: 'witness_missing', index: signed.length }] };
  const state: unknown = database.pragma('integrity_check(1)', { simple: true });
  if (state !== 'ok') throw storeError('STORE_CORRUPT', file, { extra: 'its pages do not fit together' });
  return verdict;
}

type Reading = { failure: unknown; lastIndex: number };

/** The rows up to the first one that cannot be read. */
function* readRows(audit: AuditTable, reading: Reading): Generator<AuditRow> {
  let limit = ROWS_AT_ONCE;
  for (;;) {
    let rows: readonly AuditRow[] = [];
    try {
      rows = audit.rows({ afterIndex: reading.lastIndex, limit });
    } catch (failure) {
      reading.failure = failure;
      if (limit === 1) return;
      // Somewhere among them is a damaged page: those before it are read one by one.
      limit = 1;
      continue;
    }
    for (const row of rows) {
      reading.lastIndex = row.index;
      yield row;
    }
    if (rows.length < limit) return;
  }
}

function namesAnEntry(verdict: AuditVerdict): boolean {
  return verdict.outcome === 'broken' && verdict.findings.some(({ fault }) => fault !== 'truncated');
}

function headOf(audit: AuditTable, job: SqliteAuditJob): AuditHead {
  const frontier = audit.frontier();
  return { count: frontier.count, root: frontierRoot(job.crypto, frontier) };
}
