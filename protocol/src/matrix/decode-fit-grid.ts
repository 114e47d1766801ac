import type { FinderTriple } from './decode-finder-triples.ts';
import type { FramePlanes } from './decode-frame-planes.ts';
import { functionModules, KNOWN_DARK, KNOWN_LIGHT } from './decode-function-modules.ts';
import type { GridCorners, GridTransform, Point } from './decode-grid.ts';
import { gridTransform, toPixel } from './decode-grid.ts';

/** A symbol that was located: its version, and the map from its modules to the picture. */
export type FittedGrid = {
  readonly version: number;
  readonly sizeModules: number;
  readonly corners: GridCorners;
  readonly grid: GridTransform;
  readonly modulePx: number;
  /** How much lighter the light function modules are than the dark ones, 0 to 255. */
  readonly contrast: number;
  /** The share of function modules that lie on their own side of the middle, 0 to 1. */
  readonly agreement: number;
};

type Probe = { readonly u: number; readonly v: number; readonly isDark: boolean };
type Score = { readonly contrast: number; readonly agreement: number };

const VERSION_MAX = 40;
// Versions tried on either side of what the distances say: the error grows with the size.
const VERSION_SLACK_SHARE = 0.12;
// Below this share of agreeing function modules three finders are an accident and not a symbol.
const AGREEMENT_MIN = 0.82;
const AGREEMENT_PERFECT = 0.995;
const CLIMB_STEPS_MODULES = [0.6, 0.3, 0.15, 0.07];
const CLIMB_ROUNDS_MAX = 4;

/** Finds the version and the place of the symbol that three finders belong to, or nothing. */
export function fitGrid(planes: FramePlanes, triple: FinderTriple): FittedGrid | undefined {
  const start = parallelogram(triple);
  let best: FittedGrid | undefined;
  for (const version of candidateVersions(triple.sizeModules)) {
    const fitted = scoredGrid(planes, { version, corners: start });
    if (best === undefined || fitted.contrast > best.contrast) best = fitted;
  }
  if (best === undefined || best.contrast <= 0) return undefined;
  const isSharp = best.agreement >= AGREEMENT_PERFECT && best.modulePx >= 5;
  const climbed = isSharp ? best : climb(planes, best);
  return climbed.agreement >= AGREEMENT_MIN ? climbed : undefined;
}

function candidateVersions(sizeModules: number): number[] {
  const middle = (sizeModules - 17) / 4;
  const slack = Math.max(1, (sizeModules * VERSION_SLACK_SHARE) / 4);
  const versions: number[] = [];
  for (let version = 1; version <= VERSION_MAX; version += 1) {
    if (Math.abs(version - middle) <= slack) versions.push(version);
  }
  return versions;
}

function parallelogram(triple: FinderTriple): GridCorners {
  const { topLeft, topRight, bottomLeft } = triple;
  const bottomRight = { x: topRight.x + bottomLeft.x - topLeft.x, y: topRight.y + bottomLeft.y - topLeft.y };
  return [topLeft, topRight, bottomRight, bottomLeft];
}

function scoredGrid(
  planes: FramePlanes,
  place: { readonly version: number; readonly corners: GridCorners },
): FittedGrid {
  const { version, corners } = place;
  const sizeModules = 17 + 4 * version;
  const grid = gridTransform(corners, sizeModules);
  const [topLeft, topRight] = corners;
  const modulePx = Math.hypot(topRight.x - topLeft.x, topRight.y - topLeft.y) / (sizeModules - 7);
  return { version, sizeModules, corners, grid, modulePx, ...score(planes, grid, probesOf(version)) };
}

/** Moves one corner at a time as long as light and dark function modules draw apart. */
function climb(planes: FramePlanes, from: FittedGrid): FittedGrid {
  const probes = probesOf(from.version);
  let corners = from.corners;
  let best: Score = from;
  for (const step of CLIMB_STEPS_MODULES) {
    const stepPx = step * from.modulePx;
    for (let round = 0; round < CLIMB_ROUNDS_MAX; round += 1) {
      let isBetter = false;
      for (const moved of neighbours(corners, stepPx)) {
        const scored = score(planes, gridTransform(moved, from.sizeModules), probes);
        if (scored.contrast <= best.contrast) continue;
        best = scored;
        corners = moved;
        isBetter = true;
      }
      if (!isBetter) break;
    }
  }
  return scoredGrid(planes, { version: from.version, corners });
}

