import { assert } from '../bytes/index.ts';
import type { RgbaFrame } from '../ports/index.ts';

/** How a picture is scaled: as browsers do with `pixelated`, smoothly, or by averaging areas. */
export type ScaleMethod = 'nearest' | 'bilinear' | 'box';

type Rgb = readonly [red: number, green: number, blue: number];

/** A picture painted pixel by pixel. */
export function paintedFrame(
  size: { readonly widthPx: number; readonly heightPx: number },
  colourAt: (x: number, y: number) => Rgb,
): RgbaFrame {
  const { widthPx, heightPx } = size;
  const data = new Uint8Array(widthPx * heightPx * 4).fill(255);
  for (let y = 0; y < heightPx; y += 1) {
    for (let x = 0; x < widthPx; x += 1) {
      data.set(colourAt(x, y), (y * widthPx + x) * 4);
    }
  }
  return { widthPx, heightPx, data };
}

/** The colour of one pixel; places outside take the nearest pixel of the edge. */
export function pixelAt(frame: RgbaFrame, x: number, y: number): Rgb {
  const column = Math.min(frame.widthPx - 1, Math.max(0, x));
  const row = Math.min(frame.heightPx - 1, Math.max(0, y));
  const at = (row * frame.widthPx + column) * 4;
  return [frame.data[at] ?? 0, frame.data[at + 1] ?? 0, frame.data[at + 2] ?? 0];
}

/** The picture `factor` times as large, by any positive factor. */
export function scaledFrame(frame: RgbaFrame, factor: number, method: ScaleMethod): RgbaFrame {
  assert(factor > 0, 'the factor is positive');
  const size = {
    widthPx: Math.max(1, Math.round(frame.widthPx * factor)),
    heightPx: Math.max(1, Math.round(frame.heightPx * factor)),
  };
  if (method === 'nearest') {
    return paintedFrame(size, (x, y) =>
      pixelAt(frame, Math.floor((x + 0.5) / factor), Math.floor((y + 0.5) / factor)),
    );
  }
  const reach = method === 'box' ? Math.max(1, 1 / factor) : 1;
  return paintedFrame(size, (x, y) => blended(frame, (x + 0.5) / factor, (y + 0.5) / factor, reach));
}

/** The weighted mean around a place: a tent of width 1 for smooth scaling, a box of one target pixel for areas. */
function blended(frame: RgbaFrame, x: number, y: number, reach: number): Rgb {
  const sums = [0, 0, 0];
  let total = 0;
  const radius = reach / 2 + 0.5;
  for (let row = Math.floor(y - radius); row <= Math.ceil(y + radius); row += 1) {
    for (let column = Math.floor(x - radius); column <= Math.ceil(x + radius); column += 1) {
      const across = Math.max(0, Math.min(1, radius - Math.abs(column + 0.5 - x)));
      const down = Math.max(0, Math.min(1, radius - Math.abs(row + 0.5 - y)));
      const weight = across * down;
      if (weight === 0) continue;
      total += weight;
      pixelAt(frame, column, row).forEach((value, channel) => {
        sums[channel] = (sums[channel] ?? 0) + value * weight;
      });
    }
  }
  const mean = (channel: number): number => Math.round((sums[channel] ?? 0) / total);
  return [mean(0), mean(1), mean(2)];
}

/** The picture turned clockwise by quarter turns. */
export function turnedFrame(frame: RgbaFrame, quarterTurns: number): RgbaFrame {
  const { widthPx, heightPx } = frame;
  switch (((quarterTurns % 4) + 4) % 4) {
    case 1:
      return paintedFrame({ widthPx: heightPx, heightPx: widthPx }, (x, y) =>
        pixelAt(frame, y, heightPx - 1 - x),
      );
    case 2:
      return paintedFrame({ widthPx, heightPx }, (x, y) => pixelAt(frame, widthPx - 1 - x, heightPx - 1 - y));
    case 3:
      return paintedFrame({ widthPx: heightPx, heightPx: widthPx }, (x, y) =>
        pixelAt(frame, widthPx - 1 - y, x),
      );
    default:
      return frame;
  }
}

/** The picture laid on a page at a place. */
export function framedOnPage(
  frame: RgbaFrame,
  page: RgbaFrame,
  place: { readonly x: number; readonly y: number },
): RgbaFrame {
  return paintedFrame(page, (x, y) => {
    const column = x - place.x;
    const row = y - place.y;
    const isInside = column >= 0 && row >= 0 && column < frame.widthPx && row < frame.heightPx;
    return isInside ? pixelAt(frame, column, row) : pixelAt(page, x, y);
  });
}

/** The picture with its colour kept only once per 2 x 2 pixels, as JPEG and video store it. */
export function chromaHalvedFrame(frame: RgbaFrame): RgbaFrame {
  const lightness = ([r, g, b]: Rgb): number => 0.299 * r + 0.587 * g + 0.114 * b;
  return paintedFrame(frame, (x, y) => {
    const left = x - (x % 2);
    const top = y - (y % 2);
    const block = [
      pixelAt(frame, left, top),
      pixelAt(frame, left + 1, top),
      pixelAt(frame, left, top + 1),
      pixelAt(frame, left + 1, top + 1),
    ];
    const own = lightness(pixelAt(frame, x, y));
    const colour = (channel: 0 | 1 | 2): number => {
      const chroma = block.reduce((sum, pixel) => sum + pixel[channel] - lightness(pixel), 0) / 4;
      return clamped(own + chroma);
    };
    return [colour(0), colour(1), colour(2)];
  });
}

/** The picture with every channel changed by `offset()`, for instance seeded noise. */
export function shiftedFrame(frame: RgbaFrame, offset: () => number): RgbaFrame {
  return paintedFrame(frame, (x, y) => {
    const [r, g, b] = pixelAt(frame, x, y);
    return [clamped(r + offset()), clamped(g + offset()), clamped(b + offset())];
  });
}

function clamped(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}
