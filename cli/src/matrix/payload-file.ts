import { fromBase64, fromHex } from '@chiavetta/protocol/bytes';
import { readInputFile } from '../input/input-file.ts';
import { usageFailure } from '../output/failure.ts';

/** How the bytes of a payload stand in a file. */
export type PayloadFormat = 'hex' | 'base64' | 'raw';

/** The payload in a file; white space does not count in hex and base64. */
export function readPayloadFile(path: string, format: PayloadFormat): Uint8Array {
  const bytes = readInputFile(path);
  if (format === 'raw') return bytes;
  const text = new TextDecoder().decode(bytes).replace(/\s/gu, '');
  const decoded = format === 'hex' ? fromHex(text) : fromBase64(text);
  if (!decoded.ok) throw usageFailure(`${path} does not hold ${format} text; --format says what it holds.`);
  return decoded.value;
}
