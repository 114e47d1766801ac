import jsqr from 'jsqr';
import type { FormatBits } from './decode-format-bits.ts';
import { restoreFormatBits } from './decode-format-bits.ts';
import { functionModules, KNOWN_DARK, KNOWN_LIGHT } from './decode-function-modules.ts';

const CLEAN_MODULE_PX = 3;
const CLEAN_QUIET_MODULES = 4;

/**
 * The bytes of one plane, errors corrected, or nothing. What is known of the plane (function patterns, format bits)
 * is restored, and the plane drawn again without distortion for an ordinary QR reader: it shares no code with the
 * encoder. Reed-Solomon can correct to wrong bytes; only the payload's tag proves them.
 */
export function planeBytes(
  dark: Uint8Array,
  version: number,
  format: Pick<FormatBits, 'level' | 'mask'>,
): Uint8Array | undefined {
  const sizeModules = 17 + 4 * version;
  const clean = dark.slice();
  functionModules(version).forEach((known, index) => {
    if (known === KNOWN_DARK) clean[index] = 1;
    if (known === KNOWN_LIGHT) clean[index] = 0;
  });
  restoreFormatBits(clean, sizeModules, format);
  const sidePx = (sizeModules + 2 * CLEAN_QUIET_MODULES) * CLEAN_MODULE_PX;
  const pixels = drawn(clean, sizeModules);
  const read = jsqr.default(pixels, sidePx, sidePx, { inversionAttempts: 'dontInvert' });
  return read !== null && read.version === version ? Uint8Array.from(read.binaryData) : undefined;
}

function drawn(dark: Uint8Array, sizeModules: number): Uint8ClampedArray {
  const modulePx = CLEAN_MODULE_PX;
  const sidePx = (sizeModules + 2 * CLEAN_QUIET_MODULES) * modulePx;
  const pixels = new Uint8ClampedArray(sidePx * sidePx * 4).fill(255);
  for (let y = 0; y < sizeModules * modulePx; y += 1) {
    const row = Math.floor(y / modulePx);
    for (let x = 0; x < sizeModules * modulePx; x += 1) {
      if (dark[row * sizeModules + Math.floor(x / modulePx)] !== 1) continue;
      const offset = CLEAN_QUIET_MODULES * modulePx;
      pixels.fill(0, ((y + offset) * sidePx + x + offset) * 4, ((y + offset) * sidePx + x + offset) * 4 + 3);
    }
  }
  return pixels;
}
