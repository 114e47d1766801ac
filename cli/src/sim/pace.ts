import { usageFailure } from '../output/failure.ts';

const FACTOR_MAX = 10_000;

/** `real`, `frozen` or `x10` as the factor by which a token's time runs; 0 stands still. */
export function paceFactor(text: string): number {
  if (text === 'real') return 1;
  if (text === 'frozen') return 0;
  const factor = Number(/^x(\d{1,5}(?:\.\d{1,3})?)$/u.exec(text)?.[1] ?? 'none');
  if (factor > 0 && factor <= FACTOR_MAX) return factor;
  throw usageFailure(`"pace" is real, frozen or x and a number up to ${FACTOR_MAX}, not "${text}".`);
}
