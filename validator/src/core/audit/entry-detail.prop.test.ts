import { concatBytes, toHex, u8 } from '@chiavetta/protocol/bytes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeDetail, encodeDetail } from './entry-detail.ts';

type Detail = Readonly<Record<string, string | number | boolean>>;

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const values = fc.oneof(
  text,
  fc.boolean(),
  fc.integer(),
  // -0 is written as 0.
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);
const details: fc.Arbitrary<Detail> = fc.dictionary(text, values, { maxKeys: 5, noNullPrototype: true });
const oneDetail = fc.dictionary(text, values, { minKeys: 1, maxKeys: 1, noNullPrototype: true });

function hexOf(items: readonly Uint8Array[]): readonly string[] {
  return items.map(toHex);
}

describe('the details of an audit entry', () => {
  test('read back as they were written, in ascending order of their names', () => {
    fc.assert(
      fc.property(details, (detail) => {
        const items = encodeDetail(detail);
        expect(decodeDetail(items)).toEqual(detail);
        const names = items.map((item) => toHex(item.slice(1, 1 + (item[0] ?? 0))));
        expect(names).toEqual(names.toSorted((left, right) => (left < right ? -1 : 1)));
        const shuffled = Object.fromEntries(Object.entries(detail).reverse());
        expect(hexOf(encodeDetail(shuffled))).toEqual(hexOf(items));
      }),
    );
  });

  test('have one spelling: whatever is read, of any bytes, is written back the same, and nothing throws', () => {
    const items = fc
      .tuple(
        fc.nat(4),
        text,
        fc.constantFrom(0, 1, 2, 3, 4),
        fc.oneof(text, fc.constantFrom('', '1', '01', '-0', '1e3', 'NaN', ' 7')),
      )
      .map(([extra, name, kind, value]) => {
        const nameBytes = new TextEncoder().encode(name);
        const size = u8(Math.min(255, nameBytes.length + (extra === 4 ? 1 : 0)));
        return concatBytes(size, nameBytes, u8(kind), new TextEncoder().encode(value));
      });
    let read = 0;
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            { weight: 4, arbitrary: items },
            { weight: 1, arbitrary: fc.uint8Array({ maxLength: 12 }) },
          ),
          { minLength: 1, maxLength: 2 },
        ),
        (any) => {
          const detail = decodeDetail(any);
          if (detail === undefined) return;
          read += any.length;
          expect(hexOf(encodeDetail(detail))).toEqual(hexOf(any));
        },
      ),
      { numRuns: 1_500 },
    );
    expect(read).toBeGreaterThan(100);
  });

  test('with one bit flipped are none or another detail, written back the same', () => {
    fc.assert(
      fc.property(oneDetail, (detail) => {
        const [item = new Uint8Array(0)] = encodeDetail(detail);
        for (let bit = 0; bit < item.length * 8; bit += 1) {
          const flipped = item.slice();
          flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          const read = decodeDetail([flipped]);
          if (read !== undefined) expect(hexOf(encodeDetail(read))).toEqual(hexOf([flipped]));
        }
      }),
      { numRuns: 30 },
    );
  });

  test('cut anywhere are none, or the shorter text or number that is left', () => {
    fc.assert(
      fc.property(oneDetail, (detail) => {
        const [item = new Uint8Array(0)] = encodeDetail(detail);
        const [[name, value] = []] = Object.entries(detail);
        for (let byteCount = 0; byteCount < item.length; byteCount += 1) {
          const read = decodeDetail([item.slice(0, byteCount)]);
          if (read === undefined) continue;
          expect(Object.keys(read)).toEqual([name]);
          expect(typeof read[name ?? '']).toBe(typeof value);
          expect(String(value).startsWith(String(read[name ?? '']))).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('are none twice, or out of their order', () => {
    fc.assert(
      fc.property(details, (detail) => {
        const items = encodeDetail(detail);
        const [first] = items;
        if (first === undefined) return;
        expect(decodeDetail([first, ...items])).toBeUndefined();
        if (items.length > 1) expect(decodeDetail(items.toReversed())).toBeUndefined();
      }),
    );
  });
});
