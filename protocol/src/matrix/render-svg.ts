import type { ColourMatrix } from './colour-matrix.ts';
import { moduleAt, QUIET_MODULES, WHITE_MODULE } from './colour-matrix.ts';
import type { RenderOptions } from './render-rgba.ts';
import { renderedSidePx } from './render-rgba.ts';

/**
 * Draws the matrix as a standalone SVG document: a white ground and one path per colour, a rectangle per horizontal
 * run of modules. Edges stay sharp at any zoom.
 *
 * @throws InvariantError as `renderRgba`
 */
export function renderSvg(matrix: ColourMatrix, options: RenderOptions): string {
  const { quietModules = QUIET_MODULES } = options;
  const sidePx = renderedSidePx(matrix, options);
  const sideModules = matrix.sizeModules + 2 * quietModules;
  const paths: string[] = [];
  for (let colour = 0; colour < WHITE_MODULE; colour += 1) {
    const runs = runsOf(matrix, colour, quietModules);
    if (runs !== '') paths.push(`<path fill="${hexColour(colour)}" d="${runs}"/>`);
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${sidePx}" height="${sidePx}" `,
    `viewBox="0 0 ${sideModules} ${sideModules}" shape-rendering="crispEdges">`,
    `<path fill="#ffffff" d="M0 0h${sideModules}v${sideModules}h-${sideModules}z"/>`,
    ...paths,
    '</svg>',
  ].join('');
}

function runsOf(matrix: ColourMatrix, colour: number, quietModules: number): string {
  let path = '';
  for (let row = 0; row < matrix.sizeModules; row += 1) {
    let column = 0;
    while (column < matrix.sizeModules) {
      const start = column;
      while (column < matrix.sizeModules && moduleAt(matrix, column, row) === colour) column += 1;
      const run = column - start;
      if (run > 0) path += `M${start + quietModules} ${row + quietModules}h${run}v1h-${run}z`;
      else column += 1;
    }
  }
  return path;
}

function hexColour(colour: number): string {
  const channel = (bit: number): string => (((colour >> bit) & 1) === 1 ? 'ff' : '00');
  return `#${channel(0)}${channel(1)}${channel(2)}`;
}
