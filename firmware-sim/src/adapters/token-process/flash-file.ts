import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A flash image in a file. */
export interface FlashFile {
  /** The image, or `undefined` when there is no file yet. */
  readonly read: () => Uint8Array | undefined;
  /** Replaces the image: after the call it is on the disk, and a crash at any moment leaves the old one or the new one. */
  readonly write: (image: Uint8Array) => void;
}

/** Keeps a token's flash at `path`, mode 0600. Synchronous, because a token acknowledges a write only after it. */
export function flashFile(path: string): FlashFile {
  return {
    read: () => {
      try {
        return Uint8Array.from(readFileSync(path));
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
    },
    write: (image) => {
      const next = `${path}.next`;
      const file = openSync(next, 'w', 0o600);
      try {
        writeSync(file, image);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(next, path);
      syncDirectory(dirname(path));
    },
  };
}

/** A rename is on the disk when its directory is. */
function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
