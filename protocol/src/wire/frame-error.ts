import type { Layout } from '../bytes/index.ts';
import { fieldU8, layout } from '../bytes/index.ts';

/** The token refuses the frame. */
export type WireErrorBody = {
  /** One of `WIRE_ERRORS`. */
  readonly code: number;
};

/** The layout of `WireErrorBody`. Spec: docs/spec/wire.md. */
export const errorLayout: Layout<WireErrorBody> = layout('ERROR', {
  code: fieldU8,
});
