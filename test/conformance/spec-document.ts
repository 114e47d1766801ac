import { readdirSync, readFileSync } from 'node:fs';

/** One example of a spec file: the values it starts from, and those that follow from them. */
export type SpecExample = {
  readonly name: string;
  readonly given: ReadonlyMap<string, string>;
  readonly follows: ReadonlyMap<string, string>;
};

/** One row of a layout table of a spec file: `| offset | bytes | field | meaning |`. */
export type SpecRow = { readonly offset: number; readonly byteCount: number; readonly field: string };

const SPEC_FOLDER = new URL('../../docs/spec/', import.meta.url);

/** The names of all spec files. */
export function specNames(): readonly string[] {
  return readdirSync(SPEC_FOLDER).filter((name) => name.endsWith('.md'));
}

/** The text of `docs/spec/<name>`. */
export function readSpec(name: string): string {
  return readFileSync(new URL(name, SPEC_FOLDER), 'utf8');
}

/**
 * The examples: fenced blocks that open with "```example <name>". A line `key = value` is given, a line
 * `-> key = value` follows; an indented line continues the value above it.
 */
export function examplesOf(spec: string): readonly SpecExample[] {
  return [...spec.matchAll(/^```example ([a-z0-9-]+)\n([\s\S]*?)^```$/gm)].map(([, name = '', body = '']) => {
    const given = new Map<string, string>();
    const follows = new Map<string, string>();
    for (const line of body.replaceAll(/\n {2,}/g, '').split('\n')) {
      if (line === '') continue;
      const [, arrow, key, value] = /^(-> )?([A-Za-z0-9]+) = ?(.*)$/.exec(line) ?? [];
      if (key === undefined || value === undefined) throw new Error(`example ${name}: cannot read "${line}"`);
      (arrow === undefined ? given : follows).set(key, value);
    }
    return { name, given, follows };
  });
}

/** What stands outside of the examples. */
export function withoutExamples(spec: string): string {
  return spec.replaceAll(/^```example [\s\S]*?^```$/gm, '');
}

/** The rows of the first layout table under the heading. */
export function layoutTable(spec: string, heading: string): readonly SpecRow[] {
  const section = spec.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| (\d+) \| (\d+) \| `(\w+)` \|/gm)].map(
    ([, offset, byteCount, field = '']) => ({
      offset: Number(offset),
      byteCount: Number(byteCount),
      field,
    }),
  );
}

/** How often a text stands in another. */
export function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}
