import type { Hex } from './otc-primitives.ts';
import { ascii, expand, extract, hmac, open, seal, sha256, x25519, x25519Public } from './otc-primitives.ts';

/** The responder of Noise_XX_25519_ChaChaPoly_SHA256, from the Noise Protocol Framework, revision 34, in hexadecimal. */
export class ReferenceResponder {
  readonly #staticSecret: Hex;
  readonly #ephemeralSecret: Hex;
  #hash: Hex = ascii('Noise_XX_25519_ChaChaPoly_SHA256');
  #chain: Hex = this.#hash;
  #key: Hex = '';
  #nonce = 0;
  #remoteEphemeral: Hex = '';
  /** The validator's static key, once message 3 was read. */
  remoteStatic: Hex = '';

  constructor(prologue: Hex, keys: { readonly staticSecret: Hex; readonly ephemeralSecret: Hex }) {
    this.#staticSecret = keys.staticSecret;
    this.#ephemeralSecret = keys.ephemeralSecret;
    this.#mixHash(prologue);
  }

  /** Message 1 in, message 2 with its payload out. */
  answer(message1: Hex, payload: Hex): Hex {
    this.#remoteEphemeral = message1.slice(0, 64);
    this.#mixHash(this.#remoteEphemeral);
    this.#mixHash(message1.slice(64));
    const ephemeral = x25519Public(this.#ephemeralSecret);
    this.#mixHash(ephemeral);
    this.#mixKey(x25519(this.#ephemeralSecret, this.#remoteEphemeral));
    const sealedStatic = this.#seal(x25519Public(this.#staticSecret));
    this.#mixKey(x25519(this.#staticSecret, this.#remoteEphemeral));
    return ephemeral + sealedStatic + this.#seal(payload);
  }

  /** Message 3 in, its payload out. Throws if a tag is wrong. */
  finish(message3: Hex): Hex {
    this.remoteStatic = this.#open(message3.slice(0, 96));
    this.#mixKey(x25519(this.#ephemeralSecret, this.remoteStatic));
    return this.#open(message3.slice(96));
  }

  /** The keys of the session: of the validator's messages, of our own, and the exporter. */
  split(): { readonly receive: Hex; readonly send: Hex; readonly exporter: Hex } {
    const temporary = extract(this.#chain, '');
    const receive = expand(temporary, '');
    const send = hmac(temporary, `${receive}02`);
    return { receive, send, exporter: hmac(temporary, `${send}03`) };
  }

  #mixHash(data: Hex): void {
    this.#hash = sha256(this.#hash + data);
  }

  #mixKey(secret: Hex): void {
    const temporary = extract(this.#chain, secret);
    this.#chain = expand(temporary, '');
    this.#key = hmac(temporary, `${this.#chain}02`);
    this.#nonce = 0;
  }

  #seal(plaintext: Hex): Hex {
    const sealed = seal(this.#key, this.#hash, plaintext, noiseNonce(this.#nonce));
    this.#nonce += 1;
    this.#mixHash(sealed);
    return sealed;
  }

  #open(sealed: Hex): Hex {
    const plaintext = open(this.#key, this.#hash, sealed, noiseNonce(this.#nonce));
    this.#nonce += 1;
    this.#mixHash(sealed);
    return plaintext;
  }
}

/** Four zero bytes and the number as eight bytes, little-endian. */
export function noiseNonce(count: number): Hex {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64LE(BigInt(count), 4);
  return nonce.toString('hex');
}
