import type { Clock } from '@chiavetta/protocol/ports';
import type { Database } from 'better-sqlite3';
import { StoreError } from '../../ports/failure.ts';
import type { PreparedChange } from '../../ports/prepared-change.ts';
import type { CommitOutcome } from '../../ports/store.ts';
import type { AuditTable } from './audit-table.ts';
import type { OutboxTable } from './outbox-table.ts';
import type { RecordTable } from './record-table.ts';
import { asStoreError, storeError } from './sqlite-failure.ts';
import type { Witness } from './witness.ts';

/** Most changes that share one transaction. */
const BATCH_CHANGES_MAX = 512;

/** What the writer works on. */
export type CommitQueueParts<Types> = {
  readonly database: Database;
  readonly file: string;
  readonly clock: Clock;
  readonly records: RecordTable<Types>;
  readonly audit: AuditTable;
  readonly outbox: OutboxTable;
  readonly witness: Witness;
  readonly checkpointEvery: number;
};

/** The one writer of a store. */
export type CommitQueue = {
  /** Answers when the change is on the disk, or refused. */
  readonly commit: (change: PreparedChange) => Promise<CommitOutcome>;
  /** Does at once whatever waits. */
  readonly drain: () => void;
  /** Why the store writes no more, if so. */
  readonly brokenBy: () => StoreError | undefined;
  /** Does work in a transaction of its own, then hands new checkpoints to the witness. */
  readonly alone: <T>(work: () => T) => T;
};

type Waiting = {
  readonly change: PreparedChange;
  readonly resolve: (outcome: CommitOutcome) => void;
  readonly reject: (failure: unknown) => void;
};

/**
 * Gathers the changes that arrive together into one transaction and one flush to the disk, then answers them all.
 * Each change has its own compare-and-swap against the changes before it in the same transaction.
 */
export function commitQueue<Types>(parts: CommitQueueParts<Types>): CommitQueue {
  const { database, file } = parts;
  const waiting: Waiting[] = [];
  let scheduled = false;
  let broken: StoreError | undefined;
  const applyAll = database.transaction((batch: readonly Waiting[]) => applyBatch(parts, batch));

  const fail = (failure: unknown): unknown => {
    const told = asStoreError(file, failure);
    // After a failed flush nobody knows what is on the disk: going on could answer for what is lost.
    if (told instanceof StoreError && told.code === 'STORE_FAILED') broken = told;
    return told;
  };
  const publish = (): void => {
    try {
      parts.witness.publish();
    } catch (cause) {
      // What was committed stays committed. Nothing more is, because it would go unwitnessed.
      broken = storeError('STORE_FAILED', file, { extra: 'its witness file cannot be written', cause });
    }
  };
  const runBatch = (): void => {
    const batch = waiting.splice(0, BATCH_CHANGES_MAX);
    try {
      if (broken !== undefined) throw broken;
      const outcomes = applyAll.immediate(batch);
      publish();
      batch.forEach((one, index) => {
        one.resolve(outcomes[index] ?? { outcome: 'conflict' });
      });
    } catch (failure) {
      const told = fail(failure);
      for (const one of batch) one.reject(told);
    }
  };
  const schedule = (): void => {
    if (scheduled || waiting.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      runBatch();
      schedule();
    });
  };
  return {
    commit: (change) =>
      new Promise((resolve, reject) => {
        waiting.push({ change, resolve, reject });
        schedule();
      }),
    drain: () => {
      while (waiting.length > 0) runBatch();
    },
    brokenBy: () => broken,
    alone: (work) => {
      if (broken !== undefined) throw broken;
      try {
        const answer = database.transaction(() => work()).immediate();
        publish();
        return answer;
      } catch (failure) {
        throw fail(failure);
      }
    },
  };
}

function applyBatch<Types>(
  parts: CommitQueueParts<Types>,
  batch: readonly Waiting[],
): readonly CommitOutcome[] {
  const atMs = parts.clock.nowMs();
  const start = parts.audit.frontier();
  let frontier = start;
  const outcomes = batch.map(({ change }): CommitOutcome => {
    if (!parts.records.isFresh(change)) return { outcome: 'conflict' };
    parts.records.write(change);
    parts.outbox.add(change.mails, atMs);
    const added = parts.audit.append(frontier, change.audit, atMs);
    frontier = added.frontier;
    return { outcome: 'committed', entries: added.entries };
  });
  if (frontier.count > start.count) parts.audit.keepFrontier(frontier);
  const every = parts.checkpointEvery;
  if (Math.floor(frontier.count / every) > Math.floor(start.count / every)) parts.witness.sign(atMs);
  return outcomes;
}
