import { existsSync } from 'node:fs';
import type { DirectoryPaths } from '../../ports/directory-paths.ts';
import { StoreError } from '../../ports/failure.ts';
import { DataDirectoryError } from './data-directory-error.ts';
import { createSecretFile, readSecretFile } from './secret-file.ts';

const SCHEMA_VERSION = 1;

/**
 * Refuses to use a developer's directory for real customers and the other way round: the keys of the first are worth
 * nothing, those of the second must not be joined by a test maker. An empty directory is marked for what it becomes.
 *
 * @throws DataDirectoryError, StoreError
 */
export function claimDirectory(paths: DirectoryPaths, mode: 'dev' | 'normal'): void {
  const bytes = readSecretFile(paths.marker);
  if (bytes === undefined) {
    if (existsSync(paths.store)) throw damaged(paths.marker);
    const text = `${JSON.stringify({ schema_version: SCHEMA_VERSION, mode })}\n`;
    createSecretFile(paths.marker, new TextEncoder().encode(text));
    return;
  }
  const found = readMarker(paths.marker, bytes);
  if (found === mode) return;
  throw new DataDirectoryError(
    found === 'dev'
      ? {
          code: 'DATA_IS_DEV',
          message: `${paths.root} is a developer's directory: its makers and operators are not real.`,
          next: 'Start with --dev, or give a new data directory.',
        }
      : {
          code: 'DATA_IS_NOT_DEV',
          message: `${paths.root} is not a developer's directory: a test maker has no place in it.`,
          next: 'Start without --dev, or give a new data directory.',
        },
    { path: paths.root },
  );
}

function readMarker(path: string, bytes: Uint8Array): 'dev' | 'normal' {
  const fields = parsed(bytes);
  const version = fields['schema_version'];
  if (typeof version === 'number' && version > SCHEMA_VERSION) {
    throw new StoreError({
      code: 'STORE_NEWER',
      message: `${path} was written by a newer version (its schema version is ${version}, this program knows ${SCHEMA_VERSION}).`,
      next: 'Use the newer program for this directory.',
    });
  }
  const { mode } = fields;
  if (version !== SCHEMA_VERSION || (mode !== 'dev' && mode !== 'normal')) throw damaged(path);
  return mode;
}

function parsed(bytes: Uint8Array): { readonly schema_version?: unknown; readonly mode?: unknown } {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function damaged(path: string): DataDirectoryError {
  return new DataDirectoryError(
    {
      code: 'KEY_FILE_DAMAGED',
      message: `${path} does not say what kind of directory this is.`,
      next: 'Restore the file from the last good backup of this directory.',
    },
    { path },
  );
}
