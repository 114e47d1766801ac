import type { Result } from '../bytes/index.ts';
import { err, ok } from '../bytes/index.ts';

/** Why bytes are not a COBS string. */
export type CobsError =
  | { readonly code: 'empty' }
  | { readonly code: 'zero_inside'; readonly offset: number }
  | { readonly code: 'block_too_long'; readonly offset: number; readonly missingBytes: number }
  | { readonly code: 'not_canonical' };

/** The longest block: its code byte says 0xFF, 254 bytes follow and no zero is implied. */
const FULL_BLOCK = 0xff;

/** How many bytes `cobsEncode` makes of `byteCount` bytes at most. */
export function cobsEncodedMax(byteCount: number): number {
  return byteCount + Math.max(1, Math.ceil(byteCount / (FULL_BLOCK - 1)));
}

/** Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999): the same bytes without any zero byte. */
export function cobsEncode(bytes: Uint8Array): Uint8Array {
  const encoded = new Uint8Array(cobsEncodedMax(bytes.length) + 1);
  let codeAt = 0;
  let writeAt = 1;
  bytes.forEach((byte, index) => {
    if (byte !== 0) {
      encoded[writeAt] = byte;
      writeAt += 1;
    }
    const blockSize = writeAt - codeAt;
    const isLast = index === bytes.length - 1;
    // A full block at the very end is closed by the end itself: a second spelling would break "one frame, one encoding".
    if (byte === 0 || (blockSize === FULL_BLOCK && !isLast)) {
      encoded[codeAt] = blockSize;
      codeAt = writeAt;
      writeAt += 1;
    }
  });
  encoded[codeAt] = writeAt - codeAt;
  return encoded.slice(0, writeAt);
}

/** Undoes `cobsEncode`. Total, and canonical: only what `cobsEncode` writes is accepted. */
export function cobsDecode(encoded: Uint8Array): Result<Uint8Array, CobsError> {
  if (encoded.length === 0) return err({ code: 'empty' });
  const zeroAt = encoded.indexOf(0);
  if (zeroAt !== -1) return err({ code: 'zero_inside', offset: zeroAt });
  const decoded = new Uint8Array(encoded.length);
  let readAt = 0;
  let writeAt = 0;
  while (readAt < encoded.length) {
    const code = encoded[readAt] ?? 0;
    const end = readAt + code;
    if (end > encoded.length) {
      return err({ code: 'block_too_long', offset: readAt, missingBytes: end - encoded.length });
    }
    decoded.set(encoded.subarray(readAt + 1, end), writeAt);
    writeAt += code - 1;
    // The implied zero; the spare byte of `decoded` makes room for each.
    if (code !== FULL_BLOCK && end < encoded.length) writeAt += 1;
    if (code === FULL_BLOCK && end === encoded.length - 1 && encoded[end] === 1) {
      return err({ code: 'not_canonical' });
    }
    readAt = end;
  }
  return ok(decoded.slice(0, writeAt));
}
