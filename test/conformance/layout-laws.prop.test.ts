import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Layout } from '@chiavetta/protocol/bytes';
import { toHex } from '@chiavetta/protocol/bytes';
import { OPERATIONS, SERIAL_MAX } from '@chiavetta/protocol/keys';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { titlesIn } from './test-titles.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROTOCOL = JSON.parse(readFileSync(`${ROOT}protocol/package.json`, 'utf8'));

type Value = Record<string, unknown>;
type AnyLayout = Layout<Value>;

/** What a column holds, found by asking the layout, and the values that its column can carry but the layout refuses. */
type Column = {
  readonly name: string;
  readonly at: number;
  readonly byteCount: number;
  readonly holds: 'number' | 'bigint' | 'bytes' | 'text';
  readonly allows: (value: unknown) => boolean;
};

/** Columns that take less than their bytes can say. Everything else takes all of it. */
const NARROWER: Readonly<Record<string, (value: unknown) => boolean>> = {
  'certificate.serial': isSerial,
  'ticket.serial': isSerial,
  'manifest entry.serial': isSerial,
  'ticket.operation': (value) => Object.values<unknown>(OPERATIONS).includes(value),
};

const VAULT_LAWS = 'firmware-sim/src/core/otc/vault-codec.prop.test.ts';

/** Private layouts: each is read only by the codec whose laws stand in the file beside it. */
const PRIVATE: Readonly<Record<string, string>> = {
  'audit entry header': 'validator/src/core/audit/entry-body.prop.test.ts',
  'generation secrets': 'validator/src/core/generation-secrets.prop.test.ts',
  'pairing secrets': 'validator/src/core/generation-secrets.prop.test.ts',
  'identity record': 'firmware-sim/src/core/identity-record.prop.test.ts',
  'transaction record': 'firmware-sim/src/core/serial/transaction-record.prop.test.ts',
  'fob counter record': 'firmware-sim/src/core/fob/fob-records.prop.test.ts',
  'fob seed record': 'firmware-sim/src/core/fob/fob-records.prop.test.ts',
  'staged fob seed': 'firmware-sim/src/core/fob/fob-records.prop.test.ts',
  'staged pairing operation': 'firmware-sim/src/core/otc/staged-operation.prop.test.ts',
  'tries record': 'firmware-sim/src/core/otc/pin-tries.prop.test.ts',
  vault: VAULT_LAWS,
  'vault active generation': VAULT_LAWS,
  'vault pending generation': VAULT_LAWS,
  'vault prekey': VAULT_LAWS,
  'vault server key': VAULT_LAWS,
  'vault slot': VAULT_LAWS,
};

const layouts = await exportedLayouts();

