import type { MadeToken, Maker } from '@chiavetta/firmware-sim/factory';
import { issueAuthority, makeAnchor, makeMaker, makeToken } from '@chiavetta/firmware-sim/factory';
import { assert, SecretKey } from '@chiavetta/protocol/bytes';
import type { TokenSerial } from '@chiavetta/protocol/keys';
import { tokenSerial } from '@chiavetta/protocol/keys';
import type { ValidatorKeys } from '@chiavetta/validator';
import { nodeCrypto } from '@chiavetta/validator/node-crypto';

/** 2027-01-15T08:00:00Z: inside the dates of the maker's first batch. */
export const BANK_START_MS = 1_800_000_000_000;

const crypto = nodeCrypto;
const anchor = makeAnchor(new Uint8Array(32).fill(2), crypto);

/** The one maker of these tests. */
export const MAKER: Maker = makeMaker(new Uint8Array(32).fill(1), { crypto });

/** A validator whose authority the tokens of `madeToken` accept, and which accepts the maker's tokens. */
export const BANK_KEYS: ValidatorKeys = bankKeys();

/** A token of the maker; the same number gives the same token. */
export function madeToken(kind: 'fob' | 'otc', number: number): MadeToken {
  const entropy = crypto.sha256(Uint8Array.of(kind === 'fob' ? 1 : 2, number));
  const serial = serialOf(BigInt(900_000 + number));
  return makeToken({ crypto, maker: MAKER, anchorPublicKey: anchor.publicKey, kind, serial, entropy });
}

function bankKeys(): ValidatorKeys {
  const secret = (number: number): SecretKey => SecretKey.from(new Uint8Array(32).fill(number));
  const noiseStatic = secret(11);
  const ticketKey = secret(12);
  return {
    kek: secret(3),
    hedgeKey: secret(4),
    deadKey: secret(5),
    pepper: secret(6),
    noiseStatic,
    ticketKey,
    authorityCertificate: issueAuthority(anchor, {
      crypto,
      authorityId: 1,
      ticketPublicKey: crypto.ed25519PublicKey(ticketKey.expose()),
      noisePublicKey: crypto.x25519PublicKey(noiseStatic.expose()),
    }),
    authorityId: 1,
    pairingStatic: { keyId: 1, secret: secret(13) },
    checkpointKey: secret(14),
    anchorPublicKey: anchor.publicKey,
    makerRoots: [MAKER.rootPublicKey],
    issuerCertificates: [MAKER.issuerCertificate],
  };
}

function serialOf(value: bigint): TokenSerial {
  const serial = tokenSerial(value);
  assert(serial.ok, 'a serial has at most twelve digits');
  return serial.value;
}
