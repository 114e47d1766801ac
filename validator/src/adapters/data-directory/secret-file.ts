import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DataDirectoryError } from './data-directory-error.ts';

const SECRET_FILE_MODE = 0o600;
const SECRET_FOLDER_MODE = 0o700;
const OTHERS = 0o077;

/** The bytes of a file that only its owner may use; `undefined` when it is not there. */
export function readSecretFile(path: string): Uint8Array | undefined {
  if (!existsSync(path)) return undefined;
  refuseOthers(path, '600');
  return new Uint8Array(readFileSync(path));
}

/** Writes a new file for its owner alone, whole or not at all. One that is there stays: keys are made once. */
export function createSecretFile(path: string, bytes: Uint8Array): void {
  const unfinished = `${path}.part`;
  rmSync(unfinished, { force: true });
  const handle = openSync(unfinished, 'wx', SECRET_FILE_MODE);
  try {
    writeFileSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    // Unlike a rename, a link never takes the place of a file that another program made meanwhile.
    linkSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
  syncFolder(dirname(path));
}

/** Makes a folder for its owner alone, or refuses the one that is there when others could use it. */
export function secretFolder(path: string): void {
  if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: SECRET_FOLDER_MODE });
  refuseOthers(path, '700');
}

/** Windows has no such modes. */
function refuseOthers(path: string, wanted: string): void {
  const mode = statSync(path).mode;
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return;
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  throw new DataDirectoryError(
    {
      code: 'KEY_FILE_PERMISSION',
      message: `${path} has mode ${octal}: others on this machine could use it, so it was not read.`,
      next: `Find out who could have read it, then run: chmod ${wanted} '${path}'`,
    },
    { path, mode: octal },
  );
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
