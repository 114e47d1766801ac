import { assert } from '../bytes/index.ts';
import type { RgbaFrame } from '../ports/index.ts';
import type { ColourMatrix } from './colour-matrix.ts';
import { moduleAt, QUIET_MODULES } from './colour-matrix.ts';

/** How large a picture is drawn. */
export type RenderOptions = {
  /** Pixels along one side of a module; a whole number. */
  readonly modulePx: number;
  /** White modules on each side; the format's quiet zone unless told. */
  readonly quietModules?: number;
};

/** The largest side of a picture that is drawn, in pixels. */
const RENDER_SIDE_PX_MAX = 4096;

/**
 * Draws the matrix as opaque RGBA pixels, whole pixels per module and no smoothing.
 *
 * @throws InvariantError when the module size is not a whole number or the picture would be too large
 */
export function renderRgba(matrix: ColourMatrix, options: RenderOptions): RgbaFrame {
  const { modulePx, quietModules = QUIET_MODULES } = options;
  const sidePx = renderedSidePx(matrix, options);
  const data = new Uint8Array(sidePx * sidePx * 4).fill(255);
  for (let y = 0; y < sidePx; y += 1) {
    const row = Math.floor(y / modulePx) - quietModules;
    for (let x = 0; x < sidePx; x += 1) {
      const colour = moduleAt(matrix, Math.floor(x / modulePx) - quietModules, row);
      const at = (y * sidePx + x) * 4;
      data[at] = (colour & 1) * 255;
      data[at + 1] = ((colour >> 1) & 1) * 255;
      data[at + 2] = ((colour >> 2) & 1) * 255;
    }
  }
  return { widthPx: sidePx, heightPx: sidePx, data };
}

/** The side of the drawn picture in pixels, quiet zone included. */
export function renderedSidePx(matrix: ColourMatrix, options: RenderOptions): number {
  const { modulePx, quietModules = QUIET_MODULES } = options;
  assert(Number.isInteger(modulePx) && modulePx >= 1, 'a module is a whole number of pixels');
  assert(Number.isInteger(quietModules) && quietModules >= 0, 'the quiet zone is a whole number of modules');
  const sidePx = (matrix.sizeModules + 2 * quietModules) * modulePx;
  assert(sidePx <= RENDER_SIDE_PX_MAX, 'the picture is not larger than the largest side');
  return sidePx;
}
