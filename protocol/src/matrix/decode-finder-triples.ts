import type { Finder } from './decode-finders.ts';

/** Three finders in the places they have in a symbol, in a picture that is not mirrored. */
export type FinderTriple = {
  readonly topLeft: Finder;
  readonly topRight: Finder;
  readonly bottomLeft: Finder;
  readonly modulePx: number;
  /** The side of the symbol in modules as the distances say it; not yet a whole number. */
  readonly sizeModules: number;
  /** 0 is a perfect half square. */
  readonly skew: number;
};

// The finders that are combined, and the combinations that are looked at: both bound the work on a hostile page.
const COMBINED_COUNT_MAX = 24;
const TRIPLE_COUNT_MAX = 12;
// Symbols of versions 1 and 40, with room for a wrong guess of the module size.
const SIZE_MODULES_MIN = 15;
const SIZE_MODULES_MAX = 200;

/** Combines finders into half squares, the best first. `finders` come in the order of trust. */
export function finderTriples(finders: readonly Finder[]): FinderTriple[] {
  const chosen = finders.slice(0, COMBINED_COUNT_MAX);
  const triples: FinderTriple[] = [];
  for (const [first, a] of chosen.entries()) {
    for (const [second, b] of chosen.entries()) {
      if (second <= first) continue;
      for (const c of chosen.slice(second + 1)) {
        const triple = asTriple(a, b, c);
        if (triple !== undefined) triples.push(triple);
      }
    }
  }
  return triples.sort((a, b) => doubt(a) - doubt(b)).slice(0, TRIPLE_COUNT_MAX);
}

/** Among half squares alike, a small one is rather a symbol, and a large one rather made of several symbols. */
function doubt(triple: FinderTriple): number {
  return triple.skew + triple.sizeModules / SIZE_MODULES_MAX;
}

function asTriple(a: Finder, b: Finder, c: Finder): FinderTriple | undefined {
  const modulePx = (a.modulePx + b.modulePx + c.modulePx) / 3;
  const spread = (Math.max(a.modulePx, b.modulePx, c.modulePx) - modulePx) / modulePx;
  if (spread > 0.35) return undefined;
  const ab = distance(a, b);
  const bc = distance(b, c);
  const ca = distance(c, a);
  // The corner finder lies opposite the longest side.
  const [corner, one, other] =
    bc >= ab && bc >= ca ? [a, b, c] : ca >= ab && ca >= bc ? [b, c, a] : [c, a, b];
  const left = distance(corner, one);
  const right = distance(corner, other);
  const shorter = Math.min(left, right);
  if (shorter <= 7 * modulePx) return undefined;
  const stretch = Math.max(left, right) / shorter - 1;
  const cosine = Math.abs(dot(corner, one, other)) / (left * right);
  if (stretch > 0.25 || cosine > 0.25) return undefined;
  const sizeModules = (left + right) / 2 / moduleAlong(corner, one, modulePx) + 7;
  if (sizeModules < SIZE_MODULES_MIN || sizeModules > SIZE_MODULES_MAX) return undefined;
  const isClockwise = cross(corner, one, other) > 0;
  const [topRight, bottomLeft] = isClockwise ? [one, other] : [other, one];
  return { topLeft: corner, topRight, bottomLeft, modulePx, sizeModules, skew: stretch + cosine + spread };
}

/** Runs along rows and columns are longer than a module when the symbol is turned: by 1 / cos of the turn. */
function moduleAlong(corner: Finder, one: Finder, modulePx: number): number {
  const length = distance(corner, one);
  return (modulePx * Math.max(Math.abs(one.x - corner.x), Math.abs(one.y - corner.y))) / length;
}

function distance(a: Finder, b: Finder): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function dot(corner: Finder, a: Finder, b: Finder): number {
  return (a.x - corner.x) * (b.x - corner.x) + (a.y - corner.y) * (b.y - corner.y);
}

function cross(corner: Finder, a: Finder, b: Finder): number {
  return (a.x - corner.x) * (b.y - corner.y) - (a.y - corner.y) * (b.x - corner.x);
}
