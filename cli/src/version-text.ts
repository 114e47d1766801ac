import { readFileSync } from 'node:fs';

/** The lines of `--version`: package, then the formats that others meet. */
export function versionText(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const manifest: { readonly version: string } = JSON.parse(text);
  const { wire, matrix, schema, trace, firmware } = FORMAT_VERSIONS;
  return [
    `chiavetta ${manifest.version}`,
    `wire ${wire}`,
    `matrix payload ${matrix}`,
    `database schema ${schema}`,
    `trace ${trace}`,
    `firmware ${firmware}`,
  ].join('\n');
}

/**
 * What this program reads and writes. Kept here and compared by a test with the packages that decide them, because
 * asking the packages would load all of them for every command.
 */
export const FORMAT_VERSIONS = { wire: 1, matrix: 'C1', schema: 1, trace: 1, firmware: '1.0.0' } as const;
