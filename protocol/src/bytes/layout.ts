import { assert } from './assert.ts';
import type { Field, FieldFault } from './layout-fields.ts';
import type { Result } from './result.ts';
import { err, ok } from './result.ts';

/** Why bytes are not an instance of a layout. */
export type LayoutError =
  | {
      readonly code: 'wrong_length';
      readonly layout: string;
      readonly expectedBytes: number;
      readonly foundBytes: number;
    }
  | {
      readonly code: 'bad_field';
      readonly layout: string;
      readonly field: string;
      readonly fault: FieldFault;
    };

/** A fixed layout: one declaration gives the type, the size, the encoder and the total decoder. */
export type Layout<V extends object> = {
  readonly name: string;
  readonly byteCount: number;
  /** The offset of each field, in declaration order: what the tables in docs/spec show. */
  readonly offsets: ReadonlyMap<string, number>;
  /** The value as exactly `byteCount` bytes. A value outside its field's range is our bug and asserts. */
  readonly encode: (value: V) => Uint8Array;
  /** Exactly `byteCount` bytes as a value. Total: any input yields a value, never a throw. */
  readonly decode: (bytes: Uint8Array) => Result<V, LayoutError>;
};

/** The value that a layout carries. */
export type LayoutValue<L> = L extends Layout<infer V> ? V : never;

/** The fields of a layout, in the order in which they stand in the bytes. */
export type LayoutFields<V> = { readonly [K in keyof V]: Field<V[K]> };

/**
 * Declares a fixed layout as a table.
 *
 * @example
 * ```ts
 * const pingLayout = layout('ping', { id: fieldU16 });
 * pingLayout.encode({ id: 258 }); // 01 02
 * ```
 */
export function layout<V extends object>(name: string, fields: LayoutFields<V>): Layout<V> {
  const offsets = new Map<string, number>();
  let byteCount = 0;
  for (const key in fields) {
    offsets.set(key, byteCount);
    byteCount += fields[key].byteCount;
  }
  return {
    name,
    byteCount,
    offsets,
    encode: (value) => encodeFields({ fields, value, byteCount }),
    decode: (bytes) =>
      bytes.length === byteCount
        ? decodeFields({ name, fields, bytes })
        : err({ code: 'wrong_length', layout: name, expectedBytes: byteCount, foundBytes: bytes.length }),
  };
}

function encodeFields<V extends object>(job: {
  readonly fields: LayoutFields<V>;
  readonly value: V;
  readonly byteCount: number;
}): Uint8Array {
  const bytes = new Uint8Array(job.byteCount);
  let offset = 0;
  for (const key in job.fields) {
    const field = job.fields[key];
    bytes.set(field.encode(job.value[key]), offset);
    offset += field.byteCount;
  }
  return bytes;
}

function decodeFields<V extends object>(job: {
  readonly name: string;
  readonly fields: LayoutFields<V>;
  readonly bytes: Uint8Array;
}): Result<V, LayoutError> {
  const value: Partial<V> = {};
  let offset = 0;
  for (const key in job.fields) {
    const field = job.fields[key];
    const decoded = field.decode(job.bytes.subarray(offset, offset + field.byteCount));
    if (!decoded.ok) return err({ code: 'bad_field', layout: job.name, field: key, fault: decoded.error });
    value[key] = decoded.value;
    offset += field.byteCount;
  }
  assert(isComplete(value, job.fields), 'every field of the layout was decoded');
  return ok(value);
}

/** True once every field of the table has its value: then a partial value is a whole one. */
function isComplete<V extends object>(value: Partial<V>, fields: LayoutFields<V>): value is V {
  for (const key in fields) if (!Object.hasOwn(value, key)) return false;
  return true;
}
