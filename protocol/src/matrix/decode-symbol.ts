import type { MatrixLevel } from './colour-matrix.ts';
import type { FittedGrid } from './decode-fit-grid.ts';
import type { FormatBits } from './decode-format-bits.ts';
import { readFormatBits } from './decode-format-bits.ts';
import { functionModules, KNOWN_DARK } from './decode-function-modules.ts';
import { planeBytes } from './decode-plane-bytes.ts';
import type { SampledPlane, SampledPlanes } from './decode-sample-planes.ts';
import { maskTriple } from './mask-triple.ts';

/** What three sampled planes turned out to be. */
export type SymbolReading =
  | { readonly tag: 'payload'; readonly payload: Uint8Array }
  | { readonly tag: 'foreign' }
  | { readonly tag: 'unreadable'; readonly cause: 'too_small' | 'too_blurred' | 'glare' | 'damaged' };

/** The first byte of every payload of this format. */
const FORMAT_VERSION_BYTE = 0xc1;
// Versions in which the format exists; others are somebody else's.
const VERSION_MIN = 2;
const VERSION_MAX = 7;
// A located symbol that was not read is called small below this, and blurred below this mean distance from the middle.
const MODULE_PX_MIN = 2;
const SHARPNESS_MIN = 0.85;
// The share of the data area inside all-white 3 x 3 squares from which a picture counts as overexposed.
const WHITE_SHARE_MIN = 0.01;

/** Puts the planes in order by their masks, corrects each, and joins their bytes. Never a partial payload. */
export function readSymbol(planes: SampledPlanes, fitted: FittedGrid): SymbolReading {
  const { version, sizeModules } = fitted;
  const formats = planes.map((plane) => readFormatBits(plane.dark, sizeModules));
  const [red, green, blue] = formats;
  if (red === undefined || green === undefined || blue === undefined) return unreadable(planes, fitted);
  const order = planeOrder([red, green, blue]);
  if (order === undefined)
    return isOrdinary([red, green, blue]) ? { tag: 'foreign' } : unreadable(planes, fitted);
  if (version < VERSION_MIN || version > VERSION_MAX) return { tag: 'foreign' };
  const runs: Uint8Array[] = [];
  for (const { plane, format } of order) {
    const sampled = planes[plane];
    const bytes = sampled === undefined ? undefined : planeBytes(sampled.dark, version, format);
    if (bytes === undefined) return unreadable(planes, fitted);
    runs.push(bytes);
  }
  return joined(runs);
}

function joined(runs: readonly Uint8Array[]): SymbolReading {
  const [first, second, third] = runs;
  if (first === undefined || second === undefined || third === undefined) return { tag: 'foreign' };
  const isEven = first.length === second.length && second.length === third.length;
  if (!isEven || first[0] !== FORMAT_VERSION_BYTE) return { tag: 'foreign' };
  const payload = new Uint8Array(first.length * 3);
  payload.set(first, 0);
  payload.set(second, first.length);
  payload.set(third, 2 * first.length);
  return { tag: 'payload', payload };
}

type PlaceInOrder = { readonly plane: number; readonly format: FormatBits };
type Formats = readonly [FormatBits, FormatBits, FormatBits];

/** The planes in the order of the fixed masks, whichever channel carries them; nothing for any other masks. */
function planeOrder(formats: Formats): readonly PlaceInOrder[] | undefined {
  const level = formats[0].level;
  if (!isMatrixLevel(level)) return undefined;
  const order: PlaceInOrder[] = [];
  for (const mask of maskTriple(level)) {
    const plane = formats.findIndex((format) => format.level === level && format.mask === mask);
    const format = formats[plane];
    if (format === undefined) return undefined;
    order.push({ plane, format });
  }
  return order;
}

function isMatrixLevel(level: FormatBits['level']): level is MatrixLevel {
  return level === 'M' || level === 'Q';
}

/** Whether the format bits were read without doubt: then they are simply not ours. */
function isOrdinary(formats: Formats): boolean {
  return formats.every((format) => format.correctedBits <= 1);
}

function unreadable(planes: SampledPlanes, fitted: FittedGrid): SymbolReading {
  if (fitted.modulePx < MODULE_PX_MIN) return { tag: 'unreadable', cause: 'too_small' };
  if (whiteShare(planes, fitted) >= WHITE_SHARE_MIN) return { tag: 'unreadable', cause: 'glare' };
  if (sharpness(planes) < SHARPNESS_MIN) return { tag: 'unreadable', cause: 'too_blurred' };
  return { tag: 'unreadable', cause: 'damaged' };
}

/** The mean distance of all modules from the middle between black and white; about 1 in a sharp picture. */
function sharpness(planes: SampledPlanes): number {
  const mean = (plane: SampledPlane): number =>
    plane.soft.reduce((sum, value) => sum + Math.min(1, Math.abs(value)), 0) / plane.soft.length;
  return (mean(planes[0]) + mean(planes[1]) + mean(planes[2])) / 3;
}

/** The share of modules in the middle of all-white 3 x 3 squares: chance makes next to none of them. */
function whiteShare(planes: SampledPlanes, fitted: FittedGrid): number {
  const { sizeModules, version } = fitted;
  const map = functionModules(version);
  const isWhite = (column: number, row: number): boolean => {
    const index = row * sizeModules + column;
    return planes.every((plane) => plane.dark[index] === 0);
  };
  let count = 0;
  for (let row = 1; row < sizeModules - 1; row += 1) {
    for (let column = 1; column < sizeModules - 1; column += 1) {
      if (map[row * sizeModules + column] === KNOWN_DARK) {
        if (isWhite(column, row)) count += 1;
        continue;
      }
      let isSquare = true;
      for (let place = 0; place < 9 && isSquare; place += 1) {
        isSquare = isWhite(column - 1 + (place % 3), row - 1 + Math.floor(place / 3));
      }
      if (isSquare) count += 1;
    }
  }
  return count / (sizeModules * sizeModules);
}
