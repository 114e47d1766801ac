import { assert } from '../bytes/index.ts';

/** Generations are 1 to 255; 0 in a PAIR1 means that the server has no active generation. */
export const NO_GENERATION = 0;
/** The highest generation number; 1 follows it. */
export const GENERATION_MAX = 255;

/** The five bits of a generation that stand in a header. */
export function generationBits(generation: number): number {
  return generation % 32;
}

/** Whether two generations cannot be told apart in a header. */
export function sameGenerationBits(a: number, b: number): boolean {
  return generationBits(a) === generationBits(b);
}

/** Whether `value` is a generation: 1 to 255. */
export function isGeneration(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= GENERATION_MAX;
}

/**
 * The generation for the next PAIR1 of a binding: fresh, and never equal to the active one mod 32, so that the header
 * of a challenge says which of the two it belongs to. docs/spec/otc.md §7.
 *
 * `last`: the highest-numbered generation issued last (0: none yet). `active`: 0 when there is none.
 */
export function nextGeneration(generations: { readonly last: number; readonly active: number }): number {
  assert(
    generations.last === NO_GENERATION || isGeneration(generations.last),
    'the last generation is 0 to 255',
  );
  let next = (generations.last % GENERATION_MAX) + 1;
  while (generations.active !== NO_GENERATION && sameGenerationBits(next, generations.active)) {
    next = (next % GENERATION_MAX) + 1;
  }
  return next;
}

/**
 * Which generation a slot keeps when a PAIR1 names `named` as the server's active one: of {active, pending} the one
 * with that number, or none. Keeping the other until its proof instead strands tokens: test/models/re-pairing.
 */
export function keptGeneration<G extends { readonly generation: number }>(
  held: readonly G[],
  named: number,
): G | undefined {
  return named === NO_GENERATION ? undefined : held.find((one) => one.generation === named);
}
