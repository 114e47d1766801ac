import type { Result } from '../bytes/index.ts';
import { asciiBytes, concatBytes, err, ok, readUint, u32, xorBytes } from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';
import { generationBits } from './generation.ts';
import type { HintedSlot } from './header.ts';
import { encodeHeader, headerMask, locatePayload } from './header.ts';
import type { Hedge } from './hedge.ts';
import { hedged } from './hedge.ts';
import { LABELS } from './labels.ts';
import type { OpenError } from './open-error.ts';
import type { Pair2Content } from './pairing-content.ts';
import { decodePair2Content, encodePair2Content } from './pairing-content.ts';
import { code6Pair } from './pairing-keys.ts';
import { HEADER_BYTES } from './payload-kind.ts';
import { openMatrix, sealMatrix } from './seal.ts';

/** What either side keeps of a pairing between the two pictures. */
export type PendingPairing = {
  readonly generation: number;
  readonly kRoot: Uint8Array;
  readonly kHdr: Uint8Array;
  /** 10 ASCII digits: part of the key, so the second picture opens only after the first was truly read. */
  readonly code10: string;
  /** The counter of the PAIR1; its PAIR2 carries the same. */
  readonly pairingCounter: number;
};

/**
 * Makes the second picture of a pairing, once the 10 digits were right. Store it with its state and send it again
 * byte for byte; never rebuild it. Errors: `bad_field` for a label that cannot be sent.
 */
export function sealPair2(
  crypto: Crypto,
  job: {
    readonly slot: number;
    readonly hintKey: Uint8Array;
    readonly pending: PendingPairing;
    readonly content: Omit<Pair2Content, 'slot' | 'generation'>;
    readonly hedge: Hedge;
  },
): Result<{ readonly payload: Uint8Array; readonly code6: string }, OpenError> {
  const { slot, pending } = job;
  const encoded = encodePair2Content({ ...job.content, slot, generation: pending.generation });
  if (!encoded.ok) return encoded;
  const plaintext = encoded.value;
  const nonce = hedged(crypto, {
    hedge: job.hedge,
    purpose: 'nonce',
    counter: pending.pairingCounter,
    plaintext,
  });
  const mask = headerMask(crypto, { key: pending.kHdr, nonce, byteCount: 4 });
  const header = encodeHeader(crypto, {
    kind: 'pair2',
    slot,
    generationBits: generationBits(pending.generation),
    hintKey: job.hintKey,
    maskedCounter: xorBytes(u32(pending.pairingCounter), mask),
    nonce,
  });
  const payload = sealMatrix(crypto, { key: pair2Key(crypto, pending, header), aad: header, plaintext });
  return ok({ payload, code6: code6Pair(crypto, { kRoot: pending.kRoot, pair2: payload }) });
}

/** A bound slot with its pending generation, if there is one. */
export type Pair2Slot = HintedSlot & { readonly pending: PendingPairing | undefined };

/** An opened PAIR2. Scanning the same picture again gives the same digits; nothing is stored. */
export type OpenedPair2 = {
  readonly slot: number;
  readonly content: Pair2Content;
  readonly code6: string;
};

/** Opens a PAIR2 in the reject order of docs/spec/otc.md §6. Total over any bytes. */
export function openPair2(
  crypto: Crypto,
  job: { readonly payload: Uint8Array; readonly slots: readonly Pair2Slot[] },
): Result<OpenedPair2, OpenError> {
  const located = locatePayload(crypto, job);
  if (!located.ok) return located;
  const { header, slot, generationBits: bits } = located.value;
  if (header.kind !== 'pair2') return err({ code: 'wrong_kind' });
  const { pending } = slot;
  if (pending === undefined || generationBits(pending.generation) !== bits) {
    return err({ code: 'generation_unknown', slot: slot.slot, generationBits: bits });
  }
  const mask = headerMask(crypto, { key: pending.kHdr, nonce: header.nonce, byteCount: 4 });
  const counter = readUint(xorBytes(header.maskedCounter, mask));
  if (counter !== pending.pairingCounter) return err({ code: 'other_pairing', counter });
  const key = pair2Key(crypto, pending, header.bytes);
  const plaintext = openMatrix(crypto, { key, payload: job.payload, clearBytes: HEADER_BYTES });
  if (plaintext === undefined) return err({ code: 'not_authentic' });
  const content = decodePair2Content(plaintext);
  if (!content.ok) return content;
  if (content.value.slot !== slot.slot) return err({ code: 'bad_field', field: 'slot' });
  if (content.value.generation !== pending.generation) return err({ code: 'bad_field', field: 'generation' });
  return ok({
    slot: slot.slot,
    content: content.value,
    code6: code6Pair(crypto, { kRoot: pending.kRoot, pair2: job.payload }),
  });
}

function pair2Key(crypto: Crypto, pending: PendingPairing, header: Uint8Array): Uint8Array {
  return crypto.hkdfExpand(pending.kRoot, concatBytes(LABELS.pair2Aead, header, asciiBytes(pending.code10)));
}
