import { describe, expect, test } from 'vitest';
import { asciiBytes } from '../bytes/index.ts';
import { cobsDecode, cobsEncode } from './cobs.ts';
import { crc16Ibm3740 } from './crc16.ts';

/** first..last, both included. */
function range(first: number, last: number): Uint8Array {
  return Uint8Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

describe('CRC-16/IBM-3740', () => {
  test('gives the check value of its catalogue entry', () => {
    expect(crc16Ibm3740(asciiBytes('123456789'))).toBe(0x29b1);
  });

  test('gives the initial value for no bytes', () => {
    expect(crc16Ibm3740(new Uint8Array())).toBe(0xffff);
  });
});

describe('COBS', () => {
  const pairs: readonly (readonly [string, Uint8Array, Uint8Array])[] = [
    ['nothing', new Uint8Array(), Uint8Array.of(1)],
    ['one zero', Uint8Array.of(0), Uint8Array.of(1, 1)],
    ['two zeros', Uint8Array.of(0, 0), Uint8Array.of(1, 1, 1)],
    ['a zero inside', Uint8Array.of(0x11, 0x22, 0, 0x33), Uint8Array.of(3, 0x11, 0x22, 2, 0x33)],
    ['trailing zeros', Uint8Array.of(0x11, 0, 0, 0), Uint8Array.of(2, 0x11, 1, 1, 1)],
    ['254 bytes without a zero', range(1, 254), Uint8Array.of(0xff, ...range(1, 254))],
    ['255 bytes without a zero', range(1, 255), Uint8Array.of(0xff, ...range(1, 254), 2, 255)],
    [
      'a full block and a zero',
      Uint8Array.of(...range(2, 255), 0),
      Uint8Array.of(0xff, ...range(2, 255), 1, 1),
    ],
    ['a zero before a full block', range(0, 254), Uint8Array.of(1, 0xff, ...range(1, 254))],
  ];

  test.each(pairs)('encodes and decodes %s', (_, plain, encoded) => {
    expect(cobsEncode(plain)).toEqual(encoded);
    expect(cobsDecode(encoded)).toEqual({ ok: true, value: plain });
  });

  test('refuses a second spelling of a full last block', () => {
    const redundant = Uint8Array.of(0xff, ...range(1, 254), 1);
    expect(cobsDecode(redundant)).toEqual({ ok: false, error: { code: 'not_canonical' } });
  });

  test('refuses a block that runs past the end, and says by how much', () => {
    expect(cobsDecode(Uint8Array.of(5, 1, 2))).toEqual({
      ok: false,
      error: { code: 'block_too_long', offset: 0, missingBytes: 2 },
    });
  });

  test('refuses a zero and refuses nothing at all', () => {
    expect(cobsDecode(Uint8Array.of(2, 0))).toEqual({ ok: false, error: { code: 'zero_inside', offset: 1 } });
    expect(cobsDecode(new Uint8Array())).toEqual({ ok: false, error: { code: 'empty' } });
  });
});
