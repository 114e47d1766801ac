import { describe, expect, test } from 'vitest';
import type { Plan } from './scene.ts';
import { freshFob } from './scenes.ts';
import { cleanCounts, sweep } from './sweep.ts';

const MINUTES = 60_000;
/** The last bytes of a run: COMMIT and DONE are in them. */
const TAIL_BYTES = 120;

const scene = await freshFob();
const { bytes } = await cleanCounts(scene);
const tail = Array.from({ length: TAIL_BYTES + 1 }, (_, index) => bytes - TAIL_BYTES + index);

function pulls(plan: Plan): readonly Plan[] {
  return tail.map((byte) => ({ ...plan, cutsAfter: [byte] }));
}

// Without a bug the same pulls are part of the sweeps over every byte, which find nothing.
describe('the harness', () => {
  test(
    'notices a validator that calls a fob provisioned before the fob has said DONE',
    async () => {
      const { unsound } = await sweep(scene, pulls({ power: 'kept', bug: 'validator finishes at COMMIT' }));
      expect(unsound.length).toBeGreaterThan(0);
      expect(unsound.flatMap(({ faults }) => faults).join()).toContain('does not know of');
    },
    2 * MINUTES,
  );

  test(
    'notices a token that says DONE before its flash is written',
    async () => {
      const bug = 'token says DONE before it has written';
      const { unsound } = await sweep(scene, pulls({ power: 'lost', bug }));
      expect(unsound.length).toBeGreaterThan(0);
    },
    2 * MINUTES,
  );
});
