import { assert, fromBase64, toBase64 } from '@chiavetta/protocol/bytes';

/** Marks what JSON cannot say: `{"$bytes": base64}` and `{"$bigint": decimal}`. No record may use these names. */
const BYTES_MARK = '$bytes';
const BIGINT_MARK = '$bigint';

/** A record's value as text, for stores that keep text. Fields that are `undefined` are left out. */
export function recordText(value: unknown): string {
  return JSON.stringify(plain(value));
}

/** The value of a text that `recordText` wrote; a new one at each call. */
export function recordValue<T>(text: string): T {
  return JSON.parse(text, (_name, value: unknown) => marked(value));
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { [BYTES_MARK]: toBase64(value) };
  if (typeof value === 'bigint') return { [BIGINT_MARK]: value.toString() };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'number') assert(Number.isFinite(value), 'a number in a record is finite');
  if (typeof value !== 'object' || value === null) {
    assert(typeof value !== 'function' && typeof value !== 'symbol', 'a record is plain data');
    return value;
  }
  const fields = Object.entries(value).map(([name, field]) => {
    assert(name !== BYTES_MARK && name !== BIGINT_MARK, 'a record does not use the marks of its text');
    return [name, plain(field)] as const;
  });
  return Object.fromEntries(fields);
}

function marked(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (BYTES_MARK in value && typeof value[BYTES_MARK] === 'string') {
    const bytes = fromBase64(value[BYTES_MARK]);
    assert(bytes.ok, 'bytes in a kept record are base64');
    return bytes.value;
  }
  if (BIGINT_MARK in value && typeof value[BIGINT_MARK] === 'string') return BigInt(value[BIGINT_MARK]);
  return value;
}
