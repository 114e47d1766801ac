/** The version of the wire that this code speaks; HELLO negotiates it. */
export const WIRE_VERSION = 1;

/** Type, sequence number and CRC: what a frame has besides its body, in decoded bytes. */
export const FRAME_OVERHEAD_BYTES = 4;

/** Smallest frame limit that a side may announce, in decoded bytes from type to CRC; in force until HELLO is answered. */
export const FRAME_LIMIT_MIN = 256;

/** Largest frame limit that a side may announce, in decoded bytes from type to CRC. */
export const FRAME_LIMIT_MAX = 1024;

/** Largest session message, whether it travels in one frame or in fragments. */
export const MESSAGE_BYTES_MAX = 2048;

/** Index and total: what a fragment has before its bytes. */
export const FRAGMENT_HEADER_BYTES = 2;

/** Most fragments of one message: the largest message over the smallest frame limit. */
export const FRAGMENT_COUNT_MAX: number = Math.ceil(
  MESSAGE_BYTES_MAX / (FRAME_LIMIT_MIN - FRAME_OVERHEAD_BYTES - FRAGMENT_HEADER_BYTES),
);

/** Whether a frame limit may be announced. */
export function isFrameLimit(frameLimitBytes: number): boolean {
  return frameLimitBytes >= FRAME_LIMIT_MIN && frameLimitBytes <= FRAME_LIMIT_MAX;
}
