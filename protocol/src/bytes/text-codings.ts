import { base64, hex } from '@scure/base';
import { assert } from './assert.ts';
import type { Result } from './result.ts';
import { err, ok } from './result.ts';

/** Why a text is not hexadecimal. */
export type HexError = { readonly code: 'not_hex'; readonly textLength: number };

/** Why a text is not standard base64 (RFC 4648 section 4, padded, canonical). */
export type Base64Error = { readonly code: 'not_base64'; readonly textLength: number };

/** Lower-case hexadecimal, for people, logs and vectors. */
export function toHex(bytes: Uint8Array): string {
  return hex.encode(bytes);
}

/** Reads hexadecimal of either case, without prefix or spaces. Total. */
export function fromHex(text: string): Result<Uint8Array, HexError> {
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(text)) return err({ code: 'not_hex', textLength: text.length });
  return ok(hex.decode(text.toLowerCase()));
}

/** Standard base64 with padding (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
  return base64.encode(bytes);
}

/** Reads standard base64; the one spelling that `toBase64` writes is the only one accepted. Total. */
export function fromBase64(text: string): Result<Uint8Array, Base64Error> {
  try {
    return ok(base64.decode(text));
  } catch {
    // The library reports every malformed text by throwing; its message may quote the text, which may be secret.
    return err({ code: 'not_base64', textLength: text.length });
  }
}

/** The bytes of a text that holds only ASCII: labels, prologues, customer ids. */
export function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    assert(unit < 0x80, 'the text is ASCII');
    bytes[index] = unit;
  }
  return bytes;
}

/** Bytes as printable ASCII. Every byte outside 0x20..0x7E becomes `?`, so no control byte reaches a terminal. */
export function asciiText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : '?';
  return text;
}
