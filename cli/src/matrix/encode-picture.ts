import { writeFileSync } from 'node:fs';
import type { ColourMatrix, MatrixSymbol } from '@chiavetta/protocol/matrix';
import {
  capacityBytes,
  encodeMatrix,
  plainMatrixDecoder,
  renderHalfBlocks,
  renderPng,
  renderRgba,
  renderSvg,
  symbolFor,
} from '@chiavetta/protocol/matrix';
import { Failure, usageFailure } from '../output/failure.ts';
import type { Terminal } from '../output/terminal.ts';

/** Longest payload that a symbol of the format holds, bytes. */
const PAYLOAD_BYTES_MAX = 318;
const DEFAULT_MODULE_PX = 6;
/** What every payload of the format begins with; readers take anything else for a foreign code. */
const FORMAT_BYTE = 0xc1;

/** The matrix of a payload, read back before anyone is shown it. */
export function matrixOf(
  payload: Uint8Array,
  wanted: { readonly version: number | undefined; readonly level: string | undefined },
): ColourMatrix {
  const byteCount = payload.length;
  if (byteCount === 0 || byteCount % 3 !== 0 || byteCount > PAYLOAD_BYTES_MAX) {
    throw usageFailure(
      `A payload has a multiple of 3 bytes, 3 to ${PAYLOAD_BYTES_MAX}; this one has ${byteCount}.`,
    );
  }
  if (payload[0] !== FORMAT_BYTE) {
    throw usageFailure('A payload of a colour matrix begins with the byte C1: docs/spec/matrix.md.');
  }
  const matrix = encodeMatrix(payload, symbolWanted(payload, wanted));
  const read = plainMatrixDecoder.decode(renderRgba(matrix, { modulePx: DEFAULT_MODULE_PX }));
  const isSame = read.ok && read.value.payload.join() === payload.join();
  if (!isSame) {
    throw new Failure('SELF_CHECK_FAILED', { reason: read.ok ? 'other bytes came back' : read.error.code });
  }
  return matrix;
}

function symbolWanted(
  payload: Uint8Array,
  { version, level }: { readonly version: number | undefined; readonly level: string | undefined },
): MatrixSymbol {
  const own = symbolFor(payload);
  const symbol: MatrixSymbol = {
    version: version ?? own.version,
    level: level === 'M' || level === 'Q' ? level : own.level,
  };
  const room = capacityBytes(symbol);
  if (payload.length <= room) return symbol;
  throw usageFailure(
    `A symbol of version ${symbol.version}, level ${symbol.level}, holds ${room} bytes; the payload has ${payload.length}.`,
  );
}

/** Writes a matrix as its file name says: `.png` or `.svg`. */
export function writePicture(path: string, matrix: ColourMatrix, modulePx: number = DEFAULT_MODULE_PX): void {
  if (path.endsWith('.png')) writeFileSync(path, renderPng(matrix, { modulePx }));
  else if (path.endsWith('.svg')) writeFileSync(path, renderSvg(matrix, { modulePx }));
  else throw usageFailure('"out" ends in .png or .svg.');
}

/** The matrix for a terminal; without one, as a 24-bit one would show it. */
export function drawMatrix(matrix: ColourMatrix, terminal: Terminal | undefined): string {
  return renderHalfBlocks(matrix, terminal?.palette ?? 'truecolor').trimEnd();
}