describe.each([...layouts])('the layout "%s"', (_name, of) => {
  let columns: readonly Column[];
  beforeAll(() => {
    columns = columnsOf(of);
  });
  const check = (law: (value: Value) => void): void => {
    fc.assert(fc.property(anyValue(columns), law), { numRuns: 100 });
  };

  test('writes each value where its table says, and reads it back', () => {
    let read = 0;
    check((value) => {
      const bytes = of.encode(value);
      expect(toHex(bytes)).toBe(toHex(spelled(of, columns, value)));
      const decoded = of.decode(bytes);
      const narrow = columns.find(({ name, allows }) => !allows(value[name]));
      if (narrow === undefined) expect(decoded).toEqual({ ok: true, value });
      else expect(decoded).toMatchObject({ ok: false, error: { code: 'bad_field', field: narrow.name } });
      if (decoded.ok) read += 1;
    });
    expect(read).toBeGreaterThan(20);
  });

  test('reads any bytes without a throw, and writes what it read as the same bytes', () => {
    const input = fc.oneof(
      fc.uint8Array({ maxLength: of.byteCount + 4 }),
      fc.uint8Array({ minLength: of.byteCount, maxLength: of.byteCount }),
    );
    fc.assert(
      fc.property(input, (bytes) => {
        const decoded = of.decode(bytes);
        if (decoded.ok) expect(toHex(of.encode(decoded.value))).toBe(toHex(bytes));
      }),
      { numRuns: 200 },
    );
  });

  test('refuses every truncation and a byte too many', () => {
    const [value = {}] = fc.sample(anyValue(columns), 1);
    const bytes = of.encode(value);
    for (let byteCount = 0; byteCount < bytes.length; byteCount += 1) {
      const cut = of.decode(bytes.slice(0, byteCount));
      expect(cut).toMatchObject({ ok: false, error: { code: 'wrong_length', foundBytes: byteCount } });
    }
    expect(of.decode(Uint8Array.of(...bytes, 0)).ok).toBe(false);
  });

  test('with any single bit flipped says another value in that one column, or is refused for it', () => {
    const [value = {}] = fc.sample(
      anyValue(columns).filter((one) => isWhole(columns, one)),
      1,
    );
    const bytes = of.encode(value);
    const before = shown(value);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const hit = columns.find(({ at, byteCount }) => bit >> 3 >= at && bit >> 3 < at + byteCount);
      const name = hit?.name ?? 'a column';
      const decoded = of.decode(flipped);
      if (!decoded.ok) expect(decoded.error).toMatchObject({ code: 'bad_field', field: name });
      else {
        expect(shown(decoded.value), `bit ${bit}`).not.toBe(before);
        expect(shown({ ...decoded.value, [name]: value[name] })).toBe(before);
      }
    }
  });

  test('shares no memory with the bytes that it reads', () => {
    const [value = {}] = fc.sample(
      anyValue(columns).filter((one) => isWhole(columns, one)),
      1,
    );
    const bytes = of.encode(value);
    const decoded = of.decode(bytes);
    bytes.fill(0x55);
    expect(decoded).toEqual({ ok: true, value });
  });
});

describe('the laws above', () => {
  test('hold for every layout of the wire format, the keys and the optical contents', () => {
    expect([...layouts.keys()]).toEqual(
      expect.arrayContaining(['HELLO', 'FRAGMENT_ACK', 'ticket', 'PAIR1 content']),
    );
    expect(layouts.size).toBe(layoutNames('protocol/src').length);
  });

  test('miss no layout: each that is declared is exported, or names the laws of the codec that reads it', () => {
    const sources = ['protocol', 'firmware-sim', 'validator', 'provisioning', 'cli'];
    const declared = sources.flatMap((folder) => layoutNames(`${folder}/src`));
    expect(new Set(declared).size).toBe(declared.length);
    const hidden = declared.filter((name) => !layouts.has(name));
    expect(hidden.sort()).toEqual(Object.keys(PRIVATE).sort());
    for (const [name, path] of Object.entries(PRIVATE)) {
      const titles = titlesIn(path, readFileSync(`${ROOT}${path}`, 'utf8'));
      expect(titles.length, `${name}: ${path}`).toBeGreaterThan(1);
    }
  });
});

/** Every layout that a subpath of protocol exports, by its name. */
async function exportedLayouts(): Promise<ReadonlyMap<string, AnyLayout>> {
  const found = new Map<string, AnyLayout>();
  const subpaths = Object.keys(PROTOCOL.exports).filter(
    (path) => !path.endsWith('.json') && path !== './testing',
  );
  for (const path of subpaths) {
    const specifier = ['@chiavetta/protocol', ...path.split('/').slice(1)].join('/');
    const exported: Record<string, unknown> = await import(specifier);
    for (const one of Object.values(exported)) if (isLayout(one)) found.set(one.name, one);
  }
  return found;
}

function isLayout(value: unknown): value is AnyLayout {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['name', 'byteCount', 'offsets', 'encode', 'decode'].every((part) => part in value)
  );
}

