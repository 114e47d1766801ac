import { describe, expect, it } from 'vitest';
import { flashPart, flipBit, operate, tear } from '../../hardware/flash-part.ts';
import { afterOp, imageWith } from '../flash-image.ts';
import { flashMap, PAGE_BYTES } from '../flash-map.ts';
import { crc32 } from './crc32.ts';
import type { NvmOp } from './index.ts';
import { planFlag, planWrite, readRecordBook, recordBody, recordFlagged } from './index.ts';

const MAP = flashMap([{ name: 'one', id: 1, bodyBytesMax: 12 }]);
const BODY = new Uint8Array(12).fill(0xa5);
const SLOT_BITS = 28 * 8;

function written(flagged: boolean): Uint8Array {
  const image = imageWith(MAP, [{ name: 'one', body: BODY }]);
  const change = planFlag(MAP, readRecordBook(MAP, image), 'one');
  return flagged ? change.ops.reduce(afterOp, image) : image;
}

describe('a record', () => {
  it.each([false, true])('survives each single rotten bit of both copies, committed: %s', (flagged) => {
    const image = written(flagged);
    for (const copy of [0, 1]) {
      for (let bit = 0; bit < SLOT_BITS; bit += 1) {
        const part = flipBit(flashPart(image), copy * PAGE_BYTES * 8 + bit);
        const book = readRecordBook(MAP, part.image);
        expect(recordBody(book, 'one')).toEqual(BODY);
        expect(recordFlagged(book, 'one'), `bit ${bit} of copy ${copy}`).toBe(flagged);
      }
    }
  });

  it('is written first into the copy that lacks the current version, also without a repair before', () => {
    // Copy 0 is the whole one and full, so that writing it first would begin with erasing it.
    let image = imageWith(MAP, []);
    let book = readRecordBook(MAP, image);
    for (let count = 0; count < 36; count += 1) {
      const change = planWrite(MAP, book, { name: 'one', body: BODY.map(() => count) });
      book = change.book;
      image = change.ops.reduce(afterOp, image);
    }
    const rotten = flipBit(flashPart(image), (PAGE_BYTES + 35 * 28) * 8);
    const change = planWrite(MAP, readRecordBook(MAP, rotten.image), { name: 'one', body: BODY });
    let part = rotten;
    for (const op of change.ops) {
      const torn = tear(part, op, (byteCount) => new Uint8Array(byteCount).fill(0x80));
      const body = recordBody(readRecordBook(MAP, torn.image), 'one');
      expect([BODY, BODY.map(() => 35)]).toContainEqual(body);
      part = operate(part, op);
    }
    expect(recordBody(readRecordBook(MAP, part.image), 'one')).toEqual(BODY);
  });

  it('is not read from the place of another record', () => {
    const other = flashMap([{ name: 'other', id: 2, bodyBytesMax: 12 }]);
    expect(recordBody(readRecordBook(other, written(false)), 'other')).toBeUndefined();
  });

  it('is committed by one word in each copy', () => {
    const { ops } = planFlag(MAP, readRecordBook(MAP, written(false)), 'one');
    expect(ops).toEqual<NvmOp[]>([
      { tag: 'program', address: 24, bytes: new Uint8Array(4) },
      { tag: 'program', address: PAGE_BYTES + 24, bytes: new Uint8Array(4) },
    ]);
    expect(planFlag(MAP, readRecordBook(MAP, written(true)), 'one').ops).toEqual([]);
  });
});

it('checks with CRC-32/ISO-HDLC, whose check value is CBF43926', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf4_3926);
});
