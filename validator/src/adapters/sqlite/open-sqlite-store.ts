import type { Clock, Crypto } from '@chiavetta/protocol/ports';
import { entryOfRow } from '../../core/audit/append-entries.ts';
import { CHECKPOINT_EVERY_ENTRIES } from '../../core/audit/checkpoint.ts';
import { frontierRoot } from '../../core/audit/merkle-tree.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import { prepareChange } from '../../ports/prepared-change.ts';
import type { FoundRecords, RecordKey, Store } from '../../ports/store.ts';
import type { AuditTable } from './audit-table.ts';
import { auditTable } from './audit-table.ts';
import type { CommitQueue } from './commit-queue.ts';
import { commitQueue } from './commit-queue.ts';
import { assertDurable, openDatabase } from './connection.ts';
import { copyDatabase } from './copy-database.ts';
import { outboxTable } from './outbox-table.ts';
import { recordTable } from './record-table.ts';
import type { SchemaStep } from './schema.ts';
import { STORE_SCHEMA } from './schema.ts';
import { asStoreError, inStoreWords, storeError } from './sqlite-failure.ts';
import type { Witness } from './witness.ts';
import { openWitness } from './witness.ts';

/** How long an opening or a commit waits for another program that writes, unless told. */
export const BUSY_TIMEOUT_MS = 1_000;

/** What a store in a file needs. */
export type SqliteStoreOptions = {
  /** Made if missing, with mode 0600, in a folder of mode 0700. */
  readonly file: string;
  /** Where checkpoints are appended; better kept where the store's administrator cannot write. */
  readonly witnessFile: string;
  /** Ed25519 secret of the checkpoints, 32 bytes. */
  readonly checkpointSecret: Uint8Array;
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly busyTimeoutMs?: number;
  readonly checkpointEvery?: number;
  /** For tests of migration: the steps that this program knows. */
  readonly schema?: readonly SchemaStep[];
};

/**
 * Opens a store in an SQLite file. docs/spec/validation.md, "Store".
 *
 * @throws StoreError
 */
export async function openSqliteStore<Types>(options: SqliteStoreOptions): Promise<Store<Types>> {
  const { file, crypto, clock } = options;
  const { database } = await openDatabase({
    file,
    busyTimeoutMs: options.busyTimeoutMs ?? BUSY_TIMEOUT_MS,
    schema: options.schema ?? STORE_SCHEMA,
  });
  try {
    return inStoreWords(file, () => {
      const records = recordTable<Types>(database, file);
      const audit = auditTable(database, { file, crypto });
      const outbox = outboxTable(database);
      const secret = options.checkpointSecret;
      const witness = openWitness({ file, witnessFile: options.witnessFile, crypto, secret, audit });
      const checkpointEvery = options.checkpointEvery ?? CHECKPOINT_EVERY_ENTRIES;
      const queue = commitQueue<Types>({
        ...{ database, file, clock, records, audit, outbox, witness, checkpointEvery },
      });
      // A stop between a commit and its witnessing is made up for here.
      witness.publish();
      assertDurable(database);
      return assemble<Types>({ file, database, clock, crypto, records, audit, outbox, witness, queue });
    });
  } catch (failure) {
    database.close();
    throw failure;
  }
}

type Parts<Types> = {
  readonly file: string;
  readonly database: Awaited<ReturnType<typeof openDatabase>>['database'];
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly records: ReturnType<typeof recordTable<Types>>;
  readonly audit: AuditTable;
  readonly outbox: ReturnType<typeof outboxTable>;
  readonly witness: Witness;
  readonly queue: CommitQueue;
};

function assemble<Types>(parts: Parts<Types>): Store<Types> {
  const { file, database, records, outbox, queue } = parts;
  let closing: Promise<void> | undefined;
  const run = async <T>(work: () => T): Promise<T> => {
    if (closing !== undefined) throw storeError('STORE_CLOSED', file);
    return inStoreWords(file, work);
  };
  const findAll = database.transaction((keys: readonly RecordKey<Types>[]) =>
    keys.map((key) => records.find(key.kind, key.id)),
  );
  function readMany<const Keys extends readonly RecordKey<Types>[]>(
    keys: Keys,
  ): Promise<FoundRecords<Types, Keys>>;
  function readMany(keys: readonly RecordKey<Types>[]): Promise<readonly unknown[]> {
    return run(() => findAll(keys));
  }
  return {
    read: (kind, id) => run(() => records.find(kind, id)),
    readMany,
    list: (query) => run(() => records.list(query)),
    commit: async (change) => {
      if (closing !== undefined) throw storeError('STORE_CLOSED', file);
      return queue.commit(prepareChange(change));
    },
    audit: auditOf(parts, run),
    outbox: {
      claim: (limit) => run(() => outbox.claim(limit)),
      done: (id) => run(() => queue.alone(() => outbox.done(id))),
    },
    backup: async (toFile) => {
      if (closing !== undefined) throw storeError('STORE_CLOSED', file);
      await copyDatabase({ database, file, toFile });
    },
    close: () => {
      closing ??= closeStore(parts);
      return closing;
    },
  };
}

type Run = <T>(work: () => T) => Promise<T>;

function auditOf<Types>(parts: Parts<Types>, run: Run): AuditLog {
  const { audit, crypto, clock, queue, witness } = parts;
  const rows = (query: { readonly afterIndex?: number; readonly limit: number }) =>
    audit.rows({ afterIndex: query.afterIndex ?? -1, limit: query.limit });
  return {
    rows: (query) => run(() => rows(query)),
    entries: (query) => run(() => rows(query).map(entryOfRow)),
    head: () =>
      run(() => {
        const frontier = audit.frontier();
        return { count: frontier.count, root: frontierRoot(crypto, frontier) };
      }),
    checkpoint: () => run(() => queue.alone(() => witness.sign(clock.nowMs()))),
    checkpoints: () => run(() => audit.checkpoints({ afterCount: -1 })),
  };
}

async function closeStore<Types>(parts: Parts<Types>): Promise<void> {
  const { database, file, queue, witness, clock } = parts;
  try {
    queue.drain();
    if (queue.brokenBy() === undefined) {
      queue.alone(() => witness.sign(clock.nowMs()));
      database.pragma('wal_checkpoint(TRUNCATE)');
    }
  } catch (failure) {
    throw asStoreError(file, failure);
  } finally {
    database.close();
  }
}
