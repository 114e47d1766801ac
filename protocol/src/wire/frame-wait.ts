import type { Layout } from '../bytes/index.ts';
import { fieldU8, fieldU16, layout } from '../bytes/index.ts';

/** The reply is not ready: ask again with POLL. */
export type Wait = {
  /** One of `WAIT_REASONS`. */
  readonly reason: number;
  /** When to ask again, in milliseconds. */
  readonly retryAfterMs: number;
};

/** The layout of `Wait`. Spec: docs/spec/wire.md. */
export const waitLayout: Layout<Wait> = layout('WAIT', {
  reason: fieldU8,
  retryAfterMs: fieldU16,
});

/** Why a token asks its host to wait. */
export const WAIT_REASONS = { person: 1, busy: 2 } as const;
