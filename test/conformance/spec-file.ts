import { readFileSync } from 'node:fs';

/** One file of docs/spec, as text. */
export function readSpec(name: string): string {
  return readFileSync(new URL(`../../docs/spec/${name}`, import.meta.url), 'utf8');
}

/** The body rows of the first table below a heading, as trimmed cells. A heading that is missing fails the test. */
export function tableBelow(spec: string, heading: string): readonly (readonly string[])[] {
  const lines = spec.split('\n');
  const at = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (at === -1) throw new Error(`the specification has no heading "${heading}"`);
  const end = lines.findIndex((line, index) => index > at && /^#+ /.test(line));
  const section = lines.slice(at + 1, end === -1 ? lines.length : end);
  const start = section.findIndex((line) => line.startsWith('|'));
  if (start === -1) throw new Error(`there is no table below "${heading}"`);
  const rows: string[][] = [];
  for (const line of section.slice(start)) {
    if (!line.startsWith('|')) break;
    rows.push(
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  }
  return rows.slice(2);
}

/** One fenced block `example <kind>`: its lines `name = value`, in order. */
export type SpecExample = {
  readonly kind: string;
  readonly values: ReadonlyMap<string, string>;
  /** The name of the last line: the result that the others give. */
  readonly resultName: string;
};

/** All the fenced examples of a specification. */
export function specExamples(spec: string): readonly SpecExample[] {
  return [...spec.matchAll(/^```example (\S+)\n([\s\S]*?)^```$/gm)].map(([, kind = '', body = '']) => {
    const pairs = body
      .trimEnd()
      .split('\n')
      .map((line) => line.split('=').map((part) => part.trim()));
    const values = new Map(pairs.map(([name = '', value = '']) => [name, value]));
    return { kind, values, resultName: pairs.at(-1)?.[0] ?? '' };
  });
}
