import type { MatrixLevel } from './colour-matrix.ts';

/** The mask patterns of the red, green and blue plane. */
export type MaskTriple = readonly [red: number, green: number, blue: number];

const MASK_TRIPLES: Readonly<Record<MatrixLevel, MaskTriple>> = { M: [0, 1, 4], Q: [0, 2, 4] };

/**
 * The fixed masks of a level. They make all eight colours occur in each copy of the format bits, and tell the planes
 * apart: a picture whose channels were swapped is put in order again or refused, never misread.
 * docs/spec/matrix.md, "Masks".
 */
export function maskTriple(level: MatrixLevel): MaskTriple {
  return MASK_TRIPLES[level];
}
