import { toHex } from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';

/**
 * The y coordinates of the eight points of low order of edwards25519, and those of them that are written beyond the
 * field's prime, without the sign bit. A signature under such a key says nothing about who made it. RFC 8032 §5.1.
 */
export const LOW_ORDER_Y: readonly string[] = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

/** Any secret: a point of low order gives zeros with every one of them. */
const PROBE_SECRET = new Uint8Array(32).fill(0x40);

/** Whether an Ed25519 public key has low order. */
export function isLowOrderEd25519(publicKey: Uint8Array): boolean {
  const withoutSign = publicKey.map((byte, index) => (index === 31 ? byte & 0x7f : byte));
  return LOW_ORDER_Y.includes(toHex(withoutSign));
}

/** Whether an X25519 public key has low order. */
export function isLowOrderX25519(crypto: Crypto, publicKey: Uint8Array): boolean {
  return crypto.x25519({ secret: PROBE_SECRET, publicKey }) === undefined;
}
