import type { ColourMatrix } from './colour-matrix.ts';
import { moduleAt, QUIET_MODULES } from './colour-matrix.ts';

/** How a terminal is told a colour: 24-bit, or an index of the 256-colour palette. */
export type HalfBlockPalette = 'truecolor' | '256';

// The pure corners of the 6x6x6 colour cube, by module value (bit 0 red, bit 1 green, bit 2 blue). The first 16
// indices would be wrong: a terminal's theme redefines them. docs/spec/matrix.md, "Terminal".
const CUBE_CORNERS = [16, 196, 46, 226, 21, 201, 51, 231];
const UPPER_HALF_BLOCK = '\u2580';
const RESET = '\u001b[0m';

/**
 * Draws the matrix for a terminal, two modules above each other in one cell, a line feed after each line. Foreground
 * and background are set on every cell, the quiet zone included, so a theme or a wrapped line cannot recolour it.
 */
export function renderHalfBlocks(matrix: ColourMatrix, palette: HalfBlockPalette): string {
  let text = '';
  const end = matrix.sizeModules + QUIET_MODULES;
  for (let row = -QUIET_MODULES; row < end; row += 2) {
    for (let column = -QUIET_MODULES; column < end; column += 1) {
      // Below an odd last row the lower half is outside the symbol, hence white.
      const upper = moduleAt(matrix, column, row);
      const lower = moduleAt(matrix, column, row + 1);
      text += `\u001b[38;${ink(upper, palette)};48;${ink(lower, palette)}m${UPPER_HALF_BLOCK}`;
    }
    text += `${RESET}\n`;
  }
  return text;
}

function ink(colour: number, palette: HalfBlockPalette): string {
  if (palette === '256') return `5;${CUBE_CORNERS[colour] ?? 16}`;
  const channel = (bit: number): number => ((colour >> bit) & 1) * 255;
  return `2;${channel(0)};${channel(1)};${channel(2)}`;
}
