import { assert } from './assert.ts';

/** Largest value of an unsigned 64-bit integer. */
export const U64_MAX: bigint = 0xffff_ffff_ffff_ffffn;

/** One unsigned byte. */
export function u8(value: number): Uint8Array {
  return bigEndian(value, 1);
}

/** Unsigned 16-bit integer, big-endian. */
export function u16(value: number): Uint8Array {
  return bigEndian(value, 2);
}

/** Unsigned 32-bit integer, big-endian. */
export function u32(value: number): Uint8Array {
  return bigEndian(value, 4);
}

/** Unsigned 64-bit integer, big-endian. */
export function u64(value: bigint): Uint8Array {
  assert(value >= 0n && value <= U64_MAX, 'the value fits 64 unsigned bits');
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, false);
  return bytes;
}

/** Reads up to 4 bytes as an unsigned big-endian integer. */
export function readUint(bytes: Uint8Array): number {
  assert(bytes.length <= 4, 'an integer of this kind has at most 4 bytes');
  let value = 0;
  for (const byte of bytes) value = value * 256 + byte;
  return value;
}

/** Reads exactly 8 bytes as an unsigned big-endian integer. */
export function readU64(bytes: Uint8Array): bigint {
  assert(bytes.length === 8, 'a 64-bit integer has 8 bytes');
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, false);
}

function bigEndian(value: number, byteCount: number): Uint8Array {
  assert(
    Number.isInteger(value) && value >= 0 && value < 2 ** (8 * byteCount),
    `the value fits ${8 * byteCount} unsigned bits`,
  );
  const bytes = new Uint8Array(byteCount);
  let rest = value;
  for (let index = byteCount - 1; index >= 0; index -= 1) {
    bytes[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}
