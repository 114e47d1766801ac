import type { Layout } from '../bytes/index.ts';
import { fieldBytes, layout } from '../bytes/index.ts';

/** The staged operation is gone, or was never there. */
export type Discarded = {
  readonly txid: Uint8Array;
};

/** The layout of `Discarded`. Spec: docs/spec/wire.md. */
export const discardedLayout: Layout<Discarded> = layout('DISCARDED', {
  txid: fieldBytes(16),
});
