import { describe, expect, it } from 'vitest';
import type { RgbaFrame } from '../ports/index.ts';
import { seededEntropy } from '../testing/index.ts';
import { paintedFrame } from '../testing/picture-edits.ts';
import { encodeMatrix } from './encode-matrix.ts';
import { plainMatrixDecoder } from './plain-matrix-decoder.ts';
import { readPng } from './read-png.ts';
import { renderHalfBlocks } from './render-half-blocks.ts';
import { renderPng } from './render-png.ts';
import { renderRgba } from './render-rgba.ts';
import { renderSvg } from './render-svg.ts';

const PAYLOADS = [
  [1, 102],
  [2, 66],
  [3, 75],
  [4, 138],
  [4, 153],
  [5, 45],
].map(([type = 0, byteCount = 0]) => {
  const payload = seededEntropy(`render ${type} ${byteCount}`, 1).randomBytes(byteCount);
  payload.set([0xc1, type]);
  return payload;
});

function isSamePicture(a: RgbaFrame, b: RgbaFrame): boolean {
  return a.widthPx === b.widthPx && a.heightPx === b.heightPx && Buffer.compare(a.data, b.data) === 0;
}

// The colours of the eight palette indices as every terminal defines them: the cube at 16 + 36 r + 6 g + b.
function cubeColour(index: number): [number, number, number] {
  const cube = index - 16;
  const level = (step: number): number => (step === 0 ? 0 : 55 + 40 * step);
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)];
}

type Cell = { readonly upper: number[]; readonly lower: number[] };

/** Paints terminal text: it knows SGR 38 and 48 in both colour forms, 0, line feeds and the upper half block. */
function paintTerminal(text: string, cellPx: number): RgbaFrame {
  const lines = text.split('\n').filter((line) => line !== '');
  const rows = lines.map(cellsOfLine);
  const widthPx = (rows[0]?.length ?? 0) * cellPx;
  return paintedFrame({ widthPx, heightPx: rows.length * 2 * cellPx }, (x, y) => {
    const cell = rows[Math.floor(y / (2 * cellPx))]?.[Math.floor(x / cellPx)];
    const half = y % (2 * cellPx) < cellPx ? cell?.upper : cell?.lower;
    return [half?.[0] ?? 0, half?.[1] ?? 0, half?.[2] ?? 0];
  });
}

function cellsOfLine(line: string): Cell[] {
  const cells: Cell[] = [];
  let foreground: number[] | undefined;
  let background: number[] | undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is parsed.
  for (const [, sgr, glyph] of line.matchAll(/\u001b\[([\d;]*)m|(.)/gu)) {
    if (sgr !== undefined) {
      const codes = sgr.split(';').map(Number);
      while (codes.length > 0) {
        const code = codes.shift();
        const form = code === 0 ? undefined : codes.shift();
        const colour =
          form === 5 ? cubeColour(codes.shift() ?? 0) : form === 2 ? codes.splice(0, 3) : undefined;
        if (code === 38 || code === 0) foreground = colour;
        if (code === 48 || code === 0) background = colour;
      }
      continue;
    }
    expect(glyph).toBe('\u2580');
    expect(foreground).toBeDefined();
    expect(background).toBeDefined();
    cells.push({ upper: foreground ?? [], lower: background ?? [] });
    // What one cell set must not be needed by the next: a redraw may begin anywhere.
    foreground = undefined;
    background = undefined;
  }
  return cells;
}

/** Paints the SVG subset that is written: filled paths of absolute moves and relative rectangles. */
function paintSvg(svg: string): RgbaFrame {
  const sidePx = Number(/width="(\d+)"/.exec(svg)?.[1]);
  const sideModules = Number(/viewBox="0 0 (\d+) \d+"/.exec(svg)?.[1]);
  const grid: (readonly [number, number, number])[] = [];
  for (const [, fill = '', path = ''] of svg.matchAll(/<path fill="#([0-9a-f]{6})" d="([^"]*)"\/>/g)) {
    const colour = [0, 2, 4].map((at) => Number.parseInt(fill.slice(at, at + 2), 16));
    for (const [, left, top, width, height] of path.matchAll(/M(\d+) (\d+)h(\d+)v(\d+)h-\d+z/g)) {
      for (let row = Number(top); row < Number(top) + Number(height); row += 1) {
        for (let column = Number(left); column < Number(left) + Number(width); column += 1) {
          grid[row * sideModules + column] = [colour[0] ?? 0, colour[1] ?? 0, colour[2] ?? 0];
        }
      }
    }
  }
  const modulePx = sidePx / sideModules;
  return paintedFrame(
    { widthPx: sidePx, heightPx: sidePx },
    (x, y) => grid[Math.floor(y / modulePx) * sideModules + Math.floor(x / modulePx)] ?? [90, 90, 90],
  );
}

describe('drawing a matrix', () => {
  it('gives whole pixels and a white quiet zone of four modules', () => {
    const matrix = encodeMatrix(PAYLOADS[0] ?? new Uint8Array());
    const frame = renderRgba(matrix, { modulePx: 3 });
    expect(frame.widthPx).toBe((29 + 8) * 3);
    const row = frame.data.subarray(0, frame.widthPx * 4 * 12);
    expect(row.every((value) => value === 255)).toBe(true);
    expect(() => renderRgba(matrix, { modulePx: 2.5 })).toThrow('Invariant broken');
    expect(() => renderRgba(matrix, { modulePx: 200 })).toThrow('Invariant broken');
  });

  it('survives a PNG file unchanged, the same file each time', () => {
    for (const payload of PAYLOADS) {
      const matrix = encodeMatrix(payload);
      const png = renderPng(matrix, { modulePx: 5 });
      expect(renderPng(encodeMatrix(payload), { modulePx: 5 })).toEqual(png);
      const read = readPng(png);
      expect(read.ok && isSamePicture(read.value, renderRgba(matrix, { modulePx: 5 }))).toBe(true);
    }
  });

  it.each(['truecolor', '256'] as const)('can be read from half blocks in %s, painted again', (palette) => {
    for (const payload of PAYLOADS) {
      const text = renderHalfBlocks(encodeMatrix(payload), palette);
      const read = plainMatrixDecoder.decode(paintTerminal(text, 6));
      expect(read.ok && read.value.payload).toEqual(payload);
    }
  });

  it('names only the eight cube corners in the 256-colour form', () => {
    const text = renderHalfBlocks(encodeMatrix(PAYLOADS[0] ?? new Uint8Array()), '256');
    const used = new Set([...text.matchAll(/5;(\d+)/g)].map((match) => Number(match[1])));
    expect([...used].sort((a, b) => a - b)).toEqual([16, 21, 46, 51, 196, 201, 226, 231]);
  });

  it('paints the same pixels from SVG as without it', () => {
    for (const payload of PAYLOADS) {
      const matrix = encodeMatrix(payload);
      const painted = paintSvg(renderSvg(matrix, { modulePx: 4 }));
      expect(isSamePicture(painted, renderRgba(matrix, { modulePx: 4 }))).toBe(true);
    }
  });
});
