import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { storeError } from './sqlite-failure.ts';

/** Modes of everything that a store keeps: the owner's alone. */
export const STORE_FILE_MODE = 0o600;
const STORE_FOLDER_MODE = 0o700;

const OTHERS = 0o077;
const OWNER_WRITE = 0o200;

/** Makes the store's folder and an empty file if they are not there, and refuses what others could read. */
export function guardStoreFile(file: string): void {
  const folder = dirname(file);
  if (!existsSync(folder)) mkdirSync(folder, { mode: STORE_FOLDER_MODE });
  refuseOthers(file, folder);
  // Made before the database opens it, because SQLite gives its other files the mode of this one.
  if (!existsSync(file)) {
    closeSync(openSync(file, 'wx', STORE_FILE_MODE));
    syncFolder(folder);
  }
  refuseOthers(file, file);
  for (const beside of [`${file}-wal`, `${file}-shm`]) if (existsSync(beside)) refuseOthers(file, beside);
  if ((statSync(file).mode & OWNER_WRITE) === 0)
    throw storeError('STORE_READ_ONLY', file, { extra: 'its mode' });
}

/** Refuses a file or folder that anyone but its owner can use. Windows has no such modes. */
export function refuseOthers(store: string, path: string): void {
  const mode = statSync(path).mode;
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return;
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  throw storeError('STORE_PERMISSION', store, { extra: `${path} has mode ${octal}` });
}

/** Makes the names in a folder durable. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
