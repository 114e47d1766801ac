import type { DemoStep } from '../demo-step.ts';
import { closingSteps } from './closing.ts';
import { fobSteps } from './fob.ts';
import { lostDeviceSteps } from './lost-devices.ts';
import { openingSteps } from './opening.ts';
import { otcSteps } from './otc.ts';
import { recoverySteps } from './recovery.ts';

/** The main job, in the order in which it is played. */
export const demoSteps: readonly DemoStep[] = [
  ...openingSteps,
  ...fobSteps,
  ...otcSteps,
  ...recoverySteps,
  ...lostDeviceSteps,
  ...closingSteps,
];
