import { crc32, deflateSync } from 'node:zlib';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { concatBytes, u8, u32 } from '../bytes/index.ts';
import type { RgbaFrame } from '../ports/index.ts';
import { readPng } from './read-png.ts';
import { writePng } from './write-png.ts';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

function chunk(type: string, body: Uint8Array): Uint8Array {
  const named = concatBytes(
    Uint8Array.from(type, (letter) => letter.charCodeAt(0)),
    body,
  );
  return concatBytes(u32(body.length), named, u32(crc32(named)));
}

type Kind = {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly depthBits: number;
  readonly colourType: number;
  readonly isInterlaced?: boolean;
};

function header(kind: Kind): Uint8Array {
  const tail = Uint8Array.of(kind.depthBits, kind.colourType, 0, 0, kind.isInterlaced === true ? 1 : 0);
  return chunk('IHDR', concatBytes(u32(kind.widthPx), u32(kind.heightPx), tail));
}

function png(kind: Kind, scanLines: Uint8Array, extra: readonly Uint8Array[] = []): Uint8Array {
  const data = chunk('IDAT', deflateSync(scanLines));
  return concatBytes(SIGNATURE, header(kind), ...extra, data, chunk('IEND', new Uint8Array()));
}

function pixels(file: Uint8Array): number[][] | string {
  const read = readPng(file);
  if (!read.ok) return read.error.code;
  const { data } = read.value;
  return Array.from({ length: data.length / 4 }, (_, index) => [...data.subarray(index * 4, index * 4 + 4)]);
}

const BLACK = [0, 0, 0, 255];
const WHITE = [255, 255, 255, 255];

