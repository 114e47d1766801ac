import { randomBytes } from 'node:crypto';
import type { Clock, Crypto } from '@chiavetta/protocol/ports';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import { appendEntries, entryOfRow } from '../../core/audit/append-entries.ts';
import { CHECKPOINT_EVERY_ENTRIES, signCheckpoint } from '../../core/audit/checkpoint.ts';
import type { MerkleFrontier } from '../../core/audit/merkle-tree.ts';
import { emptyFrontier, frontierRoot } from '../../core/audit/merkle-tree.ts';
import type { AuditLog, AuditRow, SignedCheckpoint } from '../../ports/audit-log.ts';
import { StoreError } from '../../ports/failure.ts';
import type { PendingMail } from '../../ports/mail.ts';
import type { PreparedChange } from '../../ports/prepared-change.ts';
import { prepareChange } from '../../ports/prepared-change.ts';
import { recordValue } from '../../ports/record-text.ts';
import type {
  CommitOutcome,
  FoundRecords,
  RecordKey,
  RecordKind,
  Store,
  StoredRecord,
} from '../../ports/store.ts';
import type { FaultPlan, InjectedFault, MemoryOperation } from './fault-injection.ts';
import { underPlan } from './fault-injection.ts';

/** How a memory store is made. Everything has a default. */
export type MemoryStoreOptions = FaultPlan & {
  readonly crypto?: Crypto;
  readonly clock?: Clock;
  /** Ed25519 secret of the checkpoints, 32 bytes. Random unless told. */
  readonly checkpointSecret?: Uint8Array;
  readonly checkpointEvery?: number;
};

/** A store in memory, for tests and simulation. It forgets everything and is no fallback for a store in a file. */
export function memoryStore<Types>(options: MemoryStoreOptions = {}): Store<Types> {
  const memory: Memory = {
    crypto: options.crypto ?? nobleCrypto,
    clock: options.clock ?? { nowMs: () => Date.now() },
    checkpointSecret: options.checkpointSecret ?? new Uint8Array(randomBytes(32)),
    checkpointEvery: options.checkpointEvery ?? CHECKPOINT_EVERY_ENTRIES,
    records: new Map(),
    rows: [],
    frontier: emptyFrontier,
    checkpoints: [],
    mails: [],
    mailCount: 0,
    underWay: new Set(),
    closed: false,
  };
  const planned = underPlan(options);
  const run = <T>(operation: MemoryOperation, act: (fault: InjectedFault) => T): Promise<T> =>
    memory.closed ? Promise.reject(closedError()) : underWay(memory, planned(operation, act));
  // The signature that callers see is the port's; this one says what each answer is without the tuple's shape.
  function readMany<const Keys extends readonly RecordKey<Types>[]>(
    keys: Keys,
  ): Promise<FoundRecords<Types, Keys>>;
  function readMany(keys: readonly RecordKey<Types>[]): Promise<readonly unknown[]> {
    return run('readMany', () => keys.map((key) => find<Types, RecordKind<Types>>(memory, key.kind, key.id)));
  }
  return {
    read: (kind, id) => run('read', () => find(memory, kind, id)),
    readMany,
    list: (query) => run('list', () => listRecords(memory, query)),
    commit: async (change) => {
      const prepared = prepareChange(change);
      return await run('commit', (fault) => applyChange(memory, prepared, fault));
    },
    audit: auditOf(memory, run),
    outbox: {
      claim: (limit) => run('outbox.claim', () => memory.mails.slice(0, limit)),
      done: (id) =>
        run('outbox.done', () => {
          memory.mails = memory.mails.filter((mail) => mail.id !== id);
        }),
    },
    backup: () => Promise.reject(noFileError()),
    close: async () => {
      if (memory.closed) return;
      memory.closed = true;
      await Promise.allSettled(memory.underWay);
      signHead(memory);
    },
  };
}

type Kept = { readonly version: number; readonly text: string };

type Memory = {
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly checkpointSecret: Uint8Array;
  readonly checkpointEvery: number;
  readonly records: Map<string, Map<string, Kept>>;
  readonly rows: AuditRow[];
  frontier: MerkleFrontier;
  readonly checkpoints: SignedCheckpoint[];
  mails: readonly PendingMail[];
  mailCount: number;
  readonly underWay: Set<Promise<unknown>>;
  closed: boolean;
};

