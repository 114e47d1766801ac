/** What a picture is for. The names are ours; the byte on the wire is `KIND_BYTES`. docs/spec/otc.md §3. */
export type PayloadKind = 'pair1' | 'pair2' | ChallengeKind;

/** The kinds that one step of a generation's chain answers with a 6-digit code. */
export type ChallengeKind = 'login' | 'transaction' | 'management';

/** Byte 1 of a payload for each kind. */
export const KIND_BYTES: Readonly<Record<PayloadKind, number>> = {
  pair1: 1,
  pair2: 2,
  login: 3,
  transaction: 4,
  management: 5,
};

/** Byte 0 of every payload. */
export const PAYLOAD_VERSION = 0xc1;
/** Bytes before the sealed part that every kind has. */
export const HEADER_BYTES = 19;
/** Poly1305 tag at the end of every payload. */
export const TAG_BYTES = 16;
/** No payload is longer: a version 4-M symbol holds it. */
export const PAYLOAD_BYTES_MAX = 153;
/** The shortest transaction: three empty texts, padded. */
export const TRANSACTION_BYTES_MIN = 63;

const FIXED_BYTES = { pair1: 102, pair2: 66, login: 75, management: 45 } as const;

/** Whole size in bytes of a kind whose payloads all have one size (every kind but `transaction`). */
export function payloadBytes(kind: Exclude<PayloadKind, 'transaction'>): number {
  return FIXED_BYTES[kind];
}

/** Whether a payload of this kind can have this size. */
export function isPayloadSize(kind: PayloadKind, byteCount: number): boolean {
  if (kind !== 'transaction') return byteCount === FIXED_BYTES[kind];
  return byteCount >= TRANSACTION_BYTES_MIN && byteCount <= PAYLOAD_BYTES_MAX && byteCount % 3 === 0;
}

/** The kind that a type byte stands for, or `undefined`. */
export function kindOfByte(typeByte: number): PayloadKind | undefined {
  switch (typeByte) {
    case 1:
      return 'pair1';
    case 2:
      return 'pair2';
    case 3:
      return 'login';
    case 4:
      return 'transaction';
    case 5:
      return 'management';
    default:
      return undefined;
  }
}