describe('reading a PNG', () => {
  it('gives back what was written, transparency laid over white', () => {
    const frame: RgbaFrame = {
      widthPx: 2,
      heightPx: 1,
      data: Uint8Array.of(0, 0, 0, 0, 200, 100, 50, 51),
    };
    expect(pixels(writePng(frame))).toEqual([WHITE, [244, 224, 214, 255]]);
  });

  it('reads grey of 1, 2, 4, 8 and 16 bits', () => {
    const size = { widthPx: 3, heightPx: 2, colourType: 0 };
    const row = [BLACK, WHITE, BLACK];
    const expected = [...row, ...row];
    expect(pixels(png({ ...size, depthBits: 1 }, Uint8Array.of(0, 0b01000000, 0, 0b01000000)))).toEqual(
      expected,
    );
    expect(pixels(png({ ...size, depthBits: 2 }, Uint8Array.of(0, 0b00110000, 0, 0b00110000)))).toEqual(
      expected,
    );
    expect(pixels(png({ ...size, depthBits: 4 }, Uint8Array.of(0, 0x0f, 0, 0, 0x0f, 0)))).toEqual(expected);
    expect(pixels(png({ ...size, depthBits: 8 }, Uint8Array.of(0, 0, 255, 0, 0, 0, 255, 0)))).toEqual(
      expected,
    );
    const wide = Uint8Array.of(0, 0, 0, 255, 255, 0, 0);
    expect(pixels(png({ ...size, depthBits: 16 }, concatBytes(wide, wide)))).toEqual(expected);
  });

  it('reads palettes with and without transparency, and black for an index past the palette', () => {
    const kind = { widthPx: 4, heightPx: 1, depthBits: 2, colourType: 3 };
    const palette = chunk('PLTE', Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255));
    const line = Uint8Array.of(0, 0b00011011);
    const red = [255, 0, 0, 255];
    const green = [0, 255, 0, 255];
    expect(pixels(png(kind, line, [palette]))).toEqual([red, green, [0, 0, 255, 255], BLACK]);
    const alpha = chunk('tRNS', Uint8Array.of(0, 255));
    expect(pixels(png(kind, line, [palette, alpha]))).toEqual([WHITE, green, [0, 0, 255, 255], BLACK]);
  });

  it('reads 16-bit colour, a transparent key colour, and grey with alpha', () => {
    const wide = { widthPx: 1, heightPx: 1, depthBits: 16, colourType: 2 };
    expect(pixels(png(wide, Uint8Array.of(0, 255, 255, 0x80, 0x80, 0, 0)))).toEqual([[255, 128, 0, 255]]);
    const keyed = { widthPx: 3, heightPx: 1, depthBits: 8, colourType: 2 };
    const key = chunk('tRNS', Uint8Array.of(0, 1, 0, 2, 0, 3));
    expect(pixels(png(keyed, Uint8Array.of(0, 1, 2, 3, 1, 2, 4, 1, 2, 3), [key]))).toEqual([
      WHITE,
      [1, 2, 4, 255],
      WHITE,
    ]);
    const grey = { widthPx: 2, heightPx: 1, depthBits: 8, colourType: 4 };
    expect(pixels(png(grey, Uint8Array.of(0, 0, 255, 0, 0)))).toEqual([BLACK, WHITE]);
  });

  it('reads an interlaced picture of 8 bits and says that it does not read one of fewer', () => {
    const data = Uint8Array.from({ length: 5 * 5 * 3 }, (_, index) => (index * 37) & 0xff);
    const plain = { width: 5, height: 5, data, channels: 3 };
    const interlaced = encode(plain, { interlace: 'Adam7' });
    expect(pixels(interlaced)).toEqual(pixels(encode(plain)));
    const packed = { widthPx: 5, heightPx: 5, depthBits: 1, colourType: 0, isInterlaced: true };
    expect(pixels(png(packed, new Uint8Array(30)))).toBe('unsupported');
  });

  it('refuses a picture larger than its limit before unpacking any of it', () => {
    const kind = { widthPx: 7680, heightPx: 4320, depthBits: 8, colourType: 2 };
    expect(readPng(png(kind, new Uint8Array(1)))).toEqual({
      ok: false,
      error: { code: 'too_large', pixelCount: 33_177_600, pixelCountMax: 16_777_216 },
    });
  });

  it('stops a file that unpacks to more than its header says', () => {
    const kind = { widthPx: 2, heightPx: 2, depthBits: 8, colourType: 0 };
    expect(pixels(png(kind, new Uint8Array(64 * 1024 * 1024)))).toBe('damaged');
    expect(pixels(png(kind, new Uint8Array(5)))).toBe('damaged');
  });

  it('never opens what does not decide the pixels', () => {
    const kind = { widthPx: 1, heightPx: 1, depthBits: 8, colourType: 0 };
    // A profile that is no profile: whoever unpacks it fails.
    const profile = chunk('iCCP', Uint8Array.of(0x61, 0, 0, 1, 2, 3));
    expect(pixels(png(kind, Uint8Array.of(0, 7), [profile]))).toEqual([[7, 7, 7, 255]]);
  });

  it('tells another kind of file from a PNG that is cut short or damaged', () => {
    const whole = png({ widthPx: 1, heightPx: 1, depthBits: 8, colourType: 0 }, Uint8Array.of(0, 7));
    expect(pixels(new Uint8Array())).toBe('not_a_png');
    expect(pixels(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0))).toBe('not_a_png');
    expect(pixels(whole.subarray(0, 40))).toBe('truncated');
    const flipped = whole.slice();
    flipped.set(u8((flipped[whole.length - 17] ?? 0) ^ 1), whole.length - 17);
    expect(pixels(flipped)).toBe('damaged');
    expect(pixels(concatBytes(whole.subarray(0, 8), whole.subarray(33)))).toBe('damaged');
    for (const [depthBits, colourType] of [
      [3, 0],
      [16, 3],
      [8, 5],
    ] as const) {
      expect(pixels(png({ widthPx: 1, heightPx: 1, depthBits, colourType }, Uint8Array.of(0, 7)))).toBe(
        'damaged',
      );
    }
  });
});
