import { describe, expect, it } from 'vitest';
import { toHex } from '../bytes/index.ts';
import { nobleCrypto } from '../ports/index.ts';
import { seededEntropy } from '../testing/index.ts';
import type { ColourMatrix, MatrixSymbol } from './colour-matrix.ts';
import { readFormatBits } from './decode-format-bits.ts';
import { encodeMatrix } from './encode-matrix.ts';
import { maskTriple } from './mask-triple.ts';
import { capacityBytes, symbolFor } from './symbol-choice.ts';

const SYMBOLS: readonly MatrixSymbol[] = [
  { version: 2, level: 'Q' },
  { version: 3, level: 'Q' },
  { version: 3, level: 'M' },
  { version: 4, level: 'Q' },
  { version: 4, level: 'M' },
  { version: 5, level: 'M' },
  { version: 6, level: 'M' },
];

function payloadOf(type: number, byteCount: number): Uint8Array {
  const payload = seededEntropy(`matrix ${type} ${byteCount}`, 1).randomBytes(byteCount);
  payload.set([0xc1, type]);
  return payload;
}

function darkPlane(matrix: ColourMatrix, plane: number): Uint8Array {
  return matrix.modules.map((colour) => 1 - ((colour >> plane) & 1));
}

describe('encoding a payload', () => {
  it('gives the same modules for ever', () => {
    const counting = (type: number, byteCount: number): Uint8Array => {
      const payload = Uint8Array.from({ length: byteCount }, (_, index) => (index * 7) & 0xff);
      payload.set([0xc1, type]);
      return payload;
    };
    const hash = (payload: Uint8Array): string =>
      toHex(nobleCrypto.sha256(encodeMatrix(payload).modules)).slice(0, 16);
    expect({
      pair1: hash(counting(1, 102)),
      pair2: hash(counting(2, 66)),
      login: hash(counting(3, 75)),
      shortTransaction: hash(counting(4, 138)),
      longTransaction: hash(counting(4, 153)),
      management: hash(counting(5, 45)),
    }).toMatchInlineSnapshot(`
      {
        "login": "d2d181cbf6ad2e2c",
        "longTransaction": "6eb42aed727637c9",
        "management": "c1221dcf5d04a6a6",
        "pair1": "f72f0c59a02828c5",
        "pair2": "a6fc4bd581246056",
        "shortTransaction": "fd92bee8d81e5716",
      }
    `);
  });

  it('gives each plane the mask of its colour, in every symbol', () => {
    for (const symbol of SYMBOLS) {
      const matrix = encodeMatrix(payloadOf(9, capacityBytes(symbol)), symbol);
      const masks = [0, 1, 2].map(
        (plane) => readFormatBits(darkPlane(matrix, plane), matrix.sizeModules)?.mask,
      );
      expect(masks).toEqual([...maskTriple(symbol.level)]);
    }
  });

  it('shows all eight colours in each copy of the format bits', () => {
    for (const payload of [payloadOf(1, 102), payloadOf(3, 75)]) {
      const { modules, sizeModules } = encodeMatrix(payload);
      const around = [0, 1, 2, 3, 4, 5, 7, 8].map((row) => modules[row * sizeModules + 8]);
      around.push(...[0, 1, 2, 3, 4, 5, 7].map((column) => modules[8 * sizeModules + column]));
      const beside = Array.from({ length: 8 }, (_, bit) => modules[8 * sizeModules + sizeModules - 1 - bit]);
      for (let bit = 8; bit < 15; bit += 1) beside.push(modules[(sizeModules - 15 + bit) * sizeModules + 8]);
      expect([new Set(around).size, new Set(beside).size]).toEqual([8, 8]);
    }
  });

  it('draws finders in pure black and white', () => {
    const { modules, sizeModules } = encodeMatrix(payloadOf(1, 102));
    for (let row = 0; row < 8; row += 1) {
      for (let column = 0; column < 8; column += 1) {
        expect([0, 7]).toContain(modules[row * sizeModules + column]);
      }
    }
  });

  it('fills a symbol to its stated capacity and no further', () => {
    for (const symbol of SYMBOLS) {
      const full = capacityBytes(symbol);
      expect(encodeMatrix(payloadOf(9, full), symbol).sizeModules).toBe(17 + 4 * symbol.version);
      expect(() => encodeMatrix(payloadOf(9, full + 3), symbol)).toThrow('Invariant broken');
    }
  });

  it('refuses a payload that does not part into three equal runs', () => {
    expect(() => encodeMatrix(payloadOf(3, 74))).toThrow('Invariant broken');
    expect(() => encodeMatrix(new Uint8Array(0))).toThrow('Invariant broken');
  });
});

describe('choosing the symbol', () => {
  it('goes by the payload type, and for a transaction by its size', () => {
    const chosen = (type: number, byteCount: number): string => {
      const { version, level } = symbolFor(payloadOf(type, byteCount));
      return `V${version}-${level}`;
    };
    expect(chosen(1, 102)).toBe('V3-M');
    expect(chosen(2, 66)).toBe('V3-Q');
    expect(chosen(3, 75)).toBe('V3-Q');
    expect(chosen(4, 66)).toBe('V4-Q');
    expect(chosen(4, 138)).toBe('V4-Q');
    expect(chosen(4, 141)).toBe('V4-M');
    expect(chosen(4, 153)).toBe('V4-M');
    expect(chosen(5, 45)).toBe('V2-Q');
  });

  it('takes the strongest symbol with room for a payload of an unknown type', () => {
    expect(symbolFor(payloadOf(9, 60))).toEqual({ version: 2, level: 'Q' });
    expect(symbolFor(payloadOf(9, 63))).toEqual({ version: 3, level: 'Q' });
    expect(symbolFor(payloadOf(9, 318))).toEqual({ version: 6, level: 'M' });
    expect(() => symbolFor(payloadOf(9, 321))).toThrow('Invariant broken');
  });
});
