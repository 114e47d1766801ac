/**
 * Every kind of frame. Those below 0x80 go from host to token, the others from token to host; each host frame gets
 * exactly one reply frame with its sequence number. Spec: docs/spec/wire.md, "Kinds of frame".
 */
export const FRAME_TYPES = {
  hello: 0x01,
  session: 0x02,
  fragment: 0x03,
  next: 0x04,
  poll: 0x05,
  close: 0x06,
  helloReply: 0x81,
  sessionReply: 0x82,
  fragmentAck: 0x83,
  fragmentReply: 0x84,
  wait: 0x85,
  closed: 0x86,
  error: 0x8f,
} as const;

/** Whether a frame of this type comes from the token: an echoed frame is then never taken for an answer. */
export function isTokenFrameType(type: number): boolean {
  return type >= 0x80;
}
