import { assert } from './assert.ts';
import { concatBytes } from './byte-strings.ts';
import { readU64, readUint, u8, u16, u32, u64 } from './integers.ts';
import type { Result } from './result.ts';
import { err, ok } from './result.ts';
import { asciiBytes, asciiText } from './text-codings.ts';

/** Why the bytes of one field do not stand for a value. */
export type FieldFault = 'text_too_long' | 'text_not_printable' | 'text_padding' | 'out_of_range';

/** One column of a layout table: a fixed number of bytes that stand for a value. */
export type Field<T> = {
  readonly byteCount: number;
  /** `value` as exactly `byteCount` bytes. */
  readonly encode: (value: T) => Uint8Array;
  /** Exactly `byteCount` bytes as a value; the result shares no memory with the bytes. */
  readonly decode: (bytes: Uint8Array) => Result<T, FieldFault>;
};

/** Unsigned byte. */
export const fieldU8: Field<number> = uintField(1, u8);
/** Unsigned 16-bit integer, big-endian. */
export const fieldU16: Field<number> = uintField(2, u16);
/** Unsigned 32-bit integer, big-endian. */
export const fieldU32: Field<number> = uintField(4, u32);
/** Unsigned 64-bit integer, big-endian. */
export const fieldU64: Field<bigint> = {
  byteCount: 8,
  encode: u64,
  decode: (bytes) => ok(readU64(bytes)),
};

/** A byte string of one size: a key, a MAC, a nonce. */
export function fieldBytes(byteCount: number): Field<Uint8Array> {
  return {
    byteCount,
    encode: (value) => {
      assert(value.length === byteCount, `the field holds ${byteCount} bytes`);
      return value;
    },
    decode: (bytes) => ok(bytes.slice()),
  };
}

/**
 * Text of at most `bytesMax` printable ASCII characters: a length byte, then the text, then zeros up to `bytesMax`.
 * The characters are 0x20 to 0x7E; everything else is refused, so that no display shows what was not written.
 */
export function fieldText(bytesMax: number): Field<string> {
  return {
    byteCount: 1 + bytesMax,
    encode: (text) => {
      assert(isLayoutText(text, bytesMax), `the text has at most ${bytesMax} printable ASCII characters`);
      return concatBytes(u8(text.length), asciiBytes(text), new Uint8Array(bytesMax - text.length));
    },
    decode: (bytes) => {
      const textBytes = bytes[0] ?? 0;
      if (textBytes > bytesMax) return err('text_too_long');
      const text = bytes.subarray(1, 1 + textBytes);
      if (text.some((byte) => byte < 0x20 || byte > 0x7e)) return err('text_not_printable');
      // One spelling per value: hidden bytes behind the text would make two signatures for one label.
      if (bytes.subarray(1 + textBytes).some((byte) => byte !== 0)) return err('text_padding');
      return ok(asciiText(text));
    },
  };
}

/** Whether `fieldText(bytesMax)` can carry the text: check input from outside with this before it is encoded. */
export function isLayoutText(text: string, bytesMax: number): boolean {
  return text.length <= bytesMax && /^[\x20-\x7e]*$/.test(text);
}

function uintField(byteCount: number, encode: (value: number) => Uint8Array): Field<number> {
  return { byteCount, encode, decode: (bytes) => ok(readUint(bytes)) };
}
