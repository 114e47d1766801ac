import type { Layout } from '../bytes/index.ts';
import { fieldU32, layout } from '../bytes/index.ts';

/** Prepares the unlocking of a token whose PIN attempts are used up. */
export type PrepareUnlock = {
  readonly seedEpoch: number;
};

/** The layout of `PrepareUnlock`. Spec: docs/spec/wire.md. */
export const prepareUnlockLayout: Layout<PrepareUnlock> = layout('PREPARE UNLOCK', {
  seedEpoch: fieldU32,
});
