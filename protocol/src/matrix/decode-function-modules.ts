/** What is known about a module before anything is read; 0 is nothing. */
export const KNOWN_LIGHT = 1;
export const KNOWN_DARK = 2;
/** A module of the format bits: not data, not known either. */
const FORMAT_MODULE = 3;

/**
 * The function patterns of a symbol version (ISO/IEC 18004), one of the constants above per module, row by row.
 * Finders, separators, timing, the dark module and, for versions 2 to 6, the one alignment pattern; what larger
 * versions have beyond that is left free.
 */
export function functionModules(version: number): Uint8Array {
  const size = 17 + 4 * version;
  const map = new Uint8Array(size * size);
  const put = (column: number, row: number, value: number): void => {
    if (column >= 0 && row >= 0 && column < size && row < size) map[row * size + column] = value;
  };
  for (let index = 0; index < 9; index += 1) {
    put(8, index, FORMAT_MODULE);
    put(index, 8, FORMAT_MODULE);
    put(size - 8 + index, 8, FORMAT_MODULE);
    put(8, size - 8 + index, FORMAT_MODULE);
  }
  for (let index = 8; index < size - 8; index += 1) {
    put(index, 6, index % 2 === 0 ? KNOWN_DARK : KNOWN_LIGHT);
    put(6, index, index % 2 === 0 ? KNOWN_DARK : KNOWN_LIGHT);
  }
  putRings(put, { column: 3, row: 3, darkRadii: [0, 1, 3], radius: 4 });
  putRings(put, { column: size - 4, row: 3, darkRadii: [0, 1, 3], radius: 4 });
  putRings(put, { column: 3, row: size - 4, darkRadii: [0, 1, 3], radius: 4 });
  if (version >= 2 && version <= 6) {
    putRings(put, { column: size - 7, row: size - 7, darkRadii: [0, 2], radius: 2 });
  }
  put(8, size - 8, KNOWN_DARK);
  return map;
}

function putRings(
  put: (column: number, row: number, value: number) => void,
  rings: {
    readonly column: number;
    readonly row: number;
    readonly darkRadii: readonly number[];
    readonly radius: number;
  },
): void {
  const { column, row, darkRadii, radius } = rings;
  for (let dy = -radius; dy <= radius; dy += 1) {
    for (let dx = -radius; dx <= radius; dx += 1) {
      const ring = Math.max(Math.abs(dx), Math.abs(dy));
      put(column + dx, row + dy, darkRadii.includes(ring) ? KNOWN_DARK : KNOWN_LIGHT);
    }
  }
}
