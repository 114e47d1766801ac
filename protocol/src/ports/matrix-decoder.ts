import type { Result } from '../bytes/index.ts';

/** A picture in memory: rows from the top, four bytes (red, green, blue, alpha) a pixel. */
export type RgbaFrame = {
  readonly widthPx: number;
  readonly heightPx: number;
  /** `widthPx * heightPx * 4` bytes. */
  readonly data: Uint8Array;
};

/** A colour matrix that was read from a picture. */
export type DecodedMatrix = {
  readonly payload: Uint8Array;
  /** Symbol version, 1 to 40: the side has `17 + 4 * version` modules. */
  readonly version: number;
};

/**
 * Why no payload came out of a picture. The codes are for the person who holds the camera: closer, steadier, out of
 * the light, another picture. docs/spec/matrix.md, "Reasons".
 */
export type MatrixReadError =
  /** Nothing in the picture looks like a matrix; also a frame whose bytes do not fit its size. */
  | { readonly code: 'no_symbol' }
  | { readonly code: 'too_small'; readonly modulePx: number }
  | { readonly code: 'too_blurred' }
  | { readonly code: 'glare' }
  /** A two-dimensional code, but not one of this format. */
  | { readonly code: 'foreign_code' }
  /** A matrix was found but cannot be read, or `accept` refused everything that was read. */
  | { readonly code: 'damaged' }
  | { readonly code: 'too_large'; readonly sidePx: number; readonly sidePxMax: number };

/**
 * Reads a colour matrix from a picture. Total: any picture gives a value, none throws. `accept` looks at a payload
 * that was read and may refuse it, so that a decoder goes on to its next guess (a rotated or mirrored symbol).
 */
export interface MatrixDecoder {
  readonly decode: (
    frame: RgbaFrame,
    accept?: (payload: Uint8Array) => boolean,
  ) => Result<DecodedMatrix, MatrixReadError>;
}
