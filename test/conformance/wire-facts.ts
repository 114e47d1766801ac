import { readdirSync, readFileSync } from 'node:fs';
import type { Layout } from '@chiavetta/protocol/bytes';
import * as validator from '@chiavetta/validator';

/** A number with a name that both ends of a wire have to know. */
export type NumberFact = { readonly name: string; readonly value: number };
/** One name of a list of codes: `OPERATIONS.bind = 2`. */
export type CodeFact = { readonly list: string; readonly name: string; readonly code: number };
/** One text of a list of limits: `TRANSACTION_TEXT_BYTES_MAX.iban = 34`. */
export type LimitFact = { readonly list: string; readonly field: string; readonly max: number };
/** What a layout says of itself. */
export type LayoutFact = Pick<Layout<object>, 'name' | 'byteCount' | 'offsets'>;

/** Everything that the packages export and that crosses a wire, found by its shape and not by its name. */
export type WireFacts = {
  readonly numbers: readonly NumberFact[];
  readonly codes: readonly CodeFact[];
  readonly limits: readonly LimitFact[];
  readonly layouts: readonly LayoutFact[];
};

/** Subpaths that are tools for the others and know no wire. */
const TOOLS = ['./bytes', './ports', './testing', './package.json'];
const ROOT = new URL('../../', import.meta.url);

/**
 * Constants (`UPPER_CASE` numbers), code lists (`UPPER_CASE` objects of numbers), lists of limits (the same, named
 * `..._MAX`) and layouts of every public subpath of the protocol package that knows a wire, and of the audit.
 */
export async function wireFacts(): Promise<WireFacts> {
  const exported = [...(await protocolExports()), ...auditExports()];
  const constants = exported.filter(([name]) => /^[A-Z][A-Z0-9_]+$/.test(name));
  const models = constants.flatMap(([name, value]) => {
    const model = /^MODEL_(\w+)$/.exec(name)?.[1];
    return model === undefined || typeof value !== 'number'
      ? []
      : [{ list: 'MODEL', name: model, code: value }];
  });
  const numbers = constants.flatMap(([name, value]) => {
    const isNumber = typeof value === 'number' || typeof value === 'bigint';
    return isNumber && !name.startsWith('MODEL_') ? [{ name, value: Number(value) }] : [];
  });
  const lists = constants.flatMap(([list, value]) =>
    isNumberList(value) ? Object.entries(value).map(([name, code]) => ({ list, name, code })) : [],
  );
  const codes = [...lists.filter(({ list }) => !list.endsWith('_MAX')), ...models];
  const limits = lists
    .filter(({ list }) => list.endsWith('_MAX'))
    .map(({ list, name, code }) => ({ list, field: name, max: code }));
  const layouts = exported.flatMap(([, value]) => (isLayout(value) ? [value] : []));
  return { numbers, codes, limits, layouts };
}

/**
 * Every domain-separation label in the sources: texts that begin with the project's versions, and in the protocol package
 * all other texts that are turned into bytes.
 */
export function labelsInSources(): readonly string[] {
  const labels = new Set<string>();
  for (const source of [...sourcesOf('protocol'), ...sourcesOf('firmware-sim'), ...sourcesOf('validator')]) {
    for (const [, label = ''] of source.matchAll(/['`]((?:otc|chiavetta)\/v1[^'`$]*)/g))
      labels.add(label.trimEnd());
  }
  for (const source of sourcesOf('protocol')) {
    const used = /asciiBytes\('([^']+)'\)|_(?:LABEL|NAME)(?:: string)? = '([^']+)'/g;
    for (const [, bytes, named] of withoutComments(source).matchAll(used)) labels.add(bytes ?? named ?? '');
  }
  return [...labels].toSorted();
}

type Export = readonly [string, unknown];

async function protocolExports(): Promise<readonly Export[]> {
  const text = readFileSync(new URL('protocol/package.json', ROOT), 'utf8');
  const manifest: { readonly exports: Readonly<Record<string, unknown>> } = JSON.parse(text);
  const subpaths = Object.keys(manifest.exports).filter((path) => !TOOLS.includes(path));
  const found: Export[] = [];
  for (const path of subpaths) {
    const module: object = await import(`@chiavetta/protocol/${path.slice(2)}`);
    found.push(...Object.entries(module));
  }
  return found;
}

function auditExports(): readonly Export[] {
  return Object.entries(validator).filter(([name]) => name.startsWith('AUDIT_') || name.endsWith('Layout'));
}

function isNumberList(value: unknown): value is Readonly<Record<string, number>> {
  if (typeof value !== 'object' || value === null) return false;
  const codes: unknown[] = Object.values(value);
  return codes.length > 1 && codes.every((code) => typeof code === 'number');
}

function isLayout(value: unknown): value is LayoutFact {
  return typeof value === 'object' && value !== null && 'offsets' in value && 'byteCount' in value;
}

function sourcesOf(name: string): readonly string[] {
  const folder = new URL(`${name}/src/`, ROOT);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.split('/').includes('testing'),
    )
    .map((file) => readFileSync(new URL(file, folder), 'utf8'));
}

function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/\/\/.*$/gm, '');
}
