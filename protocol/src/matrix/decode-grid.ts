/** A point of the picture in pixels; pixel p covers p to p + 1. */
export type Point = { readonly x: number; readonly y: number };

/** Where four known places of the symbol lie: the centres of the three finders and of the fourth corner's square. */
export type GridCorners = readonly [topLeft: Point, topRight: Point, bottomRight: Point, bottomLeft: Point];

/** From module coordinates to pixels: x = (a u + b v + c) / (g u + h v + 1), y = (d u + e v + f) / (same). */
export type GridTransform = {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
  readonly g: number;
  readonly h: number;
};

/** The distance of a finder's centre from the symbol's edge, in modules. */
const FINDER_CENTRE_MODULES = 3.5;

/**
 * The projective map that carries the four finder-centre places of a symbol to the given pixels. An affine map is
 * the special case of a parallelogram.
 */
export function gridTransform(corners: GridCorners, sizeModules: number): GridTransform {
  const [p0, p1, p2, p3] = corners;
  const dx1 = p1.x - p2.x;
  const dx2 = p3.x - p2.x;
  const dx3 = p0.x - p1.x + p2.x - p3.x;
  const dy1 = p1.y - p2.y;
  const dy2 = p3.y - p2.y;
  const dy3 = p0.y - p1.y + p2.y - p3.y;
  const determinant = dx1 * dy2 - dx2 * dy1;
  const g = determinant === 0 ? 0 : (dx3 * dy2 - dx2 * dy3) / determinant;
  const h = determinant === 0 ? 0 : (dx1 * dy3 - dx3 * dy1) / determinant;
  // Unit square first, then modules: s = (u - 3.5) / (size - 7).
  const span = sizeModules - 2 * FINDER_CENTRE_MODULES;
  const offset = FINDER_CENTRE_MODULES / span;
  const row = (s: number, t: number, one: number): readonly [number, number, number] => [
    s / span,
    t / span,
    one - (s + t) * offset,
  ];
  const [a, b, c] = row(p1.x - p0.x + g * p1.x, p3.x - p0.x + h * p3.x, p0.x);
  const [d, e, f] = row(p1.y - p0.y + g * p1.y, p3.y - p0.y + h * p3.y, p0.y);
  const [gw, hw, w] = row(g, h, 1);
  return { a: a / w, b: b / w, c: c / w, d: d / w, e: e / w, f: f / w, g: gw / w, h: hw / w };
}

/** The pixel place of a place in the symbol; `u` and `v` in modules, the middle of the first module being 0.5. */
export function toPixel(grid: GridTransform, u: number, v: number): Point {
  const w = grid.g * u + grid.h * v + 1;
  return {
    x: (grid.a * u + grid.b * v + grid.c) / w,
    y: (grid.d * u + grid.e * v + grid.f) / w,
  };
}
