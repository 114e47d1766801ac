import type { Database } from 'better-sqlite3';
import type { PreparedChange } from '../../ports/prepared-change.ts';
import { recordValue } from '../../ports/record-text.ts';
import type { RecordKind, StoredRecord } from '../../ports/store.ts';
import { storeError } from './sqlite-failure.ts';

type Row = { readonly id: string; readonly version: number; readonly value: string };

/** The records of a store, in one table. */
export type RecordTable<Types> = {
  readonly find: <K extends RecordKind<Types>>(kind: K, id: string) => StoredRecord<Types, K> | undefined;
  readonly list: <K extends RecordKind<Types>>(query: {
    readonly kind: K;
    readonly afterId?: string;
    readonly limit: number;
  }) => readonly StoredRecord<Types, K>[];
  /** Whether every named record still has the version that the decision read. Inside the writer's transaction. */
  readonly isFresh: (change: PreparedChange) => boolean;
  /** Writes a fresh change. Inside the same transaction. */
  readonly write: (change: PreparedChange) => void;
};

/** The statements of the record table, prepared once. */
export function recordTable<Types>(database: Database, file: string): RecordTable<Types> {
  const select = database.prepare<[string, string], Row>(
    'SELECT id, version, value FROM record WHERE kind = ? AND id = ?',
  );
  const selectVersion = database.prepare<[string, string], { readonly version: number }>(
    'SELECT version FROM record WHERE kind = ? AND id = ?',
  );
  const selectAfter = database.prepare<[string, string, number], Row>(
    'SELECT id, version, value FROM record WHERE kind = ? AND id > ? ORDER BY id LIMIT ?',
  );
  const upsert = database.prepare<[string, string, number, string]>(
    `INSERT INTO record (kind, id, version, value) VALUES (?, ?, ?, ?)
     ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, value = excluded.value`,
  );
  const remove = database.prepare<[string, string]>('DELETE FROM record WHERE kind = ? AND id = ?');
  const stored = <K extends RecordKind<Types>>(kind: K, row: Row): StoredRecord<Types, K> => ({
    kind,
    id: row.id,
    version: row.version,
    value: readValue(file, row.value),
  });
  return {
    find: (kind, id) => {
      const row = select.get(kind, id);
      return row && stored(kind, row);
    },
    list: ({ kind, afterId, limit }) =>
      selectAfter.all(kind, afterId ?? '', limit).map((row) => stored(kind, row)),
    isFresh: (change) =>
      change.named.every(
        (named) => (selectVersion.get(named.kind, named.id)?.version ?? 0) === named.expected,
      ),
    write: (change) => {
      for (const put of change.puts) upsert.run(put.kind, put.id, put.expected + 1, put.text);
      for (const key of change.removes) remove.run(key.kind, key.id);
    },
  };
}

function readValue<T>(file: string, text: string): T {
  try {
    return recordValue(text);
  } catch (cause) {
    throw storeError('STORE_CORRUPT', file, { extra: 'a record cannot be read', cause });
  }
}
