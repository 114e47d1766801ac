/** A display in one line, its lines side by side; a dark one says so. */
export function displayText(lines: readonly string[]): string {
  return lines.length === 0 ? '(dark)' : lines.join(' | ');
}
