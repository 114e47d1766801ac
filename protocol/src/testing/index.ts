export type { ManualClock } from './manual-clock.ts';
export { manualClock } from './manual-clock.ts';
export type { OtcDevice, OtcPair } from './otc-pair.ts';
export { otcDevice, otcPair, pair1ContentOf, pair1TokenOf } from './otc-pair.ts';
export type { SeededEntropy } from './seeded-entropy.ts';
export { seededEntropy } from './seeded-entropy.ts';
