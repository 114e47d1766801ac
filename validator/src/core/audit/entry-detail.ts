import { assert, concatBytes, u8 } from '@chiavetta/protocol/bytes';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

type Detail = Readonly<Record<string, string | number | boolean>>;

/** How the value of a detail is spelled. docs/spec/validation.md, "Audit". */
export const AUDIT_DETAIL_KINDS = { no: 0, yes: 1, number: 2, text: 3 } as const;

/** Most bytes of the name of a detail. */
const NAME_BYTES_MAX = 255;

/** Each detail as name length, name, kind and value, in ascending order of the names' UTF-8 bytes. */
export function encodeDetail(detail: Detail): readonly Uint8Array[] {
  return Object.entries(detail)
    .map(([name, value]) => ({ name: encodeUtf8(name), value }))
    .sort((left, right) => compareBytes(left.name, right.name))
    .map(({ name, value }) => {
      assert(name.length <= NAME_BYTES_MAX, 'the name of an audit detail fits its limit');
      return concatBytes(u8(name.length), name, encodeValue(value));
    });
}

/** Reads details, or `undefined` when one is malformed, twice there or out of order. Total. */
export function decodeDetail(items: readonly Uint8Array[]): Detail | undefined {
  const detail = new Map<string, string | number | boolean>();
  let before: Uint8Array | undefined;
  for (const item of items) {
    const nameEnd = 1 + (item[0] ?? 0);
    const nameBytes = item.slice(1, nameEnd);
    const name = decodeUtf8(nameBytes);
    const value = decodeValue(item.slice(nameEnd));
    if (name === undefined || value === undefined || item.length <= nameEnd) return undefined;
    if (before !== undefined && compareBytes(before, nameBytes) >= 0) return undefined;
    before = nameBytes;
    detail.set(name, value);
  }
  return Object.fromEntries(detail);
}

function encodeValue(value: string | number | boolean): Uint8Array {
  if (typeof value === 'boolean') return u8(value ? AUDIT_DETAIL_KINDS.yes : AUDIT_DETAIL_KINDS.no);
  if (typeof value === 'string') return concatBytes(u8(AUDIT_DETAIL_KINDS.text), encodeUtf8(value));
  assert(Number.isFinite(value), 'a number in an audit detail is finite');
  return concatBytes(u8(AUDIT_DETAIL_KINDS.number), encodeUtf8(String(value)));
}

function decodeValue(bytes: Uint8Array): string | number | boolean | undefined {
  const rest = bytes.slice(1);
  if (bytes[0] === AUDIT_DETAIL_KINDS.no) return rest.length === 0 ? false : undefined;
  if (bytes[0] === AUDIT_DETAIL_KINDS.yes) return rest.length === 0 ? true : undefined;
  const text = decodeUtf8(rest);
  if (bytes[0] === AUDIT_DETAIL_KINDS.text) return text;
  if (bytes[0] !== AUDIT_DETAIL_KINDS.number || text === undefined) return undefined;
  const value = Number(text);
  // One spelling for each number, so that bytes and entry determine each other.
  return Number.isFinite(value) && String(value) === text ? value : undefined;
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
