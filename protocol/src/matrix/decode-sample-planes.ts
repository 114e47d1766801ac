import type { FittedGrid } from './decode-fit-grid.ts';
import { sampleAt } from './decode-fit-grid.ts';
import type { FramePlanes } from './decode-frame-planes.ts';
import { functionModules, KNOWN_DARK, KNOWN_LIGHT } from './decode-function-modules.ts';
import { toPixel } from './decode-grid.ts';

/** One colour plane of a located symbol, read module by module. */
export type SampledPlane = {
  /** Row by row: 1 dark, 0 light. */
  readonly dark: Uint8Array;
  /** Row by row: -1 is the black and +1 the white of this plane; near 0 is doubtful. */
  readonly soft: Float32Array;
};

export type SampledPlanes = readonly [red: SampledPlane, green: SampledPlane, blue: SampledPlane];

// The taps of a module, in modules from its middle: wide enough to average noise, away from the neighbours.
const TAP_MODULES = 0.2;
const TAPS = [
  [0, 0],
  [TAP_MODULES, 0],
  [-TAP_MODULES, 0],
  [0, TAP_MODULES],
  [0, -TAP_MODULES],
] as const;

/** Reads every module of the three planes; black and white of each plane are learnt from the function patterns. */
export function samplePlanes(planes: FramePlanes, fitted: FittedGrid): SampledPlanes {
  const [red, green, blue] = planes.colours;
  const map = functionModules(fitted.version);
  const sampled = (plane: Uint8Array): SampledPlane => normalised(moduleMeans(planes, plane, fitted), map);
  return [sampled(red), sampled(green), sampled(blue)];
}

function moduleMeans(planes: FramePlanes, plane: Uint8Array, fitted: FittedGrid): Float32Array {
  const { sizeModules, grid } = fitted;
  const image = { plane, widthPx: planes.widthPx, heightPx: planes.heightPx };
  const means = new Float32Array(sizeModules * sizeModules);
  for (let row = 0; row < sizeModules; row += 1) {
    for (let column = 0; column < sizeModules; column += 1) {
      let sum = 0;
      for (const [du, dv] of TAPS) {
        const { x, y } = toPixel(grid, column + 0.5 + du, row + 0.5 + dv);
        sum += Math.max(0, sampleAt(image, x, y));
      }
      means[row * sizeModules + column] = sum / TAPS.length;
    }
  }
  return means;
}

function normalised(means: Float32Array, map: Uint8Array): SampledPlane {
  const black = meanWhere(means, map, KNOWN_DARK);
  const white = meanWhere(means, map, KNOWN_LIGHT);
  const half = Math.max(1, (white - black) / 2);
  const middle = (white + black) / 2;
  const soft = means.map((value) => (value - middle) / half);
  return { soft, dark: Uint8Array.from(soft, (value) => (value < 0 ? 1 : 0)) };
}

function meanWhere(means: Float32Array, map: Uint8Array, known: number): number {
  let sum = 0;
  let count = 0;
  for (let index = 0; index < means.length; index += 1) {
    if (map[index] !== known) continue;
    sum += means[index] ?? 0;
    count += 1;
  }
  return sum / Math.max(1, count);
}
