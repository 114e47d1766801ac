import type { Rules, World } from './provisioning-world.ts';
import { canonical, START, steps } from './provisioning-world.ts';

/**
 * An exhaustive model of the two-phase transaction with one token: every message lost or late, the cable pulled, the
 * power gone, the PC gone, the validator restarted between any two commits, a person who says no. Two laws:
 * **never half**: the token's seed is the validator's, or that of a transaction that the validator knows to be in doubt;
 * **never stuck**: whatever happened, if people go on trying the token ends provisioned. docs/spec/provisioning.md.
 */

/** What an exploration found. */
export type Exploration = {
  readonly stateCount: number;
  /** States in which the validator is sure of a seed that the token does not have. */
  readonly halfCount: number;
  /** States from which no amount of trying ends with both sides holding one seed and nothing in doubt. */
  readonly stuckCount: number;
};

const STATE_COUNT_MAX = 30_000;

/** Visits every reachable state. */
export function explore(rules: Rules): Exploration {
  const worlds: World[] = [canonical(START)];
  const index = new Map<string, number>([[JSON.stringify(worlds[0]), 0]]);
  const before: number[][] = [[]];
  for (let at = 0; at < worlds.length; at += 1) {
    const world = worlds[at];
    if (world === undefined || worlds.length > STATE_COUNT_MAX) {
      throw new Error('the model has more states than its bound');
    }
    for (const { by, next } of steps(world, rules)) {
      const known = canonical(next);
      const key = JSON.stringify(known);
      let to = index.get(key);
      if (to === undefined) {
        to = worlds.length;
        index.set(key, to);
        worlds.push(known);
        before.push([]);
      }
      if (by === 'work') before[to]?.push(at);
    }
  }
  const fine = reaching(worlds, before);
  return {
    stateCount: worlds.length,
    halfCount: worlds.filter(isHalf).length,
    stuckCount: worlds.length - fine.size,
  };
}

function isHalf({ server, token }: World): boolean {
  const { transaction } = server;
  const isInDoubt = transaction !== undefined && transaction.state !== 'RESERVED';
  return token.seed !== server.seed && !(isInDoubt && transaction.id === token.seed);
}

function isProvisioned({ server, token }: World): boolean {
  return server.transaction === undefined && server.seed !== 0 && server.seed === token.seed;
}

/** States from which work alone leads to a provisioned token. */
function reaching(worlds: readonly World[], before: readonly (readonly number[])[]): ReadonlySet<number> {
  const found = new Set<number>();
  const open = worlds.flatMap((world, at) => (isProvisioned(world) ? [at] : []));
  while (open.length > 0) {
    const at = open.pop();
    if (at === undefined || found.has(at)) continue;
    found.add(at);
    open.push(...(before[at] ?? []));
  }
  return found;
}
