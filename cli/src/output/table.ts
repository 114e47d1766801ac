/** Rows as aligned plain text, two blanks between columns, no blanks at line ends. The first row is the heading. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, characterCount(cell));
    }
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - characterCount(cell)))
      .join('  ')
      .trimEnd(),
  );
}

/** Names and values below each other, the values aligned; what has no value is left out. */
export function nameValueLines(
  pairs: readonly (readonly [name: string, value: string | number | undefined])[],
): readonly string[] {
  const shown = pairs.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return table(shown);
}

/** Code points, not UTF-16 units. */
function characterCount(text: string): number {
  return Array.from(text).length;
}
