/// <reference path="./qrcode-core.d.ts" />
import { create } from 'qrcode/lib/core/qrcode.js';
import { describe, expect, it } from 'vitest';
import { asciiBytes, toHex } from '../bytes/index.ts';
import type { RgbaFrame } from '../ports/index.ts';
import { nobleCrypto } from '../ports/index.ts';
import { seededEntropy } from '../testing/index.ts';
import {
  chromaHalvedFrame,
  framedOnPage,
  paintedFrame,
  pixelAt,
  scaledFrame,
  shiftedFrame,
  turnedFrame,
} from '../testing/picture-edits.ts';
import type { ColourMatrix } from './colour-matrix.ts';
import { encodeMatrix } from './encode-matrix.ts';
import { plainMatrixDecoder } from './plain-matrix-decoder.ts';
import { renderRgba } from './render-rgba.ts';

const TAG_BYTES = 8;

/** A payload whose last bytes prove the others, as the sealed payloads of the product do. */
function provenPayload(label: string, byteCount = 102): Uint8Array {
  const payload = seededEntropy(label, 1).randomBytes(byteCount);
  payload.set([0xc1, 1]);
  payload.set(tagOf(payload), byteCount - TAG_BYTES);
  return payload;
}

function tagOf(payload: Uint8Array): Uint8Array {
  return nobleCrypto.sha256(payload.subarray(0, payload.length - TAG_BYTES)).subarray(0, TAG_BYTES);
}

function isProven(payload: Uint8Array): boolean {
  return toHex(tagOf(payload)) === toHex(payload.subarray(payload.length - TAG_BYTES));
}

function outcome(frame: RgbaFrame, accept: (payload: Uint8Array) => boolean = isProven): string {
  const read = plainMatrixDecoder.decode(frame, accept);
  return read.ok ? toHex(read.value.payload) : read.error.code;
}

function uniformNoise(label: string, amplitude: number): () => number {
  const entropy = seededEntropy(label, 1);
  let buffer = entropy.randomBytes(4096);
  let at = 0;
  return () => {
    if (at === buffer.length) {
      buffer = entropy.randomBytes(4096);
      at = 0;
    }
    const byte = buffer[at] ?? 0;
    at += 1;
    return (byte / 127.5 - 1) * amplitude;
  };
}

/** An ordinary black and white QR symbol of any version, as any other program draws it. */
function ordinaryQr(text: string, version: number, modulePx: number): RgbaFrame {
  const { modules } = create([{ data: asciiBytes(text), mode: 'byte' }], {
    version,
    errorCorrectionLevel: 'M',
    maskPattern: 3,
  });
  const sidePx = (modules.size + 8) * modulePx;
  return paintedFrame({ widthPx: sidePx, heightPx: sidePx }, (x, y) => {
    const column = Math.floor(x / modulePx) - 4;
    const row = Math.floor(y / modulePx) - 4;
    const isInside = column >= 0 && row >= 0 && column < modules.size && row < modules.size;
    return isInside && modules.data[row * modules.size + column] === 1 ? [0, 0, 0] : [255, 255, 255];
  });
}

const payload = provenPayload('decoder');
const matrix = encodeMatrix(payload);
const picture = renderRgba(matrix, { modulePx: 6 });
const truth = toHex(payload);

