/**
 * A value as a face: the fields in their order; of those that are random in every answer only the length is kept, so
 * that a longer id or a missing field still tells two answers apart.
 */
export function faceOf(value: Readonly<Record<string, unknown>>, random: ReadonlySet<string>): string {
  return JSON.stringify(
    Object.entries(value).map(([name, field]) => [
      name,
      random.has(name) ? { random: lengthOf(field) } : field,
    ]),
  );
}

function lengthOf(field: unknown): number | string {
  if (typeof field === 'string' || field instanceof Uint8Array) return field.length;
  return typeof field;
}
