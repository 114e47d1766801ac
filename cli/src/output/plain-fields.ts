/** Of what came from outside, the texts and numbers: the values that a failure's sentences need. */
export function plainFields(fields: unknown): Readonly<Record<string, string | number>> {
  if (typeof fields !== 'object' || fields === null) return {};
  const entries: readonly (readonly [string, unknown])[] = Object.entries(fields);
  return Object.fromEntries(
    entries.flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, value] as const] : [],
    ),
  );
}
