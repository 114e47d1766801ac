import { describe, expect, it } from 'vitest';
import { explore } from './re-pairing.ts';
import type { Rules } from './re-pairing-world.ts';
import { theRules } from './re-pairing-world.ts';

/** PAIR1s that were shown and not scanned yet; re-pairing.long.test.ts has more. */
const PICTURES_MAX = 2;

describe('re-pairing, every reachable state', () => {
  it('strands nobody and leaves nobody stuck with the rules of the specification', () => {
    const found = explore(theRules, PICTURES_MAX);
    expect(found.stateCount).toBeGreaterThan(1_000);
    expect(found).toMatchObject({ strandedCount: 0, stuckCount: 0 });
  });

  it.each<[string, Partial<Rules>]>([
    ['the token switches at the second matrix', { token: 'switch at the second matrix' }],
    ['the token keeps the old keys until proof', { token: 'keep old until proof' }],
    ['a new PAIR1 leaves the other slot alone', { voidsOtherSlots: false }],
    ['NEW_PIN is asked while another binding is active', { newPinOnlyWithoutActive: false }],
    [
      'neither of the two rules for a second slot holds',
      { voidsOtherSlots: false, newPinOnlyWithoutActive: false },
    ],
  ])('strands customers when %s', (_naive, change) => {
    const found = explore({ ...theRules, ...change }, PICTURES_MAX);
    expect(found.strandedCount).toBeGreaterThan(0);
  });

  it('leaves customers stuck behind a forgotten PIN when RESET retires only the binding it was asked for', () => {
    const found = explore({ ...theRules, resetRetiresAll: false }, PICTURES_MAX);
    expect(found.stuckCount).toBeGreaterThan(0);
  });
});
