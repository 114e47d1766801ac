import type { CeremonyOutcome } from '@chiavetta/provisioning';
import { doneFaults, restFaults } from './agreement.ts';
import type { Plan, Scene, Verdict } from './scene.ts';
import { World } from './world.ts';

/** How often a clerk runs the same command until it is done. */
const CEREMONIES_MAX = 4;

/** Runs the scene's operation under the plan, again and again until it is done, and looks whether both ends agree. */
export async function runPlan(scene: Scene, plan: Plan): Promise<Verdict> {
  const faults: string[] = [];
  const world = await World.open(scene, plan, async (resting) => {
    faults.push(...(await restFaults(resting)));
  });
  world.arm();
  let ceremonies = 0;
  let outcome = '';
  while (ceremonies < CEREMONIES_MAX && !isEnd(outcome)) {
    ceremonies += 1;
    const ended = await world.ceremony();
    outcome = await nameOf(world, ended);
    // After an error nobody is in a hurry: the state is looked at before the next try.
    if (!isEnd(outcome)) faults.push(...(await lookedAt(world)));
  }
  // A cable that is out at the last byte is put back by the person, not by a ceremony that is over.
  await world.wait(5_000);
  const counts = world.counts();
  world.disarm();
  if (!isEnd(outcome)) faults.push(`it is not done after ${ceremonies} ceremonies but ${outcome}`);
  faults.push(...(await doneFaults(world)));
  return { faults, ceremonies, outcome, counts };
}

function isEnd(outcome: string): boolean {
  return outcome === 'done' || outcome === 'recovered' || outcome === 'done before';
}

async function lookedAt(world: World): Promise<readonly string[]> {
  world.disarm();
  const faults = await restFaults(world);
  world.rearm();
  return faults;
}

async function nameOf(world: World, ended: CeremonyOutcome | 'killed'): Promise<string> {
  if (ended === 'killed') return 'killed';
  if (ended.tag === 'done') return ended.result.outcome;
  return (await wasDoneBefore(world)) ? 'done before' : ended.error.id;
}

/** The validator finished, but whoever should have heard of it was dead: the next try is told so. */
async function wasDoneBefore(world: World): Promise<boolean> {
  const { bank, scene } = world;
  const stored = await bank.ports.store.read('token', world.serial());
  if (stored === undefined || stored.value.transaction !== undefined) return false;
  const isNewer = stored.value.seedEpoch > scene.epochBefore;
  return isNewer && stored.value.device === 'PROVISIONED';
}