describe('a picture that is read', () => {
  it('may lie anywhere on a white, black, grey or busy page', () => {
    const grounds = [
      (): [number, number, number] => [255, 255, 255],
      (): [number, number, number] => [0, 0, 0],
      (): [number, number, number] => [32, 33, 36],
      (): [number, number, number] => [128, 128, 128],
      (x: number, y: number): [number, number, number] =>
        y % 16 < 10 && (x * 7 + y * 13) % 29 < 11 ? [20, 20, 60] : [240, 240, 235],
    ];
    for (const [index, ground] of grounds.entries()) {
      const page = paintedFrame({ widthPx: 900, heightPx: 600 }, ground);
      expect(outcome(framedOnPage(picture, page, { x: 37 + 91 * index, y: 250 - 40 * index }))).toBe(truth);
    }
  });

  it('may be turned by quarter turns', () => {
    for (const turns of [1, 2, 3]) expect(outcome(turnedFrame(picture, turns))).toBe(truth);
  });

  it('may have been through a JPEG-like loss of colour, and noise', () => {
    const lossy = chromaHalvedFrame(scaledFrame(picture, 0.83, 'bilinear'));
    expect(outcome(shiftedFrame(lossy, uniformNoise('jpeg', 30)))).toBe(truth);
  });

  it('may be washed out or dim', () => {
    const dimmed = (lowest: number, highest: number): RgbaFrame =>
      paintedFrame(picture, (x, y) => {
        const [r, g, b] = pixelAt(picture, x, y);
        const level = (value: number): number => lowest + (value * (highest - lowest)) / 255;
        return [level(r), level(g), level(b)];
      });
    expect(outcome(dimmed(120, 240))).toBe(truth);
    expect(outcome(dimmed(0, 60))).toBe(truth);
  });

  it('may be lit from one side', () => {
    const lit = paintedFrame(picture, (x, y) => {
      const share = 1 - (0.8 * x) / picture.widthPx;
      const [r, g, b] = pixelAt(picture, x, y);
      return [r * share, g * share, b * share];
    });
    expect(outcome(lit)).toBe(truth);
  });

  it('may be seen at a slight slant', () => {
    const drawn = renderRgba(matrix, { modulePx: 8 });
    const side = drawn.widthPx;
    const slanted = paintedFrame({ widthPx: Math.ceil(side * 1.2), heightPx: side }, (x, y) => {
      const depth = 1 + (0.07 * x) / side;
      return pixelAt(drawn, Math.round(x / depth), Math.round((y - side / 2) / depth + side / 2));
    });
    expect(outcome(slanted)).toBe(truth);
  });

  it('may stand beside a foreign code that is larger', () => {
    const page = paintedFrame({ widthPx: 1200, heightPx: 700 }, () => [255, 255, 255]);
    const both = framedOnPage(ordinaryQr('https://example.org', 4, 14), page, { x: 20, y: 20 });
    expect(outcome(framedOnPage(picture, both, { x: 800, y: 300 }))).toBe(truth);
  });

  it('may be larger than the working size', () => {
    const page = paintedFrame({ widthPx: 3000, heightPx: 1200 }, () => [250, 250, 250]);
    expect(outcome(framedOnPage(picture, page, { x: 1701, y: 611 }))).toBe(truth);
  });

  it('tells which symbol version it was', () => {
    expect(plainMatrixDecoder.decode(picture)).toEqual({ ok: true, value: { payload, version: 3 } });
  });
});

describe('a picture that is not read', () => {
  it('is no symbol when it is empty, tiny, or not a frame at all', () => {
    const white = paintedFrame({ widthPx: 200, heightPx: 200 }, () => [255, 255, 255]);
    expect(outcome(white)).toBe('no_symbol');
    expect(outcome({ widthPx: 1, heightPx: 1, data: new Uint8Array(4) })).toBe('no_symbol');
    expect(outcome({ widthPx: 0, heightPx: 0, data: new Uint8Array(0) })).toBe('no_symbol');
    expect(outcome({ widthPx: Number.NaN, heightPx: 2, data: new Uint8Array(8) })).toBe('no_symbol');
    expect(outcome({ widthPx: -1, heightPx: -1, data: new Uint8Array(4) })).toBe('no_symbol');
    expect(outcome({ ...picture, data: picture.data.subarray(4) })).toBe('no_symbol');
  });

  it('is a foreign code when it is an ordinary QR symbol, however large', () => {
    expect(outcome(ordinaryQr('https://example.org/some/page', 3, 6))).toBe('foreign_code');
    expect(outcome(ordinaryQr('x'.repeat(180), 10, 5))).toBe('foreign_code');
  });

  it('is a foreign code when the planes are ours but the first byte is not', () => {
    const other = provenPayload('foreign');
    other[0] = 0xc2;
    other.set(tagOf(other), other.length - TAG_BYTES);
    expect(outcome(renderRgba(encodeMatrix(other), { modulePx: 6 }))).toBe('foreign_code');
  });

  it('is too large from 7,680 pixels on, before its pixels are looked at', () => {
    const read = plainMatrixDecoder.decode({ widthPx: 7680, heightPx: 1, data: new Uint8Array(7680 * 4) });
    expect(read).toEqual({ ok: false, error: { code: 'too_large', sidePx: 7680, sidePxMax: 7679 } });
  });

  it('is damaged when too many modules are', () => {
    const noise = uniformNoise('damage', 1);
    const modules = matrix.modules.map((colour) => (noise() > 0.3 ? colour ^ 7 : colour));
    const spoilt: ColourMatrix = { ...matrix, modules: keepingFinders(modules) };
    expect(outcome(renderRgba(spoilt, { modulePx: 6 }))).toBe('damaged');
  });

  it('is glare when a white spot hides a part of the symbol', () => {
    const { widthPx } = picture;
    const spot = paintedFrame(picture, (x, y) =>
      Math.hypot(x - widthPx * 0.5, y - widthPx * 0.55) < 45 ? [255, 255, 255] : pixelAt(picture, x, y),
    );
    expect(outcome(spot)).toBe('glare');
  });

  it('is too blurred when modules run into each other', () => {
    const smeared = scaledFrame(renderRgba(matrix, { modulePx: 8 }), 1.1 / 8, 'box');
    expect(outcome(scaledFrame(smeared, 9 / 1.1, 'bilinear'))).toBe('too_blurred');
  });

  it('is too small when modules have less than two pixels and are torn by the scaling', () => {
    const read = plainMatrixDecoder.decode(scaledFrame(picture, 1.4 / 6, 'nearest'), isProven);
    expect(read.ok ? read.value : read.error).toMatchObject({ code: 'too_small' });
    if (!read.ok && read.error.code === 'too_small') expect(read.error.modulePx).toBeCloseTo(1.4, 1);
  });
});

