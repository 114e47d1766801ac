import type { Layout, Result } from '../bytes/index.ts';
import { assert, concatBytes, err, fieldU8, layout, ok } from '../bytes/index.ts';
import {
  FRAGMENT_COUNT_MAX,
  FRAGMENT_HEADER_BYTES,
  FRAME_OVERHEAD_BYTES,
  isFrameLimit,
  MESSAGE_BYTES_MAX,
} from './limits.ts';

/** Where a fragment stands: the body of FRAGMENT_ACK, and the head of FRAGMENT and FRAGMENT_REPLY. */
export type FragmentPlace = {
  /** From 0. */
  readonly index: number;
  /** Fragments of the whole message, 2 to `FRAGMENT_COUNT_MAX`. */
  readonly total: number;
};

/** One part of a message that is longer than a frame. */
export type Fragment = FragmentPlace & { readonly bytes: Uint8Array };

/** Why a body is not a fragment. */
export type FragmentError =
  | { readonly code: 'too_short'; readonly foundBytes: number }
  | { readonly code: 'bad_place'; readonly index: number; readonly total: number };

/** The layout of `FragmentPlace`. Spec: docs/spec/wire.md, "Fragments". */
export const fragmentPlaceLayout: Layout<FragmentPlace> = layout('FRAGMENT_ACK', {
  index: fieldU8,
  total: fieldU8,
});

/** The body of a FRAGMENT or FRAGMENT_REPLY frame. */
export function encodeFragment(fragment: Fragment): Uint8Array {
  assert(isPlace(fragment), 'a fragment stands within its message');
  assert(fragment.bytes.length > 0, 'a fragment carries something');
  return concatBytes(fragmentPlaceLayout.encode(fragment), fragment.bytes);
}

/** Reads the body of a FRAGMENT or FRAGMENT_REPLY frame. Total. */
export function decodeFragment(body: Uint8Array): Result<Fragment, FragmentError> {
  if (body.length <= FRAGMENT_HEADER_BYTES) return err({ code: 'too_short', foundBytes: body.length });
  const place = decodeFragmentPlace(body.subarray(0, FRAGMENT_HEADER_BYTES));
  return place.ok ? ok({ ...place.value, bytes: body.slice(FRAGMENT_HEADER_BYTES) }) : place;
}

/** Reads the body of a FRAGMENT_ACK frame. Total. */
export function decodeFragmentPlace(body: Uint8Array): Result<FragmentPlace, FragmentError> {
  const place = fragmentPlaceLayout.decode(body);
  if (!place.ok) return err({ code: 'too_short', foundBytes: body.length });
  return isPlace(place.value) ? ok(place.value) : err({ code: 'bad_place', ...place.value });
}

/**
 * How a session message travels within a frame limit: whole, or in fragments of which all but the last are full.
 * The message is at most `MESSAGE_BYTES_MAX` bytes.
 */
export function splitMessage(
  message: Uint8Array,
  frameLimitBytes: number,
):
  | { readonly tag: 'whole'; readonly body: Uint8Array }
  | { readonly tag: 'fragments'; readonly bodies: readonly Uint8Array[] } {
  assert(isFrameLimit(frameLimitBytes), 'the frame limit is one that may be announced');
  assert(message.length <= MESSAGE_BYTES_MAX, 'a session message is within its limit');
  const bodyBytes = frameLimitBytes - FRAME_OVERHEAD_BYTES;
  if (message.length <= bodyBytes) return { tag: 'whole', body: message.slice() };
  const partBytes = bodyBytes - FRAGMENT_HEADER_BYTES;
  const total = Math.ceil(message.length / partBytes);
  const bodies = Array.from({ length: total }, (_, index) =>
    encodeFragment({ index, total, bytes: message.subarray(index * partBytes, (index + 1) * partBytes) }),
  );
  return { tag: 'fragments', bodies };
}

function isPlace({ index, total }: FragmentPlace): boolean {
  return total >= 2 && total <= FRAGMENT_COUNT_MAX && index < total;
}