/** The names of the layouts that sources declare, wherever "layout(" is called with a name. */
function layoutNames(folder: string): readonly string[] {
  const files = readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name));
  return sources.flatMap((name) => {
    const code = readFileSync(`${ROOT}${folder}/${name}`, 'utf8').replaceAll(/^ \*.*$/gm, '');
    return [...code.matchAll(/\blayout(?:<[^>]*>)?\(\s*['"]([^'"]+)/g)].map(([, title = '']) => title);
  });
}

/** Finds what each column holds: bytes that end in 1 are valid in every column but a text, which is then all zeros. */
function columnsOf(of: AnyLayout): readonly Column[] {
  const starts = [...of.offsets];
  const places = starts.map(([name, at], index) => ({
    name,
    at,
    byteCount: (starts[index + 1]?.[1] ?? of.byteCount) - at,
  }));
  const probe = new Uint8Array(of.byteCount);
  for (const { at, byteCount } of places) probe[at + byteCount - 1] = 1;
  let decoded = of.decode(probe);
  for (let tries = 0; !decoded.ok && tries < places.length; tries += 1) {
    const { error } = decoded;
    const place = places.find(({ name }) => error.code === 'bad_field' && name === error.field);
    if (place === undefined) break;
    probe[place.at + place.byteCount - 1] = 0;
    decoded = of.decode(probe);
  }
  if (!decoded.ok) throw new Error(`${of.name}: no value was found`);
  const { value } = decoded;
  return places.map((place) => ({
    ...place,
    holds: kindOf(value[place.name]),
    allows: NARROWER[`${of.name}.${place.name}`] ?? (() => true),
  }));
}

function kindOf(value: unknown): Column['holds'] {
  if (typeof value === 'number') return 'number';
  if (typeof value === 'bigint') return 'bigint';
  if (value instanceof Uint8Array) return 'bytes';
  if (typeof value === 'string') return 'text';
  throw new Error(`a column of ${typeof value}`);
}

function anyValue(columns: readonly Column[]): fc.Arbitrary<Value> {
  return fc.record(Object.fromEntries(columns.map((column) => [column.name, anyOf(column)])), {
    noNullPrototype: true,
  });
}

function anyOf({ holds, byteCount, allows }: Column): fc.Arbitrary<unknown> {
  const max = 2n ** BigInt(8 * byteCount) - 1n;
  switch (holds) {
    case 'number':
      return usually(allows, fc.integer({ min: 0, max: Number(max) }), [0, 1, 7, 8, Number(max)]);
    case 'bigint': {
      const edges = [0n, 1n, SERIAL_MAX, SERIAL_MAX + 1n, max];
      const small = fc.bigInt({ min: 0n, max: SERIAL_MAX });
      return usually(allows, fc.oneof(fc.bigInt({ min: 0n, max }), small), edges);
    }
    case 'bytes':
      return fc.uint8Array({ minLength: byteCount, maxLength: byteCount });
    case 'text':
      return fc.string({
        unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
        maxLength: byteCount - 1,
      });
    default:
      throw new Error('a column of no kind');
  }
}

/** Mostly what the column takes; often a value at an edge, which it may refuse. */
function usually<T>(
  allows: (value: unknown) => boolean,
  any: fc.Arbitrary<T>,
  edges: readonly T[],
): fc.Arbitrary<T> {
  const edge = fc.constantFrom(...edges);
  return fc.oneof({ weight: 3, arbitrary: any.filter(allows) }, { weight: 1, arbitrary: edge });
}

function isWhole(columns: readonly Column[], value: Value): boolean {
  return columns.every(({ name, allows }) => allows(value[name]));
}

/** A value in words, each part in its place. */
function shown(value: Value): string {
  return Object.keys(value)
    .sort()
    .map((name) => `${name}=${String(value[name])}`)
    .join(' ');
}

function isSerial(value: unknown): boolean {
  return typeof value === 'bigint' && value >= 1n && value <= 999_999_999_999n;
}

/** The bytes of a value, written another way than the product writes them: through a DataView, column by column. */
function spelled(of: AnyLayout, columns: readonly Column[], value: Value): Uint8Array {
  const bytes = new Uint8Array(of.byteCount);
  const view = new DataView(bytes.buffer);
  for (const { name, at, byteCount } of columns) {
    const part = value[name];
    if (part instanceof Uint8Array) bytes.set(part, at);
    else if (typeof part === 'bigint') view.setBigUint64(at, part);
    else if (typeof part === 'string') {
      view.setUint8(at, part.length);
      bytes.set(new TextEncoder().encode(part), at + 1);
    } else if (byteCount === 1) view.setUint8(at, Number(part));
    else if (byteCount === 2) view.setUint16(at, Number(part));
    else view.setUint32(at, Number(part));
  }
  return bytes;
}
