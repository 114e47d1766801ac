import type { ColourMatrix } from './colour-matrix.ts';
import type { RenderOptions } from './render-rgba.ts';
import { renderRgba } from './render-rgba.ts';
import { writePng } from './write-png.ts';

/**
 * Draws the matrix as an 8-bit RGB PNG file.
 *
 * @throws InvariantError as `renderRgba`
 */
export function renderPng(matrix: ColourMatrix, options: RenderOptions): Uint8Array {
  return writePng(renderRgba(matrix, options));
}
