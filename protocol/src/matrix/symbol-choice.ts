import { assert } from '../bytes/index.ts';
import type { MatrixSymbol } from './colour-matrix.ts';

const V2_Q: MatrixSymbol = { version: 2, level: 'Q' };
const V3_Q: MatrixSymbol = { version: 3, level: 'Q' };
const V3_M: MatrixSymbol = { version: 3, level: 'M' };
const V4_Q: MatrixSymbol = { version: 4, level: 'Q' };
const V4_M: MatrixSymbol = { version: 4, level: 'M' };
const V5_M: MatrixSymbol = { version: 5, level: 'M' };
const V6_M: MatrixSymbol = { version: 6, level: 'M' };

// The order of preference for a payload type that has no row of its own: strong correction first, then room.
const BY_SIZE = [V2_Q, V3_Q, V4_Q, V4_M, V5_M, V6_M];

// The payload types of docs/spec/otc.md, by the second byte of the payload. A transaction (4) goes by its size.
const BY_TYPE: ReadonlyMap<number, MatrixSymbol> = new Map([
  [1, V3_M],
  [2, V3_Q],
  [3, V3_Q],
  [5, V2_Q],
]);
const TRANSACTION_TYPE = 4;

// Payload bytes over all three planes: docs/spec/matrix.md, "Capacity".
const CAPACITY_BYTES: Readonly<Record<MatrixSymbol['level'], readonly number[]>> = {
  Q: [0, 0, 60, 96, 138, 180, 222, 258],
  M: [0, 0, 78, 126, 186, 252, 318],
};

/** The largest payload of a symbol in bytes, all three planes together; 0 for a version that the format does not use. */
export function capacityBytes(symbol: MatrixSymbol): number {
  return CAPACITY_BYTES[symbol.level][symbol.version] ?? 0;
}

/**
 * The symbol that a payload travels in: by its type (byte 1), for a transaction also by its size.
 * docs/spec/matrix.md, "Which symbol".
 *
 * @throws InvariantError for a payload that no symbol of the format can hold: the codecs never make one.
 */
export function symbolFor(payload: Uint8Array): MatrixSymbol {
  const type = payload[1];
  const own = type === undefined || type === TRANSACTION_TYPE ? undefined : BY_TYPE.get(type);
  if (own !== undefined && payload.length <= capacityBytes(own)) return own;
  const candidates = type === TRANSACTION_TYPE ? [V4_Q, V4_M] : BY_SIZE;
  const symbol = candidates.find((candidate) => payload.length <= capacityBytes(candidate));
  assert(symbol !== undefined, 'the payload fits into a symbol of the format');
  return symbol;
}
