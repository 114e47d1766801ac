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

/** Why no colour matrix was read. */
export type MatrixReadError =
  | { readonly code: 'bad_frame'; readonly expectedBytes: number; readonly foundBytes: number }
  | { readonly code: 'frame_too_large'; readonly pixelCount: number; readonly pixelCountMax: number }
  | { readonly code: 'not_found' }
  | { readonly code: 'unreadable'; readonly layersRead: number }
  | { readonly code: 'layers_disagree' }
  | { readonly code: 'not_accepted' };

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
