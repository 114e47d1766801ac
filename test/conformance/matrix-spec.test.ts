import { assert, fromHex, toHex } from '@chiavetta/protocol/bytes';
import type { ColourMatrix, MatrixLevel } from '@chiavetta/protocol/matrix';
import {
  capacityBytes,
  encodeMatrix,
  maskTriple,
  plainMatrixDecoder,
  QUIET_MODULES,
  readPng,
  renderHalfBlocks,
  symbolFor,
} from '@chiavetta/protocol/matrix';
import { describe, expect, test } from 'vitest';
import type { SpecExample } from './spec-document.ts';
import { countOf, examplesOf, readSpec } from './spec-document.ts';

const spec = readSpec('matrix.md');

/** What follows from the given values, by the name of the example. */
const recomputed: Readonly<Record<string, (given: SpecExample['given']) => Record<string, string>>> = {
  matrix: (given) => {
    const payload = bytesOf(given.get('payload') ?? '');
    const matrix = encodeMatrix(payload);
    const run = (index: number): string => toHex(payload.subarray(index * 15, index * 15 + 15));
    return {
      version: String(matrix.symbol.version),
      level: matrix.symbol.level,
      red: run(0),
      green: run(1),
      blue: run(2),
      formatWords: [0, 1, 2].map((plane) => formatWord(matrix, plane)).join(' '),
      modules: matrix.modules.join(''),
    };
  },
  cell: (given) => {
    const modules = Uint8Array.of(Number(given.get('upper')), Number(given.get('lower')), 0, 0);
    const matrix: ColourMatrix = {
      symbol: { version: 2, level: 'Q' },
      sizeModules: 2,
      modules: swapped(modules),
    };
    return {
      truecolor: firstSymbolCell(renderHalfBlocks(matrix, 'truecolor')),
      indexed: firstSymbolCell(renderHalfBlocks(matrix, '256')),
    };
  },
};

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  assert(bytes.ok, 'the example is hexadecimal');
  return bytes.value;
}

/** The 15 format bits beside the other two finders, the highest bit first, as hexadecimal. */
function formatWord(matrix: ColourMatrix, plane: number): string {
  const size = matrix.sizeModules;
  let word = 0;
  for (let bit = 14; bit >= 0; bit -= 1) {
    const [column, row] = bit < 8 ? [size - 1 - bit, 8] : [8, size - 15 + bit];
    const isLight = (((matrix.modules[row * size + column] ?? 0) >> plane) & 1) === 1;
    word = word * 2 + (isLight ? 0 : 1);
  }
  return word.toString(16).padStart(4, '0');
}

/** The two modules above each other in the first column. */
function swapped(modules: Uint8Array): Uint8Array {
  return Uint8Array.of(modules[0] ?? 0, 0, modules[1] ?? 0, 0);
}

function firstSymbolCell(text: string): string {
  const line = text.split('\n')[QUIET_MODULES / 2] ?? '';
  const cells = line.split('\u2580');
  return toHex(new TextEncoder().encode(`${cells[QUIET_MODULES]}\u2580`));
}

/** The cells of the table row that begins so, without the first. */
function row(first: string, columnCount: number): string[] {
  const cells = spec
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .find((candidate) => candidate[1] === first && candidate.length === columnCount + 3);
  return cells?.slice(2, -1) ?? [];
}

function constant(name: string): number {
  return Number(row(name, 2)[0]);
}

describe('docs/spec/matrix.md', () => {
  const examples = examplesOf(spec);

  test('has each of the examples that are recomputed here', () => {
    expect(examples.map((example) => example.name)).toEqual(Object.keys(recomputed));
  });

  test.each(examples)('prints in its example $name what follows from the values beside it', (example) => {
    expect(Object.fromEntries(example.follows)).toEqual(recomputed[example.name]?.(example.given));
  });

  test.each(['M', 'Q'] as const)('has the masks and capacities of level %s', (level: MatrixLevel) => {
    expect(row(level, 3)).toEqual(maskTriple(level).map(String));
    const capacities = [2, 3, 4, 5, 6, 7].map((version) => capacityBytes({ version, level }));
    expect(row(level, 6)).toEqual(capacities.map((bytes) => (bytes === 0 ? '-' : String(bytes))));
  });

  test('has the symbol of each payload', () => {
    const symbols = [
      ['PAIR1', 1, 102],
      ['PAIR2', 2, 66],
      ['LOGIN', 3, 75],
      ['TX that fits', 4, 138],
      ['TX that does not', 4, 141],
      ['MGMT', 5, 45],
    ] as const;
    for (const [name, type, byteCount] of symbols) {
      const payload = new Uint8Array(byteCount);
      payload.set([0xc1, type]);
      const { version, level } = symbolFor(payload);
      expect([name, ...row(name, 2)]).toEqual([name, String(version), level]);
    }
  });

  test('has the palette index of each module colour', () => {
    const indices = [0, 1, 2, 3, 4, 5, 6, 7].map((colour) => {
      const matrix: ColourMatrix = {
        symbol: { version: 2, level: 'Q' },
        sizeModules: 1,
        modules: Uint8Array.of(colour),
      };
      const line = renderHalfBlocks(matrix, '256').split('\n')[QUIET_MODULES / 2] ?? '';
      return /38;5;(\d+)/.exec(line.split('\u2580')[QUIET_MODULES] ?? '')?.[1];
    });
    expect(row('index', 8)).toEqual(indices);
  });

  test('has the limits that the code keeps', () => {
    expect(constant('QUIET_MODULES')).toBe(QUIET_MODULES);
    const sidePx = constant('FRAME_SIDE_PX_MAX') + 1;
    const refused = plainMatrixDecoder.decode({
      widthPx: 1,
      heightPx: sidePx,
      data: new Uint8Array(sidePx * 4),
    });
    expect(refused).toMatchObject({ error: { code: 'too_large', sidePxMax: sidePx - 1 } });
    const allowed = plainMatrixDecoder.decode({
      widthPx: 1,
      heightPx: sidePx - 1,
      data: new Uint8Array((sidePx - 1) * 4),
    });
    expect(allowed).toMatchObject({ error: { code: 'no_symbol' } });
    const header = '89504e470d0a1a0a0000000d494844520000ffff0000ffff080200000000000000';
    const tail = '0000000049454e4400000000';
    expect(readPng(bytesOf(header + tail))).toMatchObject({
      error: { code: 'too_large', pixelCountMax: constant('PNG_PIXELS_MAX') },
    });
  });

  test('says each constant once', () => {
    for (const [, name = ''] of spec.matchAll(/^\| ([A-Z]+_[A-Z_]+) \|/gm)) {
      expect([name, countOf(spec, `| ${name} |`)]).toEqual([name, 1]);
    }
  });
});
