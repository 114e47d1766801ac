import { assert, concatBytes, readUint, u8, u16, u32 } from '@chiavetta/protocol/bytes';
import type { RecordPlace } from '../flash-map.ts';
import { crc32 } from './crc32.ts';

const HEADER_BYTES = 8;
const CRC_BYTES = 4;
const FLAG_BYTES = 4;

/** One version of a record as it stands in one slot of one copy. */
export type RecordVersion = {
  /** 1 and up; the highest whole version is the record. */
  readonly sequence: number;
  readonly body: Uint8Array;
  /** The commit word has been flipped. */
  readonly flagged: boolean;
  /** Every bit of the commit word says the same. */
  readonly flagWhole: boolean;
};

/**
 * A version's bytes without its commit word: sequence 4 | record id 1 | 0 | body bytes 2 | body | CRC-32 4.
 * The CRC comes last, so that a torn write leaves no version. docs/spec/devices.md, "Two-copy records".
 */
export function encodeVersion(
  place: RecordPlace,
  version: { readonly sequence: number; readonly body: Uint8Array },
): Uint8Array {
  assert(version.body.length <= place.bodyBytesMax, 'a record body fits its place');
  const content = concatBytes(
    u32(version.sequence),
    u8(place.id),
    u8(0),
    u16(version.body.length),
    version.body,
    // The body is padded so that the CRC and the commit word stand at fixed word addresses of the slot.
    new Uint8Array(flagOffset(place) - CRC_BYTES - HEADER_BYTES - version.body.length),
  );
  return concatBytes(content, u32(crc32(content)));
}

/** Offset of the commit word inside a slot. */
export function flagOffset(place: RecordPlace): number {
  return place.slotBytes - FLAG_BYTES;
}

/** The whole version in a slot, or `undefined` when the slot is blank, torn or rotten. Total. */
export function decodeVersion(place: RecordPlace, slot: Uint8Array): RecordVersion | undefined {
  const crcAt = flagOffset(place) - CRC_BYTES;
  if (slot.length !== place.slotBytes) return undefined;
  if (crc32(slot.subarray(0, crcAt)) !== readUint(slot.subarray(crcAt, crcAt + CRC_BYTES))) return undefined;
  const bodyBytes = readUint(slot.subarray(6, 8));
  if (slot[4] !== place.id || slot[5] !== 0 || bodyBytes > place.bodyBytesMax) return undefined;
  // One spelling per version: nothing hides in the pad.
  if (slot.subarray(HEADER_BYTES + bodyBytes, crcAt).some((byte) => byte !== 0)) return undefined;
  const sequence = readUint(slot.subarray(0, 4));
  if (sequence === 0) return undefined;
  const zeroBits = zeroBitCount(slot.subarray(flagOffset(place)));
  return {
    sequence,
    body: slot.slice(HEADER_BYTES, HEADER_BYTES + bodyBytes),
    // A torn or rotten commit word is read by majority: one flipped bit never commits and never takes a commit back.
    flagged: zeroBits >= 16,
    flagWhole: zeroBits === 0 || zeroBits === 32,
  };
}

/** Whether nothing has been programmed into a slot since its page was erased. */
export function isBlank(slot: Uint8Array): boolean {
  return slot.every((byte) => byte === 0xff);
}

function zeroBitCount(word: Uint8Array): number {
  let count = 0;
  for (const byte of word) for (let bit = 0; bit < 8; bit += 1) if (((byte >> bit) & 1) === 0) count += 1;
  return count;
}
