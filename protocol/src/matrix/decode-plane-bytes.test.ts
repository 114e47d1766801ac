import { describe, expect, it } from 'vitest';
import { planeBytes } from './decode-plane-bytes.ts';
import { encodeMatrix } from './encode-matrix.ts';

const payload = Uint8Array.from({ length: 75 }, (_, index) => (index * 11) & 0xff);
const matrix = encodeMatrix(payload, { version: 3, level: 'Q' });
const size = matrix.sizeModules;
const redPlane = matrix.modules.map((colour) => 1 - (colour & 1));
const red = payload.subarray(0, 25);

describe('the bytes of one plane', () => {
  it('come from its modules and its format', () => {
    expect(planeBytes(redPlane, 3, { level: 'Q', mask: 0 })).toEqual(red);
    expect(planeBytes(redPlane, 3, { level: 'Q', mask: 2 })).not.toEqual(red);
  });

  it('come although every function module and format bit was lost', () => {
    const worn = redPlane.map((dark, index) => {
      const column = index % size;
      const row = Math.floor(index / size);
      const isCorner = (column < 9 || column >= size - 8) && (row < 9 || row >= size - 8);
      const isLost = (isCorner && !(column >= size - 8 && row >= size - 8)) || column === 6 || row === 6;
      return isLost ? 1 - dark : dark;
    });
    expect(planeBytes(worn, 3, { level: 'Q', mask: 0 })).toEqual(red);
  });

  it('are nothing when more is damaged than can be corrected', () => {
    const spoilt = redPlane.map((dark, index) => (index % 3 === 0 ? 1 - dark : dark));
    expect(planeBytes(spoilt, 3, { level: 'Q', mask: 0 })).toBeUndefined();
  });
});
