import { asciiBytes, concatBytes, u32, u64 } from '../bytes/index.ts';
import type { TokenSerial } from '../keys/index.ts';
import type { Crypto } from '../ports/index.ts';

/** 0 where the operation makes no seed (an OTC's), 20 for HMAC-SHA-1, 32 for HMAC-SHA-256. */
export type SeedBytes = 0 | 20 | 32;

/** What one provisioning transaction derives at both ends; none of it crosses the wire. */
export type ProvisioningKeys = {
  /** `seedBytes` bytes. */
  readonly seed: Uint8Array;
  /** k_ready, 32 bytes: proves that the token derived the same. */
  readonly readyKey: Uint8Array;
};

const SEED_LABEL = 'chiavetta/v1 seed';
const READY_LABEL = 'ready';
const READY_KEY_BYTES = 32;

/**
 * Derives the seed and the proof key from the session's exporter, never from the handshake hash: the PC that
 * relays the handshake can compute that hash. docs/spec/provisioning.md, "Seed".
 */
export function deriveProvisioning(
  crypto: Crypto,
  options: {
    /** `exporter` of the session, 32 bytes. */
    readonly exporter: Uint8Array;
    /** Transaction id: the nonce of the ticket, 16 bytes. */
    readonly txid: Uint8Array;
    readonly serial: TokenSerial;
    /** The epoch that the new seed will have. */
    readonly seedEpoch: number;
    readonly seedBytes: SeedBytes;
  },
): ProvisioningKeys {
  const { exporter, txid, serial, seedEpoch, seedBytes } = options;
  const info = concatBytes(asciiBytes(SEED_LABEL), u64(serial), u32(seedEpoch));
  const okm = crypto.hkdfExpand(crypto.hkdfExtract(txid, exporter), info, seedBytes + READY_KEY_BYTES);
  return { seed: okm.slice(0, seedBytes), readyKey: okm.slice(seedBytes) };
}

/** The proof in READY: HMAC-SHA-256, 32 bytes, over what the token was told to prepare. */
export function readyMac(
  crypto: Crypto,
  options: {
    readonly readyKey: Uint8Array;
    /** 16 bytes. */
    readonly txid: Uint8Array;
    /** The PREPARE body exactly as it was received. */
    readonly prepareBody: Uint8Array;
  },
): Uint8Array {
  const { readyKey, txid, prepareBody } = options;
  return crypto.hmacSha256(readyKey, concatBytes(asciiBytes(READY_LABEL), txid, prepareBody));
}
