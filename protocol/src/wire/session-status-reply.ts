import type { Layout } from '../bytes/index.ts';
import { fieldBytes, fieldU8, fieldU32, layout } from '../bytes/index.ts';

/** What became of the transaction that the ticket of a status session names. */
export type StatusReply = {
  /** One of `TRANSACTION_STATES`. */
  readonly state: number;
  /** The READY MAC again; zeros when the state is unknown. */
  readonly mac: Uint8Array;
  /** The epoch in force. */
  readonly seedEpoch: number;
};

/** The layout of `StatusReply`. Spec: docs/spec/wire.md. */
export const statusReplyLayout: Layout<StatusReply> = layout('STATUS_REPLY', {
  state: fieldU8,
  mac: fieldBytes(32),
  seedEpoch: fieldU32,
});

/** What a token knows of a transaction. */
export const TRANSACTION_STATES = { unknown: 0, staged: 1, committed: 2 } as const;
