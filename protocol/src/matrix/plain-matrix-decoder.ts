import { err, ok } from '../bytes/index.ts';
import type { DecodedMatrix, MatrixDecoder, MatrixReadError } from '../ports/index.ts';
import { DARK_RULES, darkPixels } from './decode-dark-pixels.ts';
import type { FinderTriple } from './decode-finder-triples.ts';
import { finderTriples } from './decode-finder-triples.ts';
import { findFinders } from './decode-finders.ts';
import { fitGrid } from './decode-fit-grid.ts';
import type { FramePlanes } from './decode-frame-planes.ts';
import { framePlanes } from './decode-frame-planes.ts';
import { samplePlanes } from './decode-sample-planes.ts';
import { readSymbol } from './decode-symbol.ts';

// Symbols that are located and read in one frame, whatever the frame holds: the bound on the work.
const READ_SYMBOL_COUNT_MAX = 6;

/**
 * Reads drawn, scaled and screenshotted matrices, anywhere in the picture and turned in any way. Not a camera
 * decoder: it corrects no blur, no cross-talk and no uneven light. docs/spec/matrix.md, "Reading".
 */
export const plainMatrixDecoder: MatrixDecoder = {
  decode(frame, accept = () => true) {
    const planes = framePlanes(frame);
    if (!planes.ok) return planes;
    return readPlanes(planes.value, accept);
  },
};

function readPlanes(
  planes: FramePlanes,
  accept: (payload: Uint8Array) => boolean,
): ReturnType<MatrixDecoder['decode']> {
  let reason: MatrixReadError = { code: 'no_symbol' };
  const tried: FinderTriple[] = [];
  let readCount = 0;
  for (const rule of DARK_RULES) {
    const { widthPx, heightPx } = planes;
    const { finders } = findFinders({ widthPx, heightPx, dark: darkPixels(planes, rule) });
    for (const triple of finderTriples(finders)) {
      if (readCount === READ_SYMBOL_COUNT_MAX) return err(reason);
      if (tried.some((earlier) => isSamePlace(earlier, triple))) continue;
      tried.push(triple);
      const outcome = readTriple(planes, triple, accept);
      if (outcome === undefined) continue;
      if ('payload' in outcome) return ok(outcome);
      readCount += 1;
      reason = weightier(reason, outcome);
    }
  }
  return err(reason);
}

/** The symbol of one triple, why it was not read, or nothing when there is no symbol. */
function readTriple(
  planes: FramePlanes,
  triple: FinderTriple,
  accept: (payload: Uint8Array) => boolean,
): DecodedMatrix | MatrixReadError | undefined {
  const fitted = fitGrid(planes, triple);
  if (fitted === undefined) return undefined;
  const reading = readSymbol(samplePlanes(planes, fitted), fitted);
  if (reading.tag === 'foreign') return { code: 'foreign_code' };
  if (reading.tag === 'unreadable') {
    return reading.cause === 'too_small'
      ? { code: 'too_small', modulePx: fitted.modulePx }
      : { code: reading.cause };
  }
  // The caller's own copy: what it keeps or changes is not what is returned.
  if (!accept(reading.payload.slice())) return { code: 'damaged' };
  return { payload: reading.payload, version: fitted.version };
}

function isSamePlace(a: FinderTriple, b: FinderTriple): boolean {
  const isNear = (one: keyof Pick<FinderTriple, 'topLeft' | 'topRight' | 'bottomLeft'>): boolean =>
    Math.hypot(a[one].x - b[one].x, a[one].y - b[one].y) < a.modulePx / 2;
  return isNear('topLeft') && isNear('topRight') && isNear('bottomLeft');
}

/** Our own unreadable matrix says more than a stranger's code beside it, and that more than nothing. */
function weightier(known: MatrixReadError, next: MatrixReadError): MatrixReadError {
  const weight = (reason: MatrixReadError): number =>
    reason.code === 'no_symbol' ? 0 : reason.code === 'foreign_code' ? 1 : 2;
  return weight(next) > weight(known) ? next : known;
}
