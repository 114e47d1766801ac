import { existsSync, readdirSync, rmSync } from 'node:fs';
import type { DirectoryPaths } from '../../ports/directory-paths.ts';
import { StoreError } from '../../ports/failure.ts';
import { DataDirectoryError } from './data-directory-error.ts';
import { createSecretFile, readSecretFile } from './secret-file.ts';

const SCHEMA_VERSION = 1;

/**
 * Refuses to use a developer's directory for real customers and the other way round: the keys of the first are worth
 * nothing, those of the second must not be joined by a test maker. An empty directory is marked for what it becomes.
 * One in which no validator ever started and for which the bank and the makers gave nothing may become a developer's.
 *
 * @throws DataDirectoryError, StoreError
 */
export function claimDirectory(paths: DirectoryPaths, mode: 'dev' | 'normal'): void {
  const bytes = readSecretFile(paths.marker);
  if (bytes === undefined) {
    if (existsSync(paths.store)) throw damaged(paths.marker);
    writeMarker(paths.marker, mode);
    return;
  }
  const found = readMarker(paths.marker, bytes);
  if (found === mode) return;
  if (mode === 'dev' && isUntouched(paths)) {
    // The bank must not be asked to certify keys that are for tests from now on.
    rmSync(paths.authorityRequest, { force: true });
    rmSync(paths.marker);
    writeMarker(paths.marker, mode);
    return;
  }
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

/** Whether no validator ever ran here and no certificate of the bank or of a maker is in place. */
function isUntouched(paths: DirectoryPaths): boolean {
  const { store, witness, storeEpoch, authorityCertificate, anchorKey, makerRoots, issuers } = paths;
  const isThere = [store, witness, storeEpoch, authorityCertificate, anchorKey].some((path) =>
    existsSync(path),
  );
  const given = [makerRoots, issuers].some((folder) => existsSync(folder) && readdirSync(folder).length > 0);
  return !isThere && !given;
}

function writeMarker(path: string, mode: 'dev' | 'normal'): void {
  const text = `${JSON.stringify({ schema_version: SCHEMA_VERSION, mode })}\n`;
  createSecretFile(path, new TextEncoder().encode(text));
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
