import type { Database } from 'better-sqlite3';

/** One step of the schema: what takes a database from the version before to this one. */
export type SchemaStep = { readonly version: number; readonly sql: string };

/** Marks a file as ours in SQLite's header: "CHVA". */
const APPLICATION_ID = 0x43485641;

/**
 * The steps from an empty file to the schema of this program. A step, once released, is never changed.
 * `record` has no rowid, so that a record is one lookup; audit rows are kept in the order of the log.
 */
export const STORE_SCHEMA: readonly SchemaStep[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE record (
        kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL CHECK (version >= 1), value TEXT NOT NULL,
        PRIMARY KEY (kind, id)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE audit_entry (
        entry_index INTEGER PRIMARY KEY, subject TEXT NOT NULL, subject_index INTEGER NOT NULL,
        body BLOB NOT NULL, hash BLOB NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX audit_entry_chain ON audit_entry (subject, subject_index);
      CREATE TABLE audit_head (one INTEGER PRIMARY KEY CHECK (one = 1), count INTEGER NOT NULL, peaks BLOB NOT NULL) STRICT;
      INSERT INTO audit_head VALUES (1, 0, x'');
      CREATE TABLE audit_checkpoint (
        count INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, root BLOB NOT NULL, signature BLOB NOT NULL
      ) STRICT;
      CREATE TABLE outbox (
        id INTEGER PRIMARY KEY AUTOINCREMENT, created_ms INTEGER NOT NULL, address TEXT NOT NULL, kind TEXT NOT NULL,
        fields TEXT NOT NULL
      ) STRICT;
    `,
  },
];

/** The version that a list of steps leads to. */
export function schemaVersionOf(schema: readonly SchemaStep[]): number {
  return schema.at(-1)?.version ?? 0;
}

/** The schema version of this program. */
export const SCHEMA_VERSION: number = schemaVersionOf(STORE_SCHEMA);

/** What a database says that it is. Version 0 is a new, empty file. */
export function readSchemaVersion(database: Database): { readonly ours: boolean; readonly version: number } {
  const applicationId = readPragma(database, 'application_id');
  const version = readPragma(database, 'user_version');
  const tables = database.prepare<[], { count: number }>('SELECT count(*) AS count FROM sqlite_schema').get();
  const empty = applicationId === 0 && version === 0 && tables?.count === 0;
  return { ours: empty || (applicationId === APPLICATION_ID && version >= 1), version };
}

/** Takes every step that is missing, all in one transaction. */
export function applySchema(database: Database, schema: readonly SchemaStep[]): void {
  const steps = database.transaction((from: number) => {
    for (const step of schema.filter(({ version }) => version > from)) database.exec(step.sql);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${schemaVersionOf(schema)}`);
  });
  steps.immediate(readPragma(database, 'user_version'));
}

/** A pragma whose value is one number. */
export function readPragma(database: Database, name: string): number {
  const value: unknown = database.pragma(name, { simple: true });
  return typeof value === 'number' ? value : Number.NaN;
}
