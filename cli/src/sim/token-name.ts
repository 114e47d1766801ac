import { usageFailure } from '../output/failure.ts';

/** A name becomes part of file names: letters, digits, dot, dash and underscore, 32 characters at most. */
export function checkedTokenName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/u.test(name)) return name;
  throw usageFailure('A token name has up to 32 letters, digits, dots, dashes and underscores.');
}
