export { assert, assertNever, InvariantError } from './assert.ts';
export { concatBytes, equalConstantTime, xorBytes } from './byte-strings.ts';
export { readU64, readUint, U64_MAX, u8, u16, u32, u64 } from './integers.ts';
export type { Layout, LayoutError, LayoutFields, LayoutValue } from './layout.ts';
export { layout } from './layout.ts';
export type { Field, FieldFault } from './layout-fields.ts';
export {
  fieldBytes,
  fieldText,
  fieldU8,
  fieldU16,
  fieldU32,
  fieldU64,
  isLayoutText,
} from './layout-fields.ts';
export type { Result } from './result.ts';
export { err, ok } from './result.ts';
export { SecretKey } from './secret-key.ts';
export type { Base64Error, HexError } from './text-codings.ts';
export { asciiBytes, asciiText, fromBase64, fromHex, toBase64, toHex } from './text-codings.ts';
