import { renameSync, rmSync } from 'node:fs';
import type { DirectoryPaths } from '../../ports/directory-paths.ts';
import { StoreError } from '../../ports/failure.ts';
import { DataDirectoryError } from './data-directory-error.ts';
import { createSecretFile, readSecretFile } from './secret-file.ts';

/**
 * Compares the store's epoch with the highest that this directory ever had, which stands beside the KEK and not in the
 * store. A store that is behind was put back from a copy: it could make pictures and accept codes a second time.
 *
 * @throws StoreError `STORE_ROLLED_BACK`, DataDirectoryError when the file is damaged.
 */
export function keepStoreEpoch(paths: DirectoryPaths, storeEpoch: number): void {
  const highest = readEpoch(paths.storeEpoch);
  if (highest !== undefined && storeEpoch < highest) {
    throw new StoreError({
      code: 'STORE_ROLLED_BACK',
      message: `The store ${paths.store} is of epoch ${storeEpoch}, but ${paths.storeEpoch} says that epoch ${highest} was reached.`,
      next: 'Find the newest copy of the store; an old copy would accept used codes again.',
    });
  }
  if (highest === storeEpoch) return;
  const newer = `${paths.storeEpoch}.new`;
  rmSync(newer, { force: true });
  createSecretFile(newer, new TextEncoder().encode(`${storeEpoch}\n`));
  renameSync(newer, paths.storeEpoch);
}

function readEpoch(path: string): number | undefined {
  const bytes = readSecretFile(path);
  if (bytes === undefined) return undefined;
  const text = new TextDecoder().decode(bytes);
  if (/^[1-9][0-9]{0,9}\n$/.test(text)) return Number(text);
  throw new DataDirectoryError(
    {
      code: 'KEY_FILE_DAMAGED',
      message: `${path} holds no epoch number.`,
      next: 'Restore the file from the last good backup of this directory.',
    },
    { path },
  );
}
