import { assert } from '@chiavetta/protocol/bytes';
import { afterOp } from '../core/flash-image.ts';
import { PAGE_BYTES, WORD_BYTES } from '../core/flash-map.ts';
import type { NvmOp } from '../core/records/index.ts';

/** A flash chip: its bits, and how often each page was erased. */
export type FlashPart = {
  readonly image: Uint8Array;
  readonly eraseCounts: readonly number[];
};

/** Random bytes for what a torn operation leaves behind. */
export type Noise = (byteCount: number) => Uint8Array;

/** A chip that holds an image. */
export function flashPart(image: Uint8Array): FlashPart {
  assert(image.length % PAGE_BYTES === 0, 'a flash has whole pages');
  return { image: image.slice(), eraseCounts: new Array(image.length / PAGE_BYTES).fill(0) };
}

/** The chip after a whole operation. A page may be erased any number of times here; the counts are there to be read. */
export function operate(part: FlashPart, op: NvmOp): FlashPart {
  checkOp(part, op);
  return { image: afterOp(part.image, op), eraseCounts: worn(part, op) };
}

/**
 * The chip after an operation that lost its power halfway. Programming: the words before a random one are written, of
 * that one some bits, of the rest nothing. Erasing: of a random share of the words some bits came up.
 */
export function tear(part: FlashPart, op: NvmOp, noise: Noise): FlashPart {
  checkOp(part, op);
  const image = op.tag === 'program' ? tornProgram(part.image, op, noise) : tornErase(part.image, op, noise);
  return { image, eraseCounts: worn(part, op) };
}

/** The chip after one bit changed by itself. */
export function flipBit(part: FlashPart, bitIndex: number): FlashPart {
  const image = part.image.slice();
  const at = Math.floor(bitIndex / 8) % image.length;
  image[at] = (image[at] ?? 0) ^ (1 << (bitIndex % 8));
  return { ...part, image };
}

function tornProgram(
  before: Uint8Array,
  op: Extract<NvmOp, { readonly tag: 'program' }>,
  noise: Noise,
): Uint8Array {
  const wordCount = op.bytes.length / WORD_BYTES;
  const tornWord = Math.floor(unit(noise) * wordCount);
  const keep = noise(WORD_BYTES);
  const bytes = op.bytes.map((byte, index) => {
    const word = Math.floor(index / WORD_BYTES);
    if (word < tornWord) return byte;
    return word === tornWord ? byte | (keep[index % WORD_BYTES] ?? 0) : 0xff;
  });
  return afterOp(before, { ...op, bytes });
}

function tornErase(
  before: Uint8Array,
  op: Extract<NvmOp, { readonly tag: 'erase' }>,
  noise: Noise,
): Uint8Array {
  const share = unit(noise);
  const start = op.page * PAGE_BYTES;
  const risen = noise(PAGE_BYTES);
  const chance = noise(PAGE_BYTES);
  const image = before.slice();
  for (let offset = 0; offset < PAGE_BYTES; offset += 1) {
    const lot = (chance[offset] ?? 0) / 256;
    if (lot < share) image[start + offset] = (image[start + offset] ?? 0) | (risen[offset] ?? 0);
    if (lot < share / 2) image[start + offset] = 0xff;
  }
  return image;
}

function unit(noise: Noise): number {
  const [high = 0, low = 0] = noise(2);
  return (high * 256 + low) / 65_536;
}

function worn(part: FlashPart, op: NvmOp): readonly number[] {
  if (op.tag === 'program') return part.eraseCounts;
  return part.eraseCounts.map((count, page) => (page === op.page ? count + 1 : count));
}

function checkOp(part: FlashPart, op: NvmOp): void {
  if (op.tag === 'erase') {
    assert(op.page >= 0 && op.page * PAGE_BYTES < part.image.length, 'only pages of the chip are erased');
    return;
  }
  const isWhole = op.address % WORD_BYTES === 0 && op.bytes.length % WORD_BYTES === 0;
  assert(isWhole && op.bytes.length > 0, 'flash is programmed in whole words');
}
