import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explore } from './re-pairing.ts';
import type { Rules } from './re-pairing-world.ts';
import { theRules } from './re-pairing-world.ts';

/** PAIR1s that were shown and not scanned yet; re-pairing.long.test.ts has more. */
const PICTURES_MAX = 2;

const spec = readFileSync(new URL('../../docs/spec/otc.md', import.meta.url), 'utf8');

/** The figures that docs/spec/otc.md §7 prints behind the name of some rules: states, stranded, stuck. */
function printed(name: string): readonly number[] {
  const row = spec.split('\n').find((line) => line.startsWith(`| ${name} |`)) ?? '';
  return row
    .split('|')
    .slice(2, 5)
    .map((cell) => Number(cell.replace(',', '')));
}

function explored(change: Partial<Rules>): readonly number[] {
  const found = explore({ ...theRules, ...change }, PICTURES_MAX);
  return [found.stateCount, found.strandedCount, found.stuckCount];
}

describe('re-pairing, every reachable state', () => {
  it('strands nobody and leaves nobody stuck with the rules of the specification', () => {
    const [states, stranded, stuck] = explored({});
    expect([states, stranded, stuck]).toEqual(printed('as above'));
    expect(states).toBeGreaterThan(5_000);
    expect([stranded, stuck]).toEqual([0, 0]);
  });

  it.each<[string, Partial<Rules>]>([
    ['the token switches at the second picture', { token: 'switch at the second matrix' }],
    [
      'the token keeps the old keys until the new ones are proved, whatever PAIR1 names',
      { token: 'keep old until proof' },
    ],
    ['a new PAIR1 leaves P1 and P2 of other slots alone', { voidsOtherSlots: false }],
    ['NEW_PIN is sent while another binding is active', { newPinOnlyWithoutActive: false }],
    ['neither of these two', { voidsOtherSlots: false, newPinOnlyWithoutActive: false }],
  ])('strands customers when a rule is naive: %s', (name, change) => {
    const found = explored(change);
    expect(found).toEqual(printed(name));
    expect(found[1]).toBeGreaterThan(0);
  });

  it('leaves customers stuck behind a forgotten PIN when RESET retires one binding only', () => {
    const found = explored({ resetRetiresAll: false });
    expect(found).toEqual(printed('RESET retires one binding only'));
    expect(found[2]).toBeGreaterThan(0);
  });
});
