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
