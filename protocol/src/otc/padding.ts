import { assert, concatBytes } from '../bytes/index.ts';
import { HEADER_BYTES, TAG_BYTES } from './payload-kind.ts';

/**
 * The plaintext with 0 to 2 zero bytes behind it, so that the payload splits evenly over the three colours.
 * `clearBytes`: bytes of the payload before the ciphertext. docs/spec/otc.md §3.
 */
export function padPlaintext(content: Uint8Array, clearBytes: number = HEADER_BYTES): Uint8Array {
  const rest = (clearBytes + content.length + TAG_BYTES) % 3;
  return concatBytes(content, new Uint8Array((3 - rest) % 3));
}

/**
 * Whether a plaintext ends with exactly the pad that `contentBytes` of content need: one spelling per payload, and no
 * room for hidden bytes.
 */
export function isPadded(
  plaintext: Uint8Array,
  contentBytes: number,
  clearBytes: number = HEADER_BYTES,
): boolean {
  assert(contentBytes <= plaintext.length, 'the content lies inside the plaintext');
  const padBytes = (3 - ((clearBytes + contentBytes + TAG_BYTES) % 3)) % 3;
  const pad = plaintext.subarray(contentBytes);
  return pad.length === padBytes && pad.every((byte) => byte === 0);
}
