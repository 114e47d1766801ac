import type { Layout } from '../bytes/index.ts';
import { fieldBytes, layout } from '../bytes/index.ts';

/** The token has staged the operation and proves that it knows the derived key. */
export type Ready = {
  readonly mac: Uint8Array;
};

/** The layout of `Ready`. Spec: docs/spec/wire.md. */
export const readyLayout: Layout<Ready> = layout('READY', {
  mac: fieldBytes(32),
});
