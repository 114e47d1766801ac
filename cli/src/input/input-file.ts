import { readFileSync, statSync } from 'node:fs';
import { Failure } from '../output/failure.ts';
import { systemReason } from './system-reason.ts';

/** Largest file that is read as a whole, in bytes: an exported log of a million entries fits. */
const FILE_BYTES_MAX = 512 * 1024 * 1024;

/** The bytes of a file that somebody named; a device or a pipe has no end to wait for. @throws Failure FILE_NOT_FOUND, FILE_UNREADABLE */
export function readInputFile(path: string): Uint8Array {
  try {
    const status = statSync(path);
    if (status.isDirectory()) throw new Failure('FILE_UNREADABLE', { path, reason: systemReason('EISDIR') });
    if (!status.isFile()) throw new Failure('FILE_UNREADABLE', { path, reason: 'it is no regular file' });
    if (status.size > FILE_BYTES_MAX)
      throw new Failure('FILE_UNREADABLE', { path, reason: 'it is larger than 512 MiB' });
    return new Uint8Array(readFileSync(path));
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    if (code === 'ENOENT') throw new Failure('FILE_NOT_FOUND', { path }, { cause });
    throw new Failure('FILE_UNREADABLE', { path, reason: systemReason(code) }, { cause });
  }
}
