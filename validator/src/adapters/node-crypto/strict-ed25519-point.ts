const P = 2n ** 255n - 19n;
const ORDER_EIGHT_Y = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;

/** The y coordinates of the eight points of low order on edwards25519 (the two signs of x share one). */
const LOW_ORDER_Y: readonly bigint[] = [0n, 1n, P - 1n, ORDER_EIGHT_Y, P - ORDER_EIGHT_Y];

/**
 * Whether 32 bytes are a canonical spelling of a y coordinate that is not of low order. OpenSSL accepts both kinds;
 * `@noble/curves` in its strict mode refuses them, and one signature must not be valid here and invalid there.
 */
export function isStrictEd25519Point(publicKey: Uint8Array): boolean {
  if (publicKey.length !== 32) return false;
  let y = 0n;
  for (const byte of publicKey.toReversed()) y = y * 256n + BigInt(byte);
  y &= 2n ** 255n - 1n;
  return y < P && !LOW_ORDER_Y.includes(y);
}
