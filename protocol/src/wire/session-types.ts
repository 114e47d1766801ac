/**
 * The first byte of every message inside the session. Below 0x80 from the validator, the others from the token.
 * Spec: docs/spec/wire.md, "Messages in the session".
 */
export const SESSION_TYPES = {
  commit: 0x10,
  discard: 0x12,
  ready: 0x90,
  statusReply: 0x91,
  done: 0x92,
  discarded: 0x93,
  refused: 0x9f,
} as const;
