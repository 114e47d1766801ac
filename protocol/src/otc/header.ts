import type { Result } from '../bytes/index.ts';
import { assert, concatBytes, err, ok, u8, xorBytes } from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';
import type { OpenError } from './open-error.ts';
import type { PayloadKind } from './payload-kind.ts';
import { HEADER_BYTES, isPayloadSize, KIND_BYTES, kindOfByte, PAYLOAD_VERSION } from './payload-kind.ts';

/** The first 19 bytes of a payload as sent, that is with its masks on. */
export type PayloadHeader = {
  readonly kind: PayloadKind;
  /** All 19 bytes as sent: what every key, the AAD and every code bind. */
  readonly bytes: Uint8Array;
  /** Bytes 2 to 6: hint and slot/generation, masked. */
  readonly maskedHint: Uint8Array;
  /** Bytes 7 to 10, masked. */
  readonly maskedCounter: Uint8Array;
  /** Bytes 11 to 18, clear. */
  readonly nonce: Uint8Array;
};

/** What the hint says once it is unmasked. */
export type HeaderHint = { readonly slot: number; readonly generationBits: number };

/** The highest slot number. */
export const SLOT_MAX = 7;

/** Reads what every payload shows without a key: length, version, kind, nonce. Total. docs/spec/otc.md §3, §6. */
export function readPayloadHeader(payload: Uint8Array): Result<PayloadHeader, OpenError> {
  const badLength: OpenError = { code: 'bad_length', foundBytes: payload.length };
  const [version, typeByte] = payload;
  if (version === undefined || typeByte === undefined) return err(badLength);
  if (version !== PAYLOAD_VERSION) return err({ code: 'bad_version', version });
  const kind = kindOfByte(typeByte);
  if (kind === undefined) return err({ code: 'unknown_type', typeByte });
  if (!isPayloadSize(kind, payload.length)) return err(badLength);
  return ok({
    kind,
    bytes: payload.slice(0, HEADER_BYTES),
    maskedHint: payload.slice(2, 7),
    maskedCounter: payload.slice(7, 11),
    nonce: payload.slice(11, HEADER_BYTES),
  });
}

/** The slot and generation bits of a payload for this hint key, or `undefined`: "another token's picture". */
export function unmaskHeader(
  crypto: Crypto,
  hintKey: Uint8Array,
  header: PayloadHeader,
): HeaderHint | undefined {
  const clear = xorBytes(
    header.maskedHint,
    headerMask(crypto, { key: hintKey, nonce: header.nonce, byteCount: 5 }),
  );
  if (clear.subarray(0, 4).some((byte) => byte !== 0)) return undefined;
  const packed = clear[4] ?? 0;
  return { slot: packed >> 5, generationBits: packed & 0x1f };
}

/** The 19 header bytes as sent, from a counter that is already masked. */
export function encodeHeader(
  crypto: Crypto,
  header: HeaderHint & {
    readonly kind: PayloadKind;
    readonly hintKey: Uint8Array;
    readonly maskedCounter: Uint8Array;
    readonly nonce: Uint8Array;
  },
): Uint8Array {
  assert(header.slot >= 0 && header.slot <= SLOT_MAX, 'a slot is 0 to 7');
  const packed = u8((header.slot << 5) | header.generationBits);
  const hint = xorBytes(
    concatBytes(new Uint8Array(4), packed),
    headerMask(crypto, { key: header.hintKey, nonce: header.nonce, byteCount: 5 }),
  );
  return concatBytes(
    u8(PAYLOAD_VERSION),
    u8(KIND_BYTES[header.kind]),
    hint,
    header.maskedCounter,
    header.nonce,
  );
}

/** HMAC(key, nonce)[0..byteCount]: the mask of a hint (5), of a counter (4), of a PAIR1 counter and prekey id (5). */
export function headerMask(
  crypto: Crypto,
  mask: { readonly key: Uint8Array; readonly nonce: Uint8Array; readonly byteCount: number },
): Uint8Array {
  return crypto.hmacSha256(mask.key, mask.nonce).slice(0, mask.byteCount);
}

/** A slot of a token as far as finding it goes. */
export type HintedSlot = {
  readonly slot: number;
  /** 32 bytes, from BIND or RESET. */
  readonly hintKey: Uint8Array;
};

/**
 * Finds the slot that a picture is for: the first two rows of the reject order. Generic, so that the caller gets
 * its own slot record back. Pass only slots that are bound; at most 8.
 */
export function locatePayload<S extends HintedSlot>(
  crypto: Crypto,
  job: { readonly payload: Uint8Array; readonly slots: readonly S[] },
): Result<{ readonly header: PayloadHeader; readonly slot: S; readonly generationBits: number }, OpenError> {
  const header = readPayloadHeader(job.payload);
  if (!header.ok) return header;
  let unbound: number | undefined;
  for (const slot of job.slots) {
    const hint = unmaskHeader(crypto, slot.hintKey, header.value);
    if (hint?.slot === slot.slot) {
      return ok({ header: header.value, slot, generationBits: hint.generationBits });
    }
    unbound ??= hint?.slot;
  }
  return err(unbound === undefined ? { code: 'another_token' } : { code: 'slot_unbound', slot: unbound });
}
