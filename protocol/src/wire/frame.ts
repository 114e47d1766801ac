import type { Result } from '../bytes/index.ts';
import { assert, concatBytes, err, ok, readUint, u8, u16 } from '../bytes/index.ts';
import type { CobsError } from './cobs.ts';
import { cobsDecode, cobsEncode } from './cobs.ts';
import { crc16Ibm3740 } from './crc16.ts';
import { FRAME_LIMIT_MAX, FRAME_OVERHEAD_BYTES } from './limits.ts';

/** One frame of the serial line: its kind, its sequence number and its body. Spec: docs/spec/wire.md, "Frame". */
export type Frame = {
  /** Frame kind, one of `FRAME_TYPES`; 0x00-0x7F from the host, 0x80-0xFF from the token. */
  readonly type: number;
  /** Sequence number, 0-255: the reply carries that of its request, a repeat that of its original. */
  readonly seq: number;
  readonly body: Uint8Array;
};

/** Why the bytes between two delimiters are not a frame. */
export type FrameError =
  | { readonly code: 'not_cobs'; readonly cause: CobsError }
  | { readonly code: 'too_short'; readonly foundBytes: number; readonly neededBytes: number }
  | { readonly code: 'too_long'; readonly foundBytes: number; readonly limitBytes: number }
  | { readonly code: 'bad_crc'; readonly expected: number; readonly found: number };

const DELIMITER = new Uint8Array([0]);

/**
 * A frame as it goes on the line, with both zero delimiters.
 *
 * @example
 * ```ts
 * encodeFrame({ type: 0x05, seq: 1, body: new Uint8Array() }); // 00 05 05 01 0D 24 00
 * ```
 */
export function encodeFrame(frame: Frame): Uint8Array {
  const checked = concatBytes(u8(frame.type), u8(frame.seq), frame.body);
  assert(checked.length + 2 <= FRAME_LIMIT_MAX, 'a frame is within the largest frame limit');
  const encoded = cobsEncode(concatBytes(checked, u16(frameCheck(checked))));
  return concatBytes(DELIMITER, encoded, DELIMITER);
}

/** Decodes the bytes that stood between two delimiters. Total: any input yields a value, never a throw. */
export function decodeFrame(
  between: Uint8Array,
  frameLimitBytes: number = FRAME_LIMIT_MAX,
): Result<Frame, FrameError> {
  const decoded = cobsDecode(between);
  if (!decoded.ok) return err({ code: 'not_cobs', cause: decoded.error });
  const bytes = decoded.value;
  if (bytes.length < FRAME_OVERHEAD_BYTES) {
    return err({ code: 'too_short', foundBytes: bytes.length, neededBytes: FRAME_OVERHEAD_BYTES });
  }
  if (bytes.length > frameLimitBytes) {
    return err({ code: 'too_long', foundBytes: bytes.length, limitBytes: frameLimitBytes });
  }
  const checked = bytes.subarray(0, -2);
  const expected = frameCheck(checked);
  const found = readUint(bytes.subarray(-2));
  if (found !== expected) return err({ code: 'bad_crc', expected, found });
  return ok({
    type: readUint(checked.subarray(0, 1)),
    seq: readUint(checked.subarray(1, 2)),
    body: checked.slice(2),
  });
}

/**
 * The complement of the CRC. Bytes followed by their plain CRC stay valid when a zero is appended, and COBS reads a
 * last delimiter that turned from 0x00 to 0x01 as just that zero: one flipped bit would make another valid frame.
 */
function frameCheck(checked: Uint8Array): number {
  return crc16Ibm3740(checked) ^ 0xffff;
}
