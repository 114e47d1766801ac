import type { Layout } from '../bytes/index.ts';
import { fieldU8, layout } from '../bytes/index.ts';

/** The token will not do it; the session stays usable. */
export type Refused = {
  /** One of `WIRE_ERRORS`. */
  readonly code: number;
};

/** The layout of `Refused`. Spec: docs/spec/wire.md. */
export const refusedLayout: Layout<Refused> = layout('REFUSED', {
  code: fieldU8,
});
