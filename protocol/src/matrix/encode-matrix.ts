import { create } from 'qrcode/lib/core/qrcode.js';
import { assert } from '../bytes/index.ts';
import type { ColourMatrix, MatrixSymbol } from './colour-matrix.ts';
import { sizeOfVersion } from './colour-matrix.ts';
import { maskTriple } from './mask-triple.ts';
import { capacityBytes, symbolFor } from './symbol-choice.ts';

/**
 * Turns a payload into three QR symbols laid over each other. The same payload gives the same modules for ever.
 * docs/spec/matrix.md, "Encoding".
 *
 * @param payload a multiple of 3 bytes that fits into the symbol
 * @param symbol the symbol of the payload's type, unless told
 * @throws InvariantError for a payload that the codecs never make: a size that is not a multiple of 3, or too large
 */
export function encodeMatrix(payload: Uint8Array, symbol: MatrixSymbol = symbolFor(payload)): ColourMatrix {
  assert(payload.length > 0 && payload.length % 3 === 0, 'a payload is a multiple of 3 bytes');
  assert(payload.length <= capacityBytes(symbol), 'the payload fits into its symbol');
  const sizeModules = sizeOfVersion(symbol.version);
  const runBytes = payload.length / 3;
  const modules = new Uint8Array(sizeModules * sizeModules);
  maskTriple(symbol.level).forEach((mask, plane) => {
    const run = payload.slice(plane * runBytes, (plane + 1) * runBytes);
    const dark = encodePlane(run, symbol, mask);
    for (let index = 0; index < modules.length; index += 1) {
      const light = (dark[index] ?? 0) === 0 ? 1 : 0;
      modules[index] = (modules[index] ?? 0) | (light << plane);
    }
  });
  return { symbol, sizeModules, modules };
}

function encodePlane(run: Uint8Array, symbol: MatrixSymbol, mask: number): Uint8Array {
  const { version, level } = symbol;
  const plane = create([{ data: run, mode: 'byte' }], {
    version,
    errorCorrectionLevel: level,
    maskPattern: mask,
  });
  // The library answers a mask it does not know by silently choosing one itself; the plane would lose its identity.
  assert(plane.maskPattern === mask, 'the plane has the mask of its colour');
  assert(plane.version === version && plane.modules.size === sizeOfVersion(version), 'the version is kept');
  return plane.modules.data;
}
