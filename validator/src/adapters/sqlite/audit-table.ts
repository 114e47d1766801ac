import type { Crypto } from '@chiavetta/protocol/ports';
import type { Database } from 'better-sqlite3';
import type { Appended, SubjectHead } from '../../core/audit/append-entries.ts';
import { appendEntries } from '../../core/audit/append-entries.ts';
import type { MerkleFrontier } from '../../core/audit/merkle-tree.ts';
import { decodeFrontier, encodePeaks } from '../../core/audit/merkle-tree.ts';
import type { AuditDraft, AuditRow, SignedCheckpoint } from '../../ports/audit-log.ts';
import { storeError } from './sqlite-failure.ts';

/** The audit log of a store, in its tables. */
export type AuditTable = {
  readonly rows: (query: { readonly afterIndex: number; readonly limit: number }) => readonly AuditRow[];
  readonly frontier: () => MerkleFrontier;
  /** Appends the rows of drafts after a frontier and tells the next one. Inside the writer's transaction. */
  readonly append: (frontier: MerkleFrontier, drafts: readonly AuditDraft[], atMs: number) => Appended;
  /** Keeps the frontier of all rows. Inside the same transaction. */
  readonly keepFrontier: (frontier: MerkleFrontier) => void;
  readonly keepCheckpoint: (checkpoint: SignedCheckpoint) => void;
  readonly checkpoints: (query: { readonly afterCount: number }) => readonly SignedCheckpoint[];
  readonly checkpointAt: (count: number) => SignedCheckpoint | undefined;
};

type HeadRow = { readonly count: number; readonly peaks: Uint8Array };
type ChainRow = { readonly subjectIndex: number; readonly hash: Uint8Array };

const ROW = 'entry_index AS "index", subject, subject_index AS subjectIndex, body, hash';
const CHECKPOINT = 'count, at_ms AS atMs, root, signature';

/** The statements of the audit tables, prepared once. */
export function auditTable(
  database: Database,
  job: { readonly file: string; readonly crypto: Crypto },
): AuditTable {
  const selectRows = database.prepare<[number, number], AuditRow>(
    `SELECT ${ROW} FROM audit_entry WHERE entry_index > ? ORDER BY entry_index LIMIT ?`,
  );
  const selectChain = database.prepare<[string], ChainRow>(
    `SELECT subject_index AS subjectIndex, hash FROM audit_entry WHERE subject = ?
     ORDER BY subject_index DESC LIMIT 1`,
  );
  const insert = database.prepare<[number, string, number, Uint8Array, Uint8Array]>(
    'INSERT INTO audit_entry (entry_index, subject, subject_index, body, hash) VALUES (?, ?, ?, ?, ?)',
  );
  const selectHead = database.prepare<[], HeadRow>('SELECT count, peaks FROM audit_head WHERE one = 1');
  const updateHead = database.prepare<[number, Uint8Array]>(
    'UPDATE audit_head SET count = ?, peaks = ? WHERE one = 1',
  );
  const insertCheckpoint = database.prepare<[number, number, Uint8Array, Uint8Array]>(
    'INSERT INTO audit_checkpoint (count, at_ms, root, signature) VALUES (?, ?, ?, ?)',
  );
  const selectCheckpoints = database.prepare<[number], SignedCheckpoint>(
    `SELECT ${CHECKPOINT} FROM audit_checkpoint WHERE count > ? ORDER BY count`,
  );
  const selectCheckpoint = database.prepare<[number], SignedCheckpoint>(
    `SELECT ${CHECKPOINT} FROM audit_checkpoint WHERE count = ?`,
  );
  const frontier = (): MerkleFrontier => {
    const row = selectHead.get();
    const found = row && decodeFrontier(row.count, plainBytes(row.peaks));
    if (!found)
      throw storeError('STORE_CORRUPT', job.file, { extra: 'the head of the audit log cannot be read' });
    return found;
  };
  const headOf = (subject: string): SubjectHead | undefined => {
    const last = selectChain.get(subject);
    return last && { count: last.subjectIndex + 1, hash: plainBytes(last.hash) };
  };
  return {
    rows: ({ afterIndex, limit }) => selectRows.all(afterIndex, limit).map(plainRow),
    frontier,
    append: (frontier, drafts, atMs) => {
      const added = appendEntries(job.crypto, { frontier, headOf, drafts, atMs });
      for (const row of added.rows) insert.run(row.index, row.subject, row.subjectIndex, row.body, row.hash);
      return added;
    },
    keepFrontier: (frontier) => {
      updateHead.run(frontier.count, encodePeaks(frontier));
    },
    keepCheckpoint: ({ count, atMs, root, signature }) => {
      insertCheckpoint.run(count, atMs, root, signature);
    },
    checkpoints: ({ afterCount }) => selectCheckpoints.all(afterCount).map(plainCheckpoint),
    checkpointAt: (count) => {
      const row = selectCheckpoint.get(count);
      return row && plainCheckpoint(row);
    },
  };
}

/** Uint8Array instead of SQLite's Buffer. A damaged file can hold another type here, which then hashes to nothing. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return bytes instanceof Uint8Array ? Uint8Array.from(bytes) : new Uint8Array(0);
}

function plainRow(row: AuditRow): AuditRow {
  return { ...row, subject: String(row.subject), body: plainBytes(row.body), hash: plainBytes(row.hash) };
}

function plainCheckpoint(row: SignedCheckpoint): SignedCheckpoint {
  return { ...row, root: plainBytes(row.root), signature: plainBytes(row.signature) };
}
