import { describe, expect, it } from 'vitest';
import { readSpec } from '../conformance/spec-document.ts';
import type { Exploration } from './provisioning.ts';
import { explore } from './provisioning.ts';
import type { Rules } from './provisioning-world.ts';
import { theRules } from './provisioning-world.ts';

const spec = readSpec('provisioning.md');

/** The figures that docs/spec/provisioning.md prints behind the name of some rules: states, half, stuck. */
function printed(name: string): Exploration {
  const row = spec.split('\n').find((line) => line.startsWith(`| ${name} |`)) ?? '';
  const [stateCount = Number.NaN, halfCount = Number.NaN, stuckCount = Number.NaN] = row
    .split('|')
    .slice(2, 5)
    .map((cell) => Number(cell.replace(',', '')));
  return { stateCount, halfCount, stuckCount };
}

describe('the two-phase transaction, every reachable state', () => {
  it('is never half and never stuck', () => {
    const found = explore(theRules);
    expect(found).toMatchObject({ halfCount: 0, stuckCount: 0 });
    expect(found.stateCount).toBeGreaterThan(100);
    expect(found).toEqual(printed('as above'));
  });

  it.each<[string, Partial<Rules>]>([
    ['one phase', { phases: 'one' }],
    ['a new attempt replaces one in doubt', { asksStatus: false }],
    ['a transaction in doubt is reaped', { neverReapsDoubt: false }],
    ['COMMIT counts as done when it leaves', { waitsForDone: false }],
  ])('goes wrong under a naive rule: %s', (name, change) => {
    const found = explore({ ...theRules, ...change });
    expect(found.halfCount).toBeGreaterThan(0);
    expect(found).toEqual(printed(name));
  });

  it('does not need IN_DOUBT before PREPARE for this: it is stored for the people and for the ticket', () => {
    const found = explore({ ...theRules, storesBeforePrepare: false });
    expect(found).toMatchObject({ halfCount: 0, stuckCount: 0 });
    expect(found).toEqual(printed('IN_DOUBT is stored only with the proof'));
  });
});