function keepingFinders(modules: Uint8Array): Uint8Array {
  const size = matrix.sizeModules;
  return modules.map((colour, index) => {
    const column = index % size;
    const row = Math.floor(index / size);
    const isFree = column > 8 && row > 8 && !(column >= 20 && row >= 20);
    return isFree ? colour : (matrix.modules[index] ?? 0);
  });
}

describe('what accept refuses', () => {
  it('is never returned, and counts as damaged', () => {
    const seen: string[] = [];
    const refuse = (candidate: Uint8Array): boolean => {
      seen.push(toHex(candidate));
      return false;
    };
    expect(outcome(picture, refuse)).toBe('damaged');
    expect(seen).toContain(truth);
  });

  it('cannot be changed by accept', () => {
    const meddling = (candidate: Uint8Array): boolean => {
      candidate.fill(0);
      return true;
    };
    expect(outcome(picture, meddling)).toBe(truth);
  });

  it('keeps out a picture stitched from two matrices', () => {
    const other = encodeMatrix(provenPayload('other'));
    const modules = matrix.modules.map(
      (colour, index) => (colour & 0b011) | ((other.modules[index] ?? 0) & 0b100),
    );
    const stitched = renderRgba({ ...matrix, modules }, { modulePx: 6 });
    expect(outcome(stitched)).toBe('damaged');
    expect(outcome(stitched, () => true)).toMatch(/^c101/);
  });

  it('is asked for six symbols of a picture and no more', () => {
    const small = renderRgba(matrix, { modulePx: 3 });
    const tiled = paintedFrame({ widthPx: small.widthPx * 4, heightPx: small.heightPx * 2 }, (x, y) =>
      pixelAt(small, x % small.widthPx, y % small.heightPx),
    );
    let askedCount = 0;
    outcome(tiled, () => {
      askedCount += 1;
      return false;
    });
    expect(askedCount).toBeGreaterThan(1);
    expect(askedCount).toBeLessThanOrEqual(6);
  });

  it('lets the decoder go on to the other matrix in the picture', () => {
    const other = renderRgba(encodeMatrix(provenPayload('neighbour')), { modulePx: 6 });
    const page = paintedFrame({ widthPx: 700, heightPx: 300 }, () => [255, 255, 255]);
    const both = framedOnPage(other, framedOnPage(picture, page, { x: 20, y: 20 }), { x: 400, y: 30 });
    for (const wanted of [truth, toHex(provenPayload('neighbour'))]) {
      expect(outcome(both, (candidate) => toHex(candidate) === wanted)).toBe(wanted);
    }
  });
});

describe('channels in another order', () => {
  it('are put in order by the masks', () => {
    const orders = [
      [2, 1, 0],
      [1, 0, 2],
      [0, 2, 1],
      [1, 2, 0],
      [2, 0, 1],
    ] as const;
    for (const [red, green, blue] of orders) {
      const swapped = paintedFrame(picture, (x, y) => {
        const pixel = pixelAt(picture, x, y);
        return [pixel[red], pixel[green], pixel[blue]];
      });
      expect(outcome(swapped)).toBe(truth);
    }
  });

  it('are refused when two planes carry the same mask', () => {
    const modules = matrix.modules.map((colour) => (colour & 0b011) | ((colour & 1) << 2));
    expect(outcome(renderRgba({ ...matrix, modules }, { modulePx: 6 }), () => true)).toBe('foreign_code');
  });
});
