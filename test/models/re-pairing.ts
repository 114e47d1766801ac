import type { Rules, World } from './re-pairing-world.ts';
import { canonical, SLOTS, START, steps } from './re-pairing-world.ts';

/**
 * An exhaustive model of pairing and re-pairing: one token with two slots, its two bindings at the server, pictures
 * that arrive late, out of turn or never, digits that are typed late or never, attempts that expire, branch RESET and
 * REKEY at any moment. The law: **a generation that the server holds active is one that the token still holds**; a
 * customer of whom that is not true is stranded. docs/spec/otc.md §7.
 */

/** What an exploration found. */
export type Exploration = {
  readonly stateCount: number;
  /** States in which some active generation of the server is no longer held by the token. */
  readonly strandedCount: number;
  /**
   * States from which a customer cannot, without the branch, come to a pairing that works. A forgotten PIN takes one
   * RESET, and no more than that.
   */
  readonly stuckCount: number;
};

const STATE_COUNT_MAX = 2_000_000;

/** Visits every reachable state. `picturesMax`: unscanned PAIR1s that may be on their way at once. */
export function explore(rules: Rules, picturesMax: number): Exploration {
  const start = canonical(START);
  const index = new Map<string, number>([[JSON.stringify(start), 0]]);
  const worlds: World[] = [start];
  const before: number[][] = [[]];
  for (let at = 0; at < worlds.length && at < STATE_COUNT_MAX; at += 1) {
    const world = worlds[at];
    if (world === undefined) break;
    for (const { by, next } of steps(world, rules, picturesMax)) {
      const known = canonical(next);
      const key = JSON.stringify(known);
      let to = index.get(key);
      if (to === undefined) {
        to = worlds.length;
        index.set(key, to);
        worlds.push(known);
        before.push([]);
      }
      if (by === 'customer') before[to]?.push(at);
    }
  }
  if (worlds.length > STATE_COUNT_MAX) throw new Error('the model has more states than its bound');
  const stuck = new Set<number>();
  for (const slot of SLOTS) {
    const fine = reaching(worlds, before, (world) => works(world, slot));
    worlds.forEach((world, at) => {
      if (world.pin !== 'forgotten' && !fine.has(at)) stuck.add(at);
    });
  }
  return {
    stateCount: worlds.length,
    strandedCount: worlds.filter((world) => SLOTS.some((slot) => isStranded(world, slot))).length,
    stuckCount: stuck.size,
  };
}

function holds(world: World, slot: number, generation: number): boolean {
  const held = world.slots[slot];
  return held !== undefined && (held.active === generation || held.pending === generation);
}

function isStranded(world: World, slot: number): boolean {
  const active = world.bindings[slot]?.active ?? 0;
  return active !== 0 && !holds(world, slot, active);
}

function works(world: World, slot: number): boolean {
  const binding = world.bindings[slot];
  return world.pin === 'known' && binding?.phase === 'PAIRED' && holds(world, slot, binding.active);
}

/** All states from which some path along `before` edges leads to a state that fits. */
function reaching(
  worlds: readonly World[],
  before: readonly (readonly number[])[],
  fits: (world: World) => boolean,
): ReadonlySet<number> {
  const found = new Set<number>();
  const queue: number[] = [];
  const add = (at: number): void => {
    if (found.has(at)) return;
    found.add(at);
    queue.push(at);
  };
  worlds.forEach((world, at) => {
    if (fits(world)) add(at);
  });
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) before[at]?.forEach(add);
  return found;
}
