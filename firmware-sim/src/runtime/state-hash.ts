import { toHex } from '@chiavetta/protocol/bytes';
import { nobleCrypto } from '@chiavetta/protocol/ports';

const HASH_BYTES = 16;

/** A short hash of plain data: the same for equal data, whatever the order of keys. Bytes and bigints are told apart from text. */
export function dataHash(value: unknown): string {
  const text = new TextEncoder().encode(canonicalText(value));
  return toHex(nobleCrypto.sha256(text).slice(0, HASH_BYTES));
}

/** Plain data as one text: keys sorted, absent and `undefined` fields alike, bytes as hexadecimal. */
export function canonicalText(value: unknown): string {
  if (value instanceof Uint8Array) return `x"${toHex(value)}"`;
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalText(field)}`);
  return `{${fields.join(',')}}`;
}
