import { readFileSync } from 'node:fs';

/** The lines of `--version`: package, wire, matrix, schema and firmware versions. */
export function versionText(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const manifest: { readonly version: string } = JSON.parse(text);
  return `chiavetta ${manifest.version}`;
}
