import type { DecodedPng } from 'fast-png';
import type { RgbaFrame } from '../ports/index.ts';

type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

const PALETTE_COLOUR_TYPE = 3;
const WHITE = 255;

/** Unpacked PNG samples as opaque RGBA pixels: 16 bits rounded to 8, transparency laid over white. */
export function pngToRgba(png: DecodedPng, colourType: number): RgbaFrame {
  const { width, height } = png;
  if (isOpaqueColour(png)) return { widthPx: width, heightPx: height, data: opaquePixels(png) };
  const data = new Uint8Array(width * height * 4);
  const pixelAt = colourType === PALETTE_COLOUR_TYPE ? paletteReader(png) : sampleReader(png);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const [red, green, blue, alpha] = pixelAt(pixel % width, Math.floor(pixel / width));
    data[pixel * 4] = overWhite(red, alpha);
    data[pixel * 4 + 1] = overWhite(green, alpha);
    data[pixel * 4 + 2] = overWhite(blue, alpha);
    data[pixel * 4 + 3] = 255;
  }
  return { widthPx: width, heightPx: height, data };
}

/** The one kind that every picture of ours has, and most screenshots: it needs no arithmetic. */
function isOpaqueColour(png: DecodedPng): boolean {
  return png.depth === 8 && png.channels === 3 && png.transparency === undefined;
}

function opaquePixels(png: DecodedPng): Uint8Array {
  const { data } = png;
  const pixels = new Uint8Array(png.width * png.height * 4);
  for (let from = 0, to = 0; to < pixels.length; from += 3, to += 4) {
    pixels[to] = data[from] ?? 0;
    pixels[to + 1] = data[from + 1] ?? 0;
    pixels[to + 2] = data[from + 2] ?? 0;
    pixels[to + 3] = 255;
  }
  return pixels;
}

function overWhite(value: number, alpha: number): number {
  return Math.round((value * alpha + WHITE * (255 - alpha)) / 255);
}

function paletteReader(png: DecodedPng): (x: number, y: number) => Rgba {
  const sample = packedSamples(png);
  const colours: Rgba[] = (png.palette ?? []).map((entry) => [
    entry[0] ?? 0,
    entry[1] ?? 0,
    entry[2] ?? 0,
    entry[3] ?? 255,
  ]);
  // An index past the palette is an error of the file; viewers show black, and so do we.
  return (x, y) => colours[sample(x, y, 0)] ?? [0, 0, 0, 255];
}

function sampleReader(png: DecodedPng): (x: number, y: number) => Rgba {
  const { channels, depth } = png;
  const sample = packedSamples(png);
  const largest = 2 ** depth - 1;
  const isColour = channels >= 3;
  const hasAlpha = channels === 2 || channels === 4;
  const key = png.transparency;
  const scale = (value: number): number => Math.round((value * 255) / largest);
  return (x, y) => {
    const red = sample(x, y, 0);
    const green = isColour ? sample(x, y, 1) : red;
    const blue = isColour ? sample(x, y, 2) : red;
    if (hasAlpha) return [scale(red), scale(green), scale(blue), scale(sample(x, y, channels - 1))];
    const isKey = key !== undefined && red === key[0] && (!isColour || (green === key[1] && blue === key[2]));
    return [scale(red), scale(green), scale(blue), isKey ? 0 : 255];
  };
}

/** Reads one sample; less than 8 bits are packed from the high bit, each row beginning on a byte. */
function packedSamples(png: DecodedPng): (x: number, y: number, channel: number) => number {
  const { data, width, channels, depth } = png;
  if (depth >= 8) return (x, y, channel) => data[(y * width + x) * channels + channel] ?? 0;
  const rowBytes = Math.ceil((width * depth) / 8);
  const perByte = 8 / depth;
  const bits = 2 ** depth - 1;
  return (x, y) => {
    const byte = data[y * rowBytes + Math.floor(x / perByte)] ?? 0;
    return (byte >> (8 - depth * ((x % perByte) + 1))) & bits;
  };
}
