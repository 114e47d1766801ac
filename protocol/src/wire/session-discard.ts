import type { Layout } from '../bytes/index.ts';
import { fieldBytes, layout } from '../bytes/index.ts';

/** Forget the staged operation of this transaction. */
export type Discard = {
  readonly txid: Uint8Array;
};

/** The layout of `Discard`. Spec: docs/spec/wire.md. */
export const discardLayout: Layout<Discard> = layout('DISCARD', {
  txid: fieldBytes(16),
});
