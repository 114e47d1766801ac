import { encode } from 'fast-png';
import type { RgbaFrame } from '../ports/index.ts';

/** Writes a frame as an 8-bit PNG: RGB when every pixel is opaque, RGBA otherwise. Lossless. */
export function writePng(frame: RgbaFrame): Uint8Array {
  const { widthPx, heightPx, data } = frame;
  if (!isOpaque(data)) return encode({ width: widthPx, height: heightPx, data, channels: 4 });
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  for (let pixel = 0; pixel < widthPx * heightPx; pixel += 1) {
    rgb[pixel * 3] = data[pixel * 4] ?? 0;
    rgb[pixel * 3 + 1] = data[pixel * 4 + 1] ?? 0;
    rgb[pixel * 3 + 2] = data[pixel * 4 + 2] ?? 0;
  }
  return encode({ width: widthPx, height: heightPx, data: rgb, channels: 3 });
}

function isOpaque(data: Uint8Array): boolean {
  for (let at = 3; at < data.length; at += 4) {
    if (data[at] !== 255) return false;
  }
  return true;
}
