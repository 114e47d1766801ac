/** A place that looks like a finder pattern: dark and light runs of 1:1:3:1:1 across it in both directions. */
export type Finder = {
  readonly x: number;
  readonly y: number;
  readonly modulePx: number;
  /** Rows that crossed it. */
  readonly hitCount: number;
};

/** A picture of ones (dark) and zeros. */
export type DarkImage = { readonly widthPx: number; readonly heightPx: number; readonly dark: Uint8Array };

type Line = {
  readonly start: number;
  readonly step: number;
  readonly count: number;
};

// A page full of fake finders costs no more than this: further ones are only counted to those already known.
const FINDER_COUNT_MAX = 256;
// Rows that look like a finder's and are examined closer; after so many the rest of the picture is not looked at.
const EXAMINED_COUNT_MAX = 30_000;
// The narrowest cross-section that is looked at, in pixels: 7 modules of 1.2 px.
const CROSS_SECTION_PX_MIN = 8;

/** What a search found, those crossed by most rows first, and how much it looked at. */
export type FinderSearch = { readonly finders: readonly Finder[]; readonly examinedCount: number };

/** Looks for finder patterns: at most `FINDER_COUNT_MAX` of them, and with bounded effort. */
export function findFinders(image: DarkImage): FinderSearch {
  const found: Finder[] = [];
  let examinedCount = 0;
  for (let y = 0; y < image.heightPx && examinedCount < EXAMINED_COUNT_MAX; y += 1) {
    examinedCount += scanRow(image, y, found);
  }
  return { finders: found.sort((a, b) => b.hitCount - a.hitCount), examinedCount };
}

/** Looks along one row; the answer is the count of places that were examined closer. */
function scanRow(image: DarkImage, y: number, found: Finder[]): number {
  const { widthPx, dark } = image;
  const rowStart = y * widthPx;
  let examinedCount = 0;
  let [a, b, c, d, e] = [0, 0, 0, 0, 0];
  let runStart = 0;
  let colour = 0;
  for (let x = 0; x <= widthPx; x += 1) {
    // One past the end counts as a change: a symbol may touch the edge of the picture.
    if (x < widthPx && dark[rowStart + x] === colour) continue;
    a = b;
    b = c;
    c = d;
    d = e;
    e = x - runStart;
    if (colour === 1 && isFinderSection(a, b, c, d, e)) {
      examine(image, { x, y, totalPx: a + b + c + d + e }, found);
      examinedCount += 1;
    }
    colour = 1 - colour;
    runStart = x;
  }
  return examinedCount;
}

function isFinderSection(a: number, b: number, c: number, d: number, e: number): boolean {
  const total = a + b + c + d + e;
  if (total < CROSS_SECTION_PX_MIN || b === 0) return false;
  const modulePx = total / 7;
  const slack = modulePx * 0.5 + 0.35;
  return (
    Math.abs(a - modulePx) <= slack &&
    Math.abs(b - modulePx) <= slack &&
    Math.abs(c - 3 * modulePx) <= 2 * slack &&
    Math.abs(d - modulePx) <= slack &&
    Math.abs(e - modulePx) <= slack
  );
}

function examine(
  image: DarkImage,
  hit: { readonly x: number; readonly y: number; readonly totalPx: number },
  found: Finder[],
): void {
  const { widthPx, heightPx } = image;
  const { totalPx } = hit;
  const column = Math.floor(hit.x - totalPx / 2);
  const down = sectionThrough(image, { start: column, step: widthPx, count: heightPx }, hit.y, totalPx);
  if (down === undefined) return;
  const row = Math.min(heightPx - 1, Math.floor(down.centre));
  const across = sectionThrough(image, { start: row * widthPx, step: 1, count: widthPx }, column, totalPx);
  if (across === undefined) return;
  const modulePx = (down.totalPx + across.totalPx) / 14;
  addFinder(found, { x: across.centre, y: down.centre, modulePx, hitCount: 1 });
}

/** The five runs around one place of a row or column, if they are a finder's and about as long as expected. */
function sectionThrough(
  image: DarkImage,
  line: Line,
  from: number,
  expectedPx: number,
): { readonly centre: number; readonly totalPx: number } | undefined {
  const at = (position: number): number =>
    position >= 0 && position < line.count ? (image.dark[line.start + position * line.step] ?? 0) : -1;
  if (at(from) !== 1) return undefined;
  const limitPx = expectedPx * 2;
  const walk = (direction: 1 | -1): [number, number, number] => {
    const runs: [number, number, number] = [0, 0, 0];
    let position = from + (direction === 1 ? 0 : -1);
    for (const [index, colour] of [1, 0, 1].entries()) {
      while (at(position) === colour && (runs[index] ?? 0) < limitPx) {
        runs[index] = (runs[index] ?? 0) + 1;
        position += direction;
      }
    }
    return runs;
  };
  const [upCore, upGap, upRing] = walk(-1);
  const [downCore, downGap, downRing] = walk(1);
  const core = upCore + downCore;
  const totalPx = upRing + upGap + core + downGap + downRing;
  const isFinder = isFinderSection(upRing, upGap, core, downGap, downRing);
  if (!isFinder || Math.abs(totalPx - expectedPx) > 0.4 * expectedPx) return undefined;
  // The middle of the core, in pixel edges: pixel p covers p to p + 1.
  return { centre: from + (downCore - upCore) / 2, totalPx };
}

function addFinder(found: Finder[], next: Finder): void {
  for (const [index, known] of found.entries()) {
    const reach = known.modulePx * 1.5 + 0.5;
    if (Math.abs(known.x - next.x) > reach || Math.abs(known.y - next.y) > reach) continue;
    if (Math.abs(known.modulePx - next.modulePx) > known.modulePx * 0.4) continue;
    const hitCount = known.hitCount + 1;
    const mean = (before: number, value: number): number => before + (value - before) / hitCount;
    found[index] = {
      x: mean(known.x, next.x),
      y: mean(known.y, next.y),
      modulePx: mean(known.modulePx, next.modulePx),
      hitCount,
    };
    return;
  }
  if (found.length < FINDER_COUNT_MAX) found.push(next);
}
