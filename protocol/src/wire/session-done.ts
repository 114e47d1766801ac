import type { Layout } from '../bytes/index.ts';
import { fieldBytes, fieldU32, layout } from '../bytes/index.ts';

/** The operation is in force. */
export type Done = {
  readonly txid: Uint8Array;
  /** The epoch now in force. */
  readonly seedEpoch: number;
};

/** The layout of `Done`. Spec: docs/spec/wire.md. */
export const doneLayout: Layout<Done> = layout('DONE', {
  txid: fieldBytes(16),
  seedEpoch: fieldU32,
});
