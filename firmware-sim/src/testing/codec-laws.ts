import { nobleCrypto } from '@chiavetta/protocol/ports';
import type { Board } from '../core/board.ts';
import { rngStart } from '../core/rng.ts';

/** Every truncation of the bytes, from nothing to all but the last. */
export function truncations(bytes: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: bytes.length }, (_, byteCount) => bytes.slice(0, byteCount));
}

/** The bytes with each single bit flipped, in the order of the bits. */
export function* bitFlips(bytes: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = bytes.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield flipped;
  }
}

/** The element key of `boardWith`. */
export const LAW_ELEMENT_KEY: Uint8Array = new Uint8Array(32).fill(0x5e);

/** A board whose book has one record: what is behind the record's CRC, whoever put it there. */
export function boardWith(name: string, body: Uint8Array | undefined, flagged = false): Board {
  const copy = { nextSlot: 1, currentSlot: 0, flagWhole: true };
  return {
    book: { [name]: { sequence: 1, body, flagged, copies: [copy, copy] } },
    rng: rngStart(nobleCrypto, new Uint8Array(32)),
    elementKey: LAW_ELEMENT_KEY,
  };
}
