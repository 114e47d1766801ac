import type { Layout } from '../bytes/index.ts';
import { fieldU8, fieldU16, layout } from '../bytes/index.ts';

/** The first frame of a host: what it speaks. */
export type Hello = {
  /** Lowest and highest wire version that the host speaks. */
  readonly minVersion: number;
  readonly maxVersion: number;
  /** Longest frame that the host takes, in decoded bytes from type to CRC. */
  readonly maxFrameBytes: number;
};

/** The layout of `Hello`. Spec: docs/spec/wire.md. */
export const helloLayout: Layout<Hello> = layout('HELLO', {
  minVersion: fieldU8,
  maxVersion: fieldU8,
  maxFrameBytes: fieldU16,
});
