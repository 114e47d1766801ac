import type { Result } from '../bytes/index.ts';
import { err, ok, U64_MAX } from '../bytes/index.ts';

declare const counterBrand: unique symbol;

/** The moving factor of RFC 4226: an unsigned 64-bit integer. */
export type Counter = bigint & { readonly [counterBrand]: true };

/** Why a number is not a counter. */
export type CounterError = { readonly code: 'out_of_range'; readonly found: bigint };

/** The one way to a `Counter`. */
export function counter(value: bigint): Result<Counter, CounterError> {
  if (value < 0n || value > U64_MAX) return err({ code: 'out_of_range', found: value });
  return ok(value as Counter);
}

/** The counter after this one, or the refusal at the end of the range: a counter never wraps to values already used. */
export function counterAfter(current: Counter): Result<Counter, CounterError> {
  return counter(current + 1n);
}
