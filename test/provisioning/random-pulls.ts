import { seededEntropy } from '@chiavetta/protocol/testing';
import type { Plan, RunCounts } from './scene.ts';

const CUTS_MAX = 4;

/** Two to four pulls at random bytes, the later ones also in the sessions that repair the earlier ones. */
export function randomPulls(
  counts: RunCounts,
  job: { readonly runs: number; readonly seed: number; readonly plan: Plan },
): readonly Plan[] {
  const entropy = seededEntropy('random pulls', job.seed);
  const below = (bound: number): number => new DataView(entropy.randomBytes(4).buffer).getUint32(0) % bound;
  return Array.from({ length: job.runs }, () => {
    const cutCount = 2 + below(CUTS_MAX - 1);
    const cuts = Array.from({ length: cutCount }, () => below(2 * counts.bytes));
    return { ...job.plan, cutsAfter: cuts.toSorted((left, right) => left - right) };
  });
}
