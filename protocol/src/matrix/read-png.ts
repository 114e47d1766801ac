import type { DecodedPng } from 'fast-png';
import { decode } from 'fast-png';
import type { Result } from '../bytes/index.ts';
import { err, ok } from '../bytes/index.ts';
import type { RgbaFrame } from '../ports/index.ts';
import type { PngHeader } from './png-chunks.ts';
import { readPngChunks } from './png-chunks.ts';
import { inflatedSize } from './png-inflated-size.ts';
import { pngToRgba } from './png-pixels.ts';

/** Why a PNG was not read. */
export type PngError =
  | { readonly code: 'not_a_png' }
  | { readonly code: 'truncated' }
  | { readonly code: 'damaged' }
  /** A kind of PNG that is not read: an interlaced picture with less than 8 bits a sample. */
  | { readonly code: 'unsupported' }
  | { readonly code: 'too_large'; readonly pixelCount: number; readonly pixelCountMax: number };

/** The largest picture that is opened, in pixels: a screenshot of 5,120 x 2,880 fits. */
const PIXEL_COUNT_MAX = 16_777_216;

// Samples per pixel by PNG colour type, and the depths that the PNG specification allows for it.
const COLOUR_TYPES: ReadonlyMap<number, { readonly samples: number; readonly depths: readonly number[] }> =
  new Map([
    [0, { samples: 1, depths: [1, 2, 4, 8, 16] }],
    [2, { samples: 3, depths: [8, 16] }],
    [3, { samples: 1, depths: [1, 2, 4, 8] }],
    [4, { samples: 2, depths: [8, 16] }],
    [6, { samples: 4, depths: [8, 16] }],
  ]);

/**
 * Reads a PNG file as RGBA pixels: 8 and 16 bits, grey, palette and colour; transparency is laid over white.
 * Total and bounded: the size is checked before anything is unpacked, and no file unpacks to more than its header
 * says. Checksums are verified, so a damaged file is an error and not a picture.
 */
export function readPng(bytes: Uint8Array): Result<RgbaFrame, PngError> {
  const chunks = readPngChunks(bytes);
  if (!chunks.ok) return err({ code: chunks.error });
  const { header, imageData, essentialFile } = chunks.value;
  const pixelCount = header.widthPx * header.heightPx;
  if (pixelCount > PIXEL_COUNT_MAX) {
    return err({ code: 'too_large', pixelCount, pixelCountMax: PIXEL_COUNT_MAX });
  }
  const kind = COLOUR_TYPES.get(header.colourType);
  if (pixelCount === 0 || kind?.depths.includes(header.depthBits) !== true) return err({ code: 'damaged' });
  if (header.isInterlaced && header.depthBits < 8) return err({ code: 'unsupported' });
  const expectedBytes = inflatedBytes(header, kind.samples);
  const inflated = inflatedSize(imageData, expectedBytes);
  if (!inflated.isSound || inflated.foundBytes !== expectedBytes) return err({ code: 'damaged' });
  const picture = decodeOrUndefined(essentialFile);
  return picture === undefined ? err({ code: 'damaged' }) : ok(pngToRgba(picture, header.colourType));
}

function decodeOrUndefined(file: Uint8Array): DecodedPng | undefined {
  try {
    return decode(file, { checkCrc: true });
  } catch {
    // The library reports every malformed file by throwing; which part was malformed helps nobody here.
    return undefined;
  }
}

/** The exact size that the unpacked scan lines must have, filter bytes included. */
function inflatedBytes(header: PngHeader, samples: number): number {
  const { widthPx, heightPx, depthBits, isInterlaced } = header;
  const passBytes = (width: number, height: number): number =>
    width === 0 ? 0 : height * (1 + Math.ceil((width * samples * depthBits) / 8));
  if (!isInterlaced) return passBytes(widthPx, heightPx);
  // Adam7: [first column, first row, column step, row step] of each pass.
  const passes = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ] as const;
  return passes.reduce(
    (sum, [x, y, stepX, stepY]) =>
      sum +
      passBytes(Math.ceil(Math.max(0, widthPx - x) / stepX), Math.ceil(Math.max(0, heightPx - y) / stepY)),
    0,
  );
}
