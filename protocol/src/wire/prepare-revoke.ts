import type { Layout } from '../bytes/index.ts';
import { fieldU8, fieldU32, layout } from '../bytes/index.ts';

/** Prepares the emptying of one slot. */
export type PrepareRevoke = {
  readonly seedEpoch: number;
  readonly slot: number;
};

/** The layout of `PrepareRevoke`. Spec: docs/spec/wire.md. */
export const prepareRevokeLayout: Layout<PrepareRevoke> = layout('PREPARE REVOKE', {
  seedEpoch: fieldU32,
  slot: fieldU8,
});
