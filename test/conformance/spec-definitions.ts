import { readSpec, specNames } from './spec-document.ts';

/** Where a spec file defines something: `otc.md`, and the line of the table or text that does it. */
export type Place = { readonly file: string; readonly line: string };

type Row = { readonly file: string; readonly line: string; readonly cells: readonly string[] };
type SpecTable = { readonly file: string; readonly heading: string; readonly rows: readonly string[] };

const files = specNames().map((file) => ({ file, text: readSpec(file) }));
const rows: readonly Row[] = files.flatMap(({ file, text }) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => ({ file, line, cells: cellsOf(line) })),
);

/** Rows that give a constant a value: `| NAME | value |`. */
export function definitionsOfNumber(name: string): readonly (Place & { readonly value: number })[] {
  return rows
    .filter(({ cells }) => plain(cells[0]) === name)
    .map(({ file, line, cells }) => ({ file, line, value: Number(plain(cells[1]).replaceAll(',', '')) }));
}

/** Rows that give a code a name: `| code | name |`. */
export function definitionsOfCode(code: number, name: string): readonly Place[] {
  return rows.filter(
    ({ cells: [first, second] }) =>
      isNumber(first) && Number(first) === code && folded(second) === folded(name),
  );
}

/** Occurrences of a label in double quotes, or, if it is no bare word, in backquotes; nothing more inside them. */
export function definitionsOfLabel(label: string): readonly Place[] {
  return files.flatMap(({ file, text }) =>
    text
      .split('\n')
      .flatMap((line) =>
        line
          .split(`"${label}"`)
          .slice(1)
          .map(() => line),
      )
      .concat(text.split('\n').filter((line) => !isBareWord(label) && line.includes(`\`${label}\``)))
      .map((line) => ({ file, line })),
  );
}

/** Texts that bound a field: "IBAN (at most 34)". */
export function definitionsOfLimit(field: string, max: number): readonly Place[] {
  const bound = new RegExp(`\\b${field}\\s+\\(at most ${max}\\)`, 'gi');
  return files.flatMap(({ file, text }) => [...text.matchAll(bound)].map(([line]) => ({ file, line })));
}

/** Rows that consist of exactly these cells. */
export function rowsWithCells(cells: readonly string[]): readonly Place[] {
  return rows.filter((row) => row.cells.join('|') === cells.join('|'));
}

/** All layout tables, each as `offset bytes field` rows. */
export function layoutTables(): readonly SpecTable[] {
  return files.flatMap(({ file, text }) =>
    text.split(/^#+ /m).flatMap((section) => {
      const heading = section.slice(0, section.indexOf('\n'));
      const found = [...section.matchAll(/^\| (\d+) \| (\d+) \| `(\w+)` \|/gm)];
      const lines = found.map(([, offset, byteCount, field]) => `${offset} ${byteCount} ${field}`);
      return lines.length === 0 ? [] : [{ file, heading, rows: lines }];
    }),
  );
}

/** `HELLO_REPLY`, `helloReply` and `Hello reply` as one spelling. */
export function folded(name: string | undefined): string {
  return plain(name).replaceAll(/[_ -]/g, '').toLowerCase();
}

function cellsOf(line: string): readonly string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

function plain(cell: string | undefined): string {
  return (cell ?? '').replaceAll('`', '');
}

function isNumber(cell: string | undefined): boolean {
  return /^(?:0x[0-9A-F]+|\d+)$/.test(cell ?? '');
}

/** `e` and `nonce` name fields too, in backquotes. */
function isBareWord(label: string): boolean {
  return /^[a-z]+$/.test(label);
}
