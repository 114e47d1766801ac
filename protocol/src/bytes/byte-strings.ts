import { assert } from './assert.ts';

/** Joins byte strings into a new one. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let byteCount = 0;
  for (const part of parts) byteCount += part.length;
  const joined = new Uint8Array(byteCount);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** XOR of two byte strings of the same size, as a new one. */
export function xorBytes(left: Uint8Array, right: Uint8Array): Uint8Array {
  assert(left.length === right.length, 'XOR joins byte strings of one size');
  return left.map((byte, index) => byte ^ (right[index] ?? 0));
}

/**
 * Compares two byte strings without stopping at the first difference, so that the time taken tells nothing
 * about where they differ. The sizes are not secret: strings of different size are unequal at once.
 */
export function equalConstantTime(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let index = 0; index < left.length; index += 1) {
    difference |= (left[index] ?? 0) ^ (right[index] ?? 0);
  }
  return difference === 0;
}
