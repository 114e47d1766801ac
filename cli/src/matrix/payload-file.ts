import { readFileSync } from 'node:fs';
import { fromBase64, fromHex } from '@chiavetta/protocol/bytes';
import { systemReason } from '../input/system-reason.ts';
import { Failure, usageFailure } from '../output/failure.ts';

/** How the bytes of a payload stand in a file. */
export type PayloadFormat = 'hex' | 'base64' | 'raw';

/** The payload in a file; white space does not count in hex and base64. */
export function readPayloadFile(path: string, format: PayloadFormat): Uint8Array {
  const bytes = readBytes(path);
  if (format === 'raw') return bytes;
  const text = new TextDecoder().decode(bytes).replace(/\s/gu, '');
  const decoded = format === 'hex' ? fromHex(text) : fromBase64(text);
  if (!decoded.ok) throw usageFailure(`${path} does not hold ${format} text; --format says what it holds.`);
  return decoded.value;
}

/** @throws Failure FILE_NOT_FOUND, FILE_UNREADABLE */
export function readBytes(path: string): Uint8Array {
  try {
    return Uint8Array.from(readFileSync(path));
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    if (code === 'ENOENT') throw new Failure('FILE_NOT_FOUND', { path }, { cause });
    throw new Failure('FILE_UNREADABLE', { path, reason: systemReason(code) }, { cause });
  }
}
