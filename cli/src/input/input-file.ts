import { readFileSync } from 'node:fs';
import { Failure } from '../output/failure.ts';
import { systemReason } from './system-reason.ts';

/** The bytes of a file that somebody named. @throws Failure FILE_NOT_FOUND, FILE_UNREADABLE */
export function readInputFile(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    if (code === 'ENOENT') throw new Failure('FILE_NOT_FOUND', { path }, { cause });
    throw new Failure('FILE_UNREADABLE', { path, reason: systemReason(code) }, { cause });
  }
}
