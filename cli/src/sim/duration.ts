const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `30s`, `500ms`, `2m`, `1h`, `7d`, or a bare number of milliseconds; `undefined` for anything else. */
export function durationMs(text: string): number | undefined {
  const [, digits = '', unit = 'ms'] = /^(\d{1,12})(ms|s|m|h|d)?$/u.exec(text) ?? [];
  const factor = UNITS_MS[unit];
  if (digits === '' || factor === undefined) return undefined;
  const ms = Number(digits) * factor;
  return Number.isSafeInteger(ms) ? ms : undefined;
}
