/** The error correction levels of ISO/IEC 18004 that the format uses. */
export type MatrixLevel = 'M' | 'Q';

/** Which symbol carries a payload: all three planes share the version and the level. */
export type MatrixSymbol = { readonly version: number; readonly level: MatrixLevel };

/** Three QR symbols, one in each colour plane. Nothing here knows about pixels. docs/spec/matrix.md. */
export type ColourMatrix = {
  readonly symbol: MatrixSymbol;
  /** Modules along one side, without the quiet zone. */
  readonly sizeModules: number;
  /** One value 0..7 per module, row by row: bit 0 red, bit 1 green, bit 2 blue; 1 means light. 7 is white, 0 black. */
  readonly modules: Uint8Array;
};

/** White modules that every rendering keeps on each side of the symbol. docs/spec/matrix.md, "Quiet zone". */
export const QUIET_MODULES = 4;

/** The value of a white module, and of the quiet zone. */
export const WHITE_MODULE = 7;

/** Modules along one side of a symbol version (ISO/IEC 18004). */
export function sizeOfVersion(version: number): number {
  return 17 + 4 * version;
}

/** The colour of the module at a place, white outside the symbol: the quiet zone needs no special case. */
export function moduleAt(matrix: ColourMatrix, column: number, row: number): number {
  const { sizeModules, modules } = matrix;
  if (column < 0 || row < 0 || column >= sizeModules || row >= sizeModules) return WHITE_MODULE;
  return modules[row * sizeModules + column] ?? WHITE_MODULE;
}
