import type { Layout } from '../bytes/index.ts';
import { fieldBytes, fieldU8, fieldU16, fieldU32, fieldU64, layout } from '../bytes/index.ts';

/** What a token says about itself before anything is proved: the session binds it, the certificate proves it. */
export type HelloReply = {
  /** The wire version that the token chose. */
  readonly version: number;
  readonly serial: bigint;
  readonly model: number;
  readonly firmware: number;
  readonly capabilities: number;
  /** Longest frame that the token takes, in decoded bytes from type to CRC. */
  readonly maxFrameBytes: number;
  /** Time of its slowest single operation, in milliseconds. */
  readonly opTimeMs: number;
  readonly seedEpoch: number;
  /** 1 while a prepared operation waits for its COMMIT, else 0. */
  readonly pending: number;
  /** Transaction of the prepared operation; zeros when there is none. */
  readonly pendingTxid: Uint8Array;
};

/** Bits of `capabilities`: what a PROVISION may ask of a key fob. */
export const CAPABILITIES = { eventCodes: 1, clockCodes: 2 } as const;

/** The layout of `HelloReply`. Spec: docs/spec/wire.md. */
export const helloReplyLayout: Layout<HelloReply> = layout('HELLO_REPLY', {
  version: fieldU8,
  serial: fieldU64,
  model: fieldU8,
  firmware: fieldU32,
  capabilities: fieldU16,
  maxFrameBytes: fieldU16,
  opTimeMs: fieldU16,
  seedEpoch: fieldU32,
  pending: fieldU8,
  pendingTxid: fieldBytes(16),
});
