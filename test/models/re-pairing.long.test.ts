import { expect, it } from 'vitest';
import { explore } from './re-pairing.ts';
import { theRules } from './re-pairing-world.ts';

it.each([4, 5])('strands nobody with %i unscanned pictures on their way', (picturesMax) => {
  const found = explore(theRules, picturesMax);
  console.log('re-pairing', picturesMax, JSON.stringify(found));
  expect(found.stateCount).toBeGreaterThan(10_000);
  expect(found).toMatchObject({ strandedCount: 0, stuckCount: 0 });
});
