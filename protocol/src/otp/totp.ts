import { assert } from '../bytes/index.ts';
import type { HotpInput } from './hotp.ts';
import { hotp } from './hotp.ts';

/** A point in time and how it is cut into steps. */
export type TimeStepInput = {
  /** Time in whole or broken seconds since 1970-01-01T00:00:00Z. */
  readonly timeS: number;
  /** Length X of a step in whole seconds; 30 unless told. */
  readonly stepS?: number;
  /** T0: where step 0 starts, in seconds; 0 unless told. */
  readonly t0S?: number;
};

/** What a TOTP value is made of. */
export type TotpInput = Omit<HotpInput, 'counter'> & TimeStepInput;

/**
 * The step T in which a point in time lies, RFC 6238 section 4.2. The first moment of a step belongs to it.
 *
 * @throws InvariantError for a time before T0 or a step that is not a whole number of seconds.
 */
export function timeStepAt({ timeS, stepS = 30, t0S = 0 }: TimeStepInput): bigint {
  assert(Number.isInteger(stepS) && stepS > 0, 'a time step is a whole number of seconds');
  assert(Number.isFinite(timeS) && timeS >= t0S, 'a time is not before the first step');
  return BigInt(Math.floor((timeS - t0S) / stepS));
}

/**
 * A time-based one-time password, RFC 6238 section 4.
 *
 * @throws InvariantError as `timeStepAt`.
 * @example
 * ```ts
 * totp({ secret: asciiBytes('12345678901234567890'), timeS: 59, digits: 8 }); // '94287082'
 * ```
 */
export function totp({ timeS, stepS = 30, t0S = 0, ...rest }: TotpInput): string {
  return hotp({ ...rest, counter: timeStepAt({ timeS, stepS, t0S }) });
}
