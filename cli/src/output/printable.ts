/**
 * Text from a device, a server or a file, made safe for a terminal: controls, escapes and the marks that reorder or
 * hide text become one visible sign, so that no name can move the cursor or forge a line.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, '\u{FFFD}');
}
