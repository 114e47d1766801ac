import type { Layout } from '../bytes/index.ts';
import { fieldU8, layout } from '../bytes/index.ts';

/** Asks for one further fragment of a long reply. */
export type Next = {
  readonly index: number;
};

/** The layout of `Next`. Spec: docs/spec/wire.md. */
export const nextLayout: Layout<Next> = layout('NEXT', {
  index: fieldU8,
});
