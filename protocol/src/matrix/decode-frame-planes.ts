import type { Result } from '../bytes/index.ts';
import { err, ok } from '../bytes/index.ts';
import type { MatrixReadError, RgbaFrame } from '../ports/index.ts';

/** A frame taken apart for reading: one byte per pixel in each plane. */
export type FramePlanes = {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Red, green and blue. */
  readonly colours: readonly [Uint8Array, Uint8Array, Uint8Array];
  /** The largest of the three: only black stays dark in it, so function patterns stand alone. */
  readonly light: Uint8Array;
};

/** The largest side that is looked at as it is; a larger frame is first scaled down. docs/spec/matrix.md, "Limits". */
const WORKING_SIDE_PX_MAX = 2048;

/** The largest side of a frame that is looked at. */
const FRAME_SIDE_PX_MAX = 7679;

/**
 * Splits a frame into planes, scaling it down by a whole factor when it is larger than the working size. Alpha is
 * not looked at. The working memory is bounded: four planes of at most 2,048 x 2,048 bytes.
 */
export function framePlanes(frame: RgbaFrame): Result<FramePlanes, MatrixReadError> {
  const { widthPx, heightPx, data } = frame;
  const isFrame = Number.isInteger(widthPx) && Number.isInteger(heightPx) && widthPx > 0 && heightPx > 0;
  if (!isFrame) return err({ code: 'no_symbol' });
  const sidePx = Math.max(widthPx, heightPx);
  if (sidePx > FRAME_SIDE_PX_MAX) {
    return err({ code: 'too_large', sidePx, sidePxMax: FRAME_SIDE_PX_MAX });
  }
  if (data.length !== widthPx * heightPx * 4) return err({ code: 'no_symbol' });
  const factor = Math.ceil(sidePx / WORKING_SIDE_PX_MAX);
  return ok(factor === 1 ? splitPlanes(frame) : splitScaled(frame, factor));
}

function emptyPlanes(widthPx: number, heightPx: number): FramePlanes {
  const plane = (): Uint8Array => new Uint8Array(widthPx * heightPx);
  return { widthPx, heightPx, colours: [plane(), plane(), plane()], light: plane() };
}

function splitPlanes(frame: RgbaFrame): FramePlanes {
  const { data } = frame;
  const planes = emptyPlanes(frame.widthPx, frame.heightPx);
  const { light } = planes;
  const [red, green, blue] = planes.colours;
  for (let pixel = 0; pixel < light.length; pixel += 1) {
    const r = data[pixel * 4] ?? 0;
    const g = data[pixel * 4 + 1] ?? 0;
    const b = data[pixel * 4 + 2] ?? 0;
    red[pixel] = r;
    green[pixel] = g;
    blue[pixel] = b;
    light[pixel] = r > g ? (r > b ? r : b) : g > b ? g : b;
  }
  return planes;
}

/** Averages blocks of `factor` x `factor` pixels; a rest at the right and lower edge is left out. */
function splitScaled(frame: RgbaFrame, factor: number): FramePlanes {
  const widthPx = Math.floor(frame.widthPx / factor);
  const heightPx = Math.floor(frame.heightPx / factor);
  const planes = emptyPlanes(widthPx, heightPx);
  planes.colours.forEach((plane, channel) => {
    for (let y = 0; y < heightPx; y += 1) {
      for (let x = 0; x < widthPx; x += 1) {
        plane[y * widthPx + x] = blockMean(frame, { x: x * factor, y: y * factor, factor, channel });
      }
    }
    for (let pixel = 0; pixel < plane.length; pixel += 1) {
      planes.light[pixel] = Math.max(planes.light[pixel] ?? 0, plane[pixel] ?? 0);
    }
  });
  return planes;
}

function blockMean(
  frame: RgbaFrame,
  block: { readonly x: number; readonly y: number; readonly factor: number; readonly channel: number },
): number {
  const { x, y, factor, channel } = block;
  let sum = 0;
  for (let dy = 0; dy < factor; dy += 1) {
    let at = ((y + dy) * frame.widthPx + x) * 4 + channel;
    for (let dx = 0; dx < factor; dx += 1) {
      sum += frame.data[at] ?? 0;
      at += 4;
    }
  }
  return Math.round(sum / (factor * factor));
}
