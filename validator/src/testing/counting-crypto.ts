import type { Crypto } from '@chiavetta/protocol/ports';
import { nobleCrypto } from '@chiavetta/protocol/ports';

/** How often each primitive was called, by name. */
export type CallCounts = Readonly<Record<string, number>>;

/** The default primitives, counted: equal counts are what "equal work" means in the tests. */
export function countingCrypto(): {
  readonly crypto: Crypto;
  /** The counts since the last call of `take`. */
  readonly take: () => CallCounts;
} {
  let counts = new Map<string, number>();
  const counted =
    <Given extends readonly unknown[], Answer>(name: string, act: (...given: Given) => Answer) =>
    (...given: Given): Answer => {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      return act(...given);
    };
  return {
    crypto: {
      sha256: counted('sha256', nobleCrypto.sha256),
      hmac: counted('hmac', nobleCrypto.hmac),
      hmacSha256: counted('hmacSha256', nobleCrypto.hmacSha256),
      hkdfExtract: counted('hkdfExtract', nobleCrypto.hkdfExtract),
      hkdfExpand: counted('hkdfExpand', nobleCrypto.hkdfExpand),
      pbkdf2Sha256: counted('pbkdf2Sha256', nobleCrypto.pbkdf2Sha256),
      aeadSeal: counted('aeadSeal', nobleCrypto.aeadSeal),
      aeadOpen: counted('aeadOpen', nobleCrypto.aeadOpen),
      x25519PublicKey: counted('x25519PublicKey', nobleCrypto.x25519PublicKey),
      x25519: counted('x25519', nobleCrypto.x25519),
      ed25519PublicKey: counted('ed25519PublicKey', nobleCrypto.ed25519PublicKey),
      ed25519Sign: counted('ed25519Sign', nobleCrypto.ed25519Sign),
      ed25519Verify: counted('ed25519Verify', nobleCrypto.ed25519Verify),
    },
    take: () => {
      const taken = Object.fromEntries([...counts].sort());
      counts = new Map();
      return taken;
    },
  };
}
