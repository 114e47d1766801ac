import { assert } from '@chiavetta/protocol/bytes';
import type { FlashMap } from './flash-map.ts';
import { flashBytes, PAGE_BYTES } from './flash-map.ts';
import type { NvmOp } from './records/index.ts';
import { planWrite, readRecordBook } from './records/index.ts';

/** A flash image from which everything was erased. */
export function blankImage(map: FlashMap): Uint8Array {
  return new Uint8Array(flashBytes(map)).fill(0xff);
}

/** The image after one whole operation. Programming only clears bits, as in the hardware. */
export function afterOp(image: Uint8Array, op: NvmOp): Uint8Array {
  const next = image.slice();
  if (op.tag === 'erase') {
    next.fill(0xff, op.page * PAGE_BYTES, (op.page + 1) * PAGE_BYTES);
    return next;
  }
  assert(op.address + op.bytes.length <= image.length, 'a program operation stays inside the flash');
  for (const [index, byte] of op.bytes.entries()) {
    next[op.address + index] = (next[op.address + index] ?? 0) & byte;
  }
  return next;
}

/** The image with records in it, as the factory leaves it. */
export function imageWith(
  map: FlashMap,
  records: readonly { readonly name: string; readonly body: Uint8Array }[],
): Uint8Array {
  let image = blankImage(map);
  let book = readRecordBook(map, image);
  for (const record of records) {
    const change = planWrite(map, book, record);
    book = change.book;
    for (const op of change.ops) image = afterOp(image, op);
  }
  return image;
}
