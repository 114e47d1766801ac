import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fromBase64 } from '@chiavetta/protocol/bytes';
import {
  encodeMatrix,
  plainMatrixDecoder,
  QUIET_MODULES,
  readPng,
  renderHalfBlocks,
  symbolFor,
} from '@chiavetta/protocol/matrix';
import type { CommandContext } from '../command.ts';
import { privateDirectory } from '../home.ts';
import { Failure } from '../output/failure.ts';
import type { Terminal } from '../output/terminal.ts';
import type { PortalChallenge } from './portal-api.ts';

/** Where the pictures of one visit to the portal go. */
export type PictureFile = {
  readonly path: string;
  /** Takes the file away, unless the person named it. */
  readonly drop: () => void;
};

/** The file that was named, or one of this process in the run directory. The second picture takes the first one's place. */
export function pictureFile({ home }: CommandContext, named: string | undefined): PictureFile {
  if (named !== undefined) return { path: resolve(named), drop: () => undefined };
  const path = join(privateDirectory(home.run), `picture-${process.pid}.png`);
  return { path, drop: () => rmSync(path, { force: true }) };
}

/**
 * Writes the picture of a challenge and, where it fits, draws it.
 *
 * @returns the path, or `undefined` for a challenge without a picture
 */
export function showPicture(
  { output, terminal }: CommandContext,
  { path }: PictureFile,
  { matrixPng }: PortalChallenge,
): string | undefined {
  if (matrixPng === undefined) return undefined;
  const png = fromBase64(matrixPng);
  if (!png.ok) throw new Failure('SERVER_REFUSED', { reason: 'its picture is no picture.' });
  writeFileSync(path, png.value, { mode: 0o600 });
  const drawn = terminal === undefined ? undefined : drawing(png.value, terminal);
  if (drawn !== undefined) output.picture(drawn);
  return path;
}

/** The same matrix in half blocks, when the terminal is large enough to show all of it at once. */
function drawing(png: Uint8Array, { columns, rows, palette }: Terminal): string | undefined {
  const frame = readPng(png);
  const read = frame.ok ? plainMatrixDecoder.decode(frame.value) : frame;
  if (!read.ok) return undefined;
  const matrix = encodeMatrix(read.value.payload, symbolFor(read.value.payload));
  const side = matrix.sizeModules + 2 * QUIET_MODULES;
  if (side > columns || Math.ceil(side / 2) + LINES_BELOW > rows) return undefined;
  return renderHalfBlocks(matrix, palette).trimEnd();
}

/** The question for the code and the line above it. */
const LINES_BELOW = 3;
