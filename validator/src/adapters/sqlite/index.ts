export { lockDirectory } from './directory-lock.ts';
export type { Migration } from './migrate-file.ts';
export { migrateSqliteStore } from './migrate-file.ts';
export type { SqliteStoreOptions } from './open-sqlite-store.ts';
export { openSqliteStore } from './open-sqlite-store.ts';
export type { SqliteAuditJob } from './verify-file.ts';
export { verifySqliteAudit } from './verify-file.ts';
