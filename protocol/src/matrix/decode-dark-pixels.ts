import type { FramePlanes } from './decode-frame-planes.ts';

/** How the light plane is cut into dark and light. */
export type DarkRule =
  /** Darker than half way between the darkest and the lightest pixel of the frame. */
  | { readonly tag: 'global' }
  /** Darker than `bias` times the mean of a window whose side is the frame's larger side / `windowDivisor`. */
  | { readonly tag: 'local'; readonly windowDivisor: number; readonly bias: number };

/** The rules in the order of trying: a drawn picture needs the first, an unevenly lit or dim one the others. */
export const DARK_RULES: readonly DarkRule[] = [
  { tag: 'global' },
  { tag: 'local', windowDivisor: 7, bias: 0.62 },
  { tag: 'local', windowDivisor: 16, bias: 0.8 },
];

/** One byte per pixel: 1 dark, 0 light. */
export function darkPixels(planes: FramePlanes, rule: DarkRule): Uint8Array {
  return rule.tag === 'global' ? belowMidpoint(planes.light) : belowLocalMean(planes, rule);
}

function belowMidpoint(light: Uint8Array): Uint8Array {
  let lowest = 255;
  let highest = 0;
  for (const value of light) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  const threshold = (lowest + highest) / 2;
  const dark = new Uint8Array(light.length);
  for (let pixel = 0; pixel < light.length; pixel += 1) {
    dark[pixel] = (light[pixel] ?? 0) < threshold ? 1 : 0;
  }
  return dark;
}

function belowLocalMean(
  planes: FramePlanes,
  rule: { readonly windowDivisor: number; readonly bias: number },
): Uint8Array {
  const { widthPx, heightPx, light } = planes;
  const sums = summedArea(planes);
  const stride = widthPx + 1;
  const radius = Math.max(2, Math.round(Math.max(widthPx, heightPx) / rule.windowDivisor / 2));
  const dark = new Uint8Array(light.length);
  for (let y = 0; y < heightPx; y += 1) {
    const top = Math.max(0, y - radius);
    const bottom = Math.min(heightPx, y + radius + 1);
    for (let x = 0; x < widthPx; x += 1) {
      const left = Math.max(0, x - radius);
      const right = Math.min(widthPx, x + radius + 1);
      const sum =
        (sums[bottom * stride + right] ?? 0) -
        (sums[top * stride + right] ?? 0) -
        (sums[bottom * stride + left] ?? 0) +
        (sums[top * stride + left] ?? 0);
      const mean = sum / ((bottom - top) * (right - left));
      dark[y * widthPx + x] = (light[y * widthPx + x] ?? 0) < mean * rule.bias ? 1 : 0;
    }
  }
  return dark;
}

/** The sum over all pixels above and left of each corner. 2,048 x 2,048 x 255 fits into 32 bits. */
function summedArea(planes: FramePlanes): Uint32Array {
  const { widthPx, heightPx, light } = planes;
  const stride = widthPx + 1;
  const sums = new Uint32Array(stride * (heightPx + 1));
  for (let y = 0; y < heightPx; y += 1) {
    let row = 0;
    for (let x = 0; x < widthPx; x += 1) {
      row += light[y * widthPx + x] ?? 0;
      sums[(y + 1) * stride + x + 1] = (sums[y * stride + x + 1] ?? 0) + row;
    }
  }
  return sums;
}