/** Remembers an operation until it ends, so that a closing waits for it. */
function underWay<T>(memory: Memory, operation: Promise<T>): Promise<T> {
  memory.underWay.add(operation);
  const forget = (): boolean => memory.underWay.delete(operation);
  operation.then(forget, forget);
  return operation;
}

type Run = <T>(operation: MemoryOperation, act: () => T) => Promise<T>;

function find<Types, K extends RecordKind<Types>>(
  memory: Memory,
  kind: K,
  id: string,
): StoredRecord<Types, K> | undefined {
  const kept = memory.records.get(kind)?.get(id);
  // Kept as text, so that no caller shares a value with the store.
  return kept === undefined ? undefined : { kind, id, version: kept.version, value: recordValue(kept.text) };
}

function listRecords<Types, K extends RecordKind<Types>>(
  memory: Memory,
  query: { readonly kind: K; readonly afterId?: string; readonly limit: number },
): readonly StoredRecord<Types, K>[] {
  const ids = [...(memory.records.get(query.kind)?.keys() ?? [])]
    .filter((id) => query.afterId === undefined || compareIds(id, query.afterId) > 0)
    .sort(compareIds)
    .slice(0, query.limit);
  return ids.flatMap((id) => find<Types, K>(memory, query.kind, id) ?? []);
}

function compareIds(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function applyChange(memory: Memory, change: PreparedChange, fault: InjectedFault): CommitOutcome {
  const stale = change.named.some(
    (named) => (memory.records.get(named.kind)?.get(named.id)?.version ?? 0) !== named.expected,
  );
  if (stale || fault === 'conflict') return { outcome: 'conflict' };
  const atMs = memory.clock.nowMs();
  const { rows, entries, frontier } = appendEntries(memory.crypto, {
    frontier: memory.frontier,
    headOf: (subject) => {
      const last = memory.rows.findLast((row) => row.subject === subject);
      return last && { count: last.subjectIndex + 1, hash: last.hash };
    },
    drafts: change.audit,
    atMs,
  });
  for (const put of change.puts) {
    const kind = memory.records.get(put.kind) ?? new Map<string, Kept>();
    memory.records.set(put.kind, kind.set(put.id, { version: put.expected + 1, text: put.text }));
  }
  for (const key of change.removes) memory.records.get(key.kind)?.delete(key.id);
  const before = memory.frontier.count;
  memory.rows.push(...rows);
  memory.frontier = frontier;
  const mails = change.mails.map((mail, index) => ({
    ...mail,
    id: memory.mailCount + index + 1,
    createdMs: atMs,
  }));
  memory.mailCount += mails.length;
  memory.mails = [...memory.mails, ...mails];
  const due =
    Math.floor(frontier.count / memory.checkpointEvery) > Math.floor(before / memory.checkpointEvery);
  if (due) signHead(memory);
  return { outcome: 'committed', entries };
}

function auditOf(memory: Memory, run: Run): AuditLog {
  const rowsOf = (query: { readonly afterIndex?: number; readonly limit: number }): readonly AuditRow[] => {
    const from = (query.afterIndex ?? -1) + 1;
    return memory.rows.slice(from, from + query.limit);
  };
  return {
    entries: (query) => run('audit', () => rowsOf(query).map(entryOfRow)),
    rows: (query) => run('audit', () => rowsOf(query)),
    head: () =>
      run('audit', () => ({
        count: memory.frontier.count,
        root: frontierRoot(memory.crypto, memory.frontier),
      })),
    checkpoint: () => run('checkpoint', () => signHead(memory)),
    checkpoints: () => run('audit', () => [...memory.checkpoints]),
  };
}

function signHead(memory: Memory): SignedCheckpoint {
  const last = memory.checkpoints.at(-1);
  if (last?.count === memory.frontier.count) return last;
  const head = { count: memory.frontier.count, root: frontierRoot(memory.crypto, memory.frontier) };
  const checkpoint = signCheckpoint(memory.crypto, {
    secret: memory.checkpointSecret,
    head,
    atMs: memory.clock.nowMs(),
  });
  memory.checkpoints.push(checkpoint);
  return checkpoint;
}

function closedError(): StoreError {
  return new StoreError({
    code: 'STORE_CLOSED',
    message: 'The store is closed.',
    next: 'Start the validator again.',
  });
}

function noFileError(): StoreError {
  return new StoreError({
    code: 'STORE_FAILED',
    message: 'A store in memory has no file to copy.',
    next: 'Use a store in a file.',
  });
}
