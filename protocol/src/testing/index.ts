export type { ManualClock } from './manual-clock.ts';
export { manualClock } from './manual-clock.ts';
export type { SeededEntropy } from './seeded-entropy.ts';
export { seededEntropy } from './seeded-entropy.ts';
