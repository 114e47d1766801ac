import { closeSync, openSync, writeSync } from 'node:fs';
import { Failure } from './failure.ts';

/** Writes a new file for its owner alone, line by line. @throws Failure FILE_NOT_WRITTEN, also when it is there */
export async function writeNewFile(
  path: string,
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<number> {
  const handle = opened(path);
  let count = 0;
  try {
    for await (const line of lines) {
      writeSync(handle, `${line}\n`);
      count += 1;
    }
  } finally {
    closeSync(handle);
  }
  return count;
}

function opened(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new Failure('FILE_NOT_WRITTEN', { path, reason: code }, { cause });
  }
}
