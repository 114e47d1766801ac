import type { Layout } from '../bytes/index.ts';
import { fieldBytes, fieldU8, layout } from '../bytes/index.ts';

/** Eight fresh public keys of an OTC token, signed by its certificate key. */
export type PrekeyBlock = {
  /** The id of the first key; the others follow it. */
  readonly firstPrekeyId: number;
  /** Eight X25519 public keys of 32 bytes, in the order of their ids. */
  readonly publicKeys: Uint8Array;
  /** Ed25519 signature; what it covers stands in docs/spec/otc.md. */
  readonly signature: Uint8Array;
};

/** The layout of `PrekeyBlock`. Spec: docs/spec/wire.md. */
export const prekeyBlockLayout: Layout<PrekeyBlock> = layout('prekey block', {
  firstPrekeyId: fieldU8,
  publicKeys: fieldBytes(256),
  signature: fieldBytes(64),
});
