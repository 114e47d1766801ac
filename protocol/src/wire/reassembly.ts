import type { Result } from '../bytes/index.ts';
import { concatBytes, err, ok } from '../bytes/index.ts';
import type { Fragment } from './fragment.ts';
import { MESSAGE_BYTES_MAX } from './limits.ts';

/** A message of which some fragments have come: plain data, never more than `MESSAGE_BYTES_MAX` bytes. */
export type Reassembly = {
  readonly nextIndex: number;
  /** Undefined until the first fragment says it. */
  readonly total: number | undefined;
  readonly bytes: Uint8Array;
};

/** Why a fragment does not continue the message. */
export type ReassemblyError =
  | { readonly code: 'out_of_order'; readonly expectedIndex: number; readonly foundIndex: number }
  | { readonly code: 'total_changed'; readonly expectedTotal: number; readonly foundTotal: number }
  | { readonly code: 'message_too_long'; readonly limitBytes: number };

/** What one more fragment gave: the message is there after the last. */
export type ReassemblyResult = { readonly state: Reassembly; readonly message: Uint8Array | undefined };

/** Nothing has come yet. */
export const reassemblyStart: Reassembly = { nextIndex: 0, total: undefined, bytes: new Uint8Array() };

/** Takes the next fragment. They come in order, so a gap is an error and never a hole in the message. Total. */
export function reassemblyAdd(
  state: Reassembly,
  fragment: Fragment,
): Result<ReassemblyResult, ReassemblyError> {
  if (fragment.index !== state.nextIndex) {
    return err({ code: 'out_of_order', expectedIndex: state.nextIndex, foundIndex: fragment.index });
  }
  const total = state.total ?? fragment.total;
  if (fragment.total !== total) {
    return err({ code: 'total_changed', expectedTotal: total, foundTotal: fragment.total });
  }
  if (state.bytes.length + fragment.bytes.length > MESSAGE_BYTES_MAX) {
    return err({ code: 'message_too_long', limitBytes: MESSAGE_BYTES_MAX });
  }
  const bytes = concatBytes(state.bytes, fragment.bytes);
  return ok({
    state: { nextIndex: fragment.index + 1, total, bytes },
    message: fragment.index + 1 === total ? bytes : undefined,
  });
}