function neighbours(corners: GridCorners, stepPx: number): GridCorners[] {
  const moves: GridCorners[] = [];
  const directions = [
    [stepPx, 0],
    [-stepPx, 0],
    [0, stepPx],
    [0, -stepPx],
  ] as const;
  for (const [dx, dy] of directions) {
    const moved = (point: Point): Point => ({ x: point.x + dx, y: point.y + dy });
    const [p0, p1, p2, p3] = corners;
    moves.push([moved(p0), p1, p2, p3], [p0, moved(p1), p2, p3]);
    moves.push([p0, p1, moved(p2), p3], [p0, p1, p2, moved(p3)]);
  }
  return moves;
}

const probeCache = new Map<number, readonly Probe[]>();

/** The modules whose colour is known: function patterns, and one ring of the quiet zone. */
function probesOf(version: number): readonly Probe[] {
  const cached = probeCache.get(version);
  if (cached !== undefined) return cached;
  const size = 17 + 4 * version;
  const map = functionModules(version);
  const probes: Probe[] = [];
  for (let row = -1; row <= size; row += 1) {
    for (let column = -1; column <= size; column += 1) {
      const isOutside = row < 0 || column < 0 || row === size || column === size;
      const known = isOutside ? KNOWN_LIGHT : map[row * size + column];
      if (known !== KNOWN_LIGHT && known !== KNOWN_DARK) continue;
      probes.push({ u: column + 0.5, v: row + 0.5, isDark: known === KNOWN_DARK });
    }
  }
  probeCache.set(version, probes);
  return probes;
}

function score(planes: FramePlanes, grid: GridTransform, probes: readonly Probe[]): Score {
  const { light, widthPx, heightPx } = planes;
  const values = new Float32Array(probes.length);
  const sums = [0, 0];
  const counts = [0, 0];
  for (let index = 0; index < probes.length; index += 1) {
    const probe = probes[index];
    if (probe === undefined) continue;
    const { x, y } = toPixel(grid, probe.u, probe.v);
    const value = sampleAt({ plane: light, widthPx, heightPx }, x, y);
    values[index] = value;
    if (value < 0) continue;
    const side = probe.isDark ? 1 : 0;
    sums[side] = (sums[side] ?? 0) + value;
    counts[side] = (counts[side] ?? 0) + 1;
  }
  const meanLight = (sums[0] ?? 0) / Math.max(1, counts[0] ?? 0);
  const meanDark = (sums[1] ?? 0) / Math.max(1, counts[1] ?? 0);
  const middle = (meanLight + meanDark) / 2;
  let agreeing = 0;
  for (let index = 0; index < probes.length; index += 1) {
    const value = values[index] ?? -1;
    if (value >= 0 && value < middle === probes[index]?.isDark) agreeing += 1;
  }
  const seen = (counts[0] ?? 0) + (counts[1] ?? 0);
  // A grid that hangs out of the picture could agree with the little that is left.
  const contrast = seen < probes.length / 2 ? 0 : meanLight - meanDark;
  return { contrast, agreement: agreeing / Math.max(1, seen) };
}

/** The value at a place, interpolated between the four nearest pixel centres; -1 outside the picture. */
export function sampleAt(
  image: { readonly plane: Uint8Array; readonly widthPx: number; readonly heightPx: number },
  x: number,
  y: number,
): number {
  const { plane, widthPx, heightPx } = image;
  if (!(x >= 0 && y >= 0 && x < widthPx && y < heightPx)) return -1;
  const left = Math.min(Math.max(x - 0.5, 0), widthPx - 1);
  const top = Math.min(Math.max(y - 0.5, 0), heightPx - 1);
  const x0 = Math.floor(left);
  const y0 = Math.floor(top);
  const x1 = Math.min(x0 + 1, widthPx - 1);
  const y1 = Math.min(y0 + 1, heightPx - 1);
  const fx = left - x0;
  const fy = top - y0;
  const upper = (plane[y0 * widthPx + x0] ?? 0) * (1 - fx) + (plane[y0 * widthPx + x1] ?? 0) * fx;
  const lower = (plane[y1 * widthPx + x0] ?? 0) * (1 - fx) + (plane[y1 * widthPx + x1] ?? 0) * fx;
  return upper * (1 - fy) + lower * fy;
}
