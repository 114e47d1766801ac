import type { Layout } from '../bytes/index.ts';
import { fieldBytes, layout } from '../bytes/index.ts';

/** Make the staged operation the one in force. Idempotent by transaction, and sent again until DONE. */
export type Commit = {
  readonly txid: Uint8Array;
};

/** The layout of `Commit`. Spec: docs/spec/wire.md. */
export const commitLayout: Layout<Commit> = layout('COMMIT', {
  txid: fieldBytes(16),
});
