/** Puts values into a text of the catalogue: `{name}` becomes the value of `name`; an unknown name stays visible. */
export function fill(text: string, fields: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/gu, (whole, name: string) =>
    Object.hasOwn(fields, name) ? String(fields[name]) : whole,
  );
}
