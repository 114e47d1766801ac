import BetterSqlite3 from 'better-sqlite3';

/** The version of SQLite that the native binding brings. @throws when the binding does not load on this machine */
export function sqliteVersion(): string {
  const database = new BetterSqlite3(':memory:');
  try {
    const version: unknown = database.prepare('SELECT sqlite_version()').pluck().get();
    return String(version);
  } finally {
    database.close();
  }
}
