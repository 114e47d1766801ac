import { runPlan } from './run-plan.ts';
import type { Plan, RunCounts, Scene, Verdict } from './scene.ts';

/** What a sweep came to: every unsound run with its plan, which is all that is needed to see it again. */
export type Tally = {
  readonly runs: number;
  readonly unsound: readonly { readonly plan: Plan; readonly faults: readonly string[] }[];
  /** How often each outcome came. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly ceremoniesMax: number;
};

/** A sweep that found nothing wrong: so many runs, each of them sound. */
export async function sweep(scene: Scene, plans: readonly Plan[]): Promise<Tally> {
  const unsound: { plan: Plan; faults: readonly string[] }[] = [];
  const outcomes: Record<string, number> = {};
  let ceremoniesMax = 0;
  for (const plan of plans) {
    const verdict = await verdictOf(scene, plan);
    if (verdict.faults.length > 0) unsound.push({ plan, faults: verdict.faults });
    outcomes[verdict.outcome] = (outcomes[verdict.outcome] ?? 0) + 1;
    ceremoniesMax = Math.max(ceremoniesMax, verdict.ceremonies);
  }
  return { runs: plans.length, unsound, outcomes, ceremoniesMax };
}

/** The bounds of the scene's sweeps: what a run without any fault consists of. */
export async function cleanCounts(scene: Scene, plan: Plan = { power: 'kept' }): Promise<RunCounts> {
  const verdict = await runPlan(scene, plan);
  if (verdict.faults.length === 0 && verdict.outcome === 'done' && verdict.ceremonies === 1) {
    return verdict.counts;
  }
  throw new Error(`a run without faults is done at once: ${JSON.stringify(verdict)}`);
}

/** A cable pull after each byte of the run, from none to all. */
export function pullsAtEveryByte(counts: RunCounts, plan: Plan): readonly Plan[] {
  return Array.from({ length: counts.bytes + 1 }, (_, byte) => ({ ...plan, cutsAfter: [byte] }));
}

/** 1 to `count`. */
export function eachOf(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** A run that throws is an unsound one: an invariant of one of the two ends broke. */
async function verdictOf(
  scene: Scene,
  plan: Plan,
): Promise<Pick<Verdict, 'faults' | 'outcome' | 'ceremonies'>> {
  try {
    return await runPlan(scene, plan);
  } catch (error) {
    return { faults: [String(error)], outcome: 'thrown', ceremonies: 0 };
  }
}
