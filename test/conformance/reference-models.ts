import { createHmac } from 'node:crypto';
import type { Hex } from './otc-primitives.ts';
import {
  ascii,
  bytes,
  dec,
  ed25519Sign,
  expand,
  extract,
  hmac,
  open,
  sha256,
  uint,
  x25519,
  x25519Public,
  xor,
} from './otc-primitives.ts';
import { answer } from './otc-reference-token.ts';
import type { ReferenceModel, ReferenceTransaction } from './reference-token.ts';

const PROVISION = 1;
const BIND = 2;
const EVENT_CODES = 1;

/** A key fob with a counter, from docs/spec/wire.md and RFC 4226. */
export class ReferenceFob implements ReferenceModel {
  readonly capabilities: number = EVENT_CODES;
  #seed: Hex = '';
  #digits = 0;
  #counter = 0;

  seedBytes(operation: number, prepare: Hex): number | undefined {
    // SHA-1 and HOTP are all that this fob can do.
    return operation === PROVISION && prepare.slice(8, 12) === '0101' ? 20 : undefined;
  }

  readyTail(): Hex {
    return '';
  }

  apply({ seed, prepare }: ReferenceTransaction): void {
    this.#seed = seed;
    this.#digits = Number.parseInt(prepare.slice(12, 14), 16);
    this.#counter = 0;
  }

  /** The button: the next code. */
  press(): string {
    const mac = createHmac('sha1', bytes(this.#seed))
      .update(bytes(uint(this.#counter, 8)))
      .digest();
    this.#counter += 1;
    const at = (mac[19] ?? 0) & 0x0f;
    const code = (mac.readUInt32BE(at) & 0x7fff_ffff) % 10 ** this.#digits;
    return String(code).padStart(this.#digits, '0');
  }
}

type Pending = { readonly bits: number; readonly kRoot: Hex; readonly kHdr: Hex; readonly code10: string };
type Active = {
  readonly bits: number;
  readonly kHdr: Hex;
  readonly m: Hex;
  readonly ck: Hex;
  readonly next: number;
};

/** An optical token with one slot and no device PIN, from docs/spec/wire.md and docs/spec/otc.md. */
export class ReferenceOtc implements ReferenceModel {
  readonly capabilities: number = 0;
  readonly #serial: bigint;
  readonly #secrets: { readonly identity: Hex; readonly d: Hex; readonly prekeys: readonly Hex[] };
  #slot: { readonly slot: number; readonly keyId: Hex; readonly s: Hex; readonly hintKey: Hex } | undefined;
  #pending: Pending | undefined;
  #active: Active | undefined;

  constructor(
    serial: bigint,
    secrets: { readonly identity: Hex; readonly d: Hex; readonly prekeys: readonly Hex[] },
  ) {
    this.#serial = serial;
    this.#secrets = secrets;
  }

  seedBytes(operation: number): number | undefined {
    return operation === BIND ? 0 : undefined;
  }

  readyTail(): Hex {
    const keys = this.#secrets.prekeys.map(x25519Public).join('');
    const signed = `${ascii('otc/v1 prekeys') + uint(this.#serial, 8)}00${keys}`;
    return `00${keys}${ed25519Sign(this.#secrets.identity, signed)}`;
  }

  apply({ prepare }: ReferenceTransaction): void {
    const slot = Number.parseInt(prepare.slice(8, 10), 16);
    this.#slot = {
      slot,
      keyId: prepare.slice(10, 12),
      s: prepare.slice(12, 76),
      hintKey: prepare.slice(76, 140),
    };
  }

  /** The camera: the digits that follow from a picture, or the reason in words. */
  scan(payload: Hex): string {
    const slot = this.#slot;
    if (slot === undefined) return 'slot not bound';
    const [header, nonce] = [payload.slice(0, 38), payload.slice(22, 38)];
    const hint = xor(header.slice(4, 14), hmac(slot.hintKey, nonce));
    if (!hint.startsWith('00000000')) return 'another token';
    const bits = Number.parseInt(hint.slice(8), 16);
    if (bits >> 5 !== slot.slot) return 'another token';
    switch (payload.slice(2, 4)) {
      case '01':
        return this.#pair1(slot, payload);
      case '02':
        return this.#pair2(bits & 31, payload);
      case '03':
        return this.#login(bits & 31, payload);
      default:
        return 'unknown type';
    }
  }

  #pair1(slot: { readonly slot: number; readonly s: Hex }, payload: Hex): string {
    const { d, prekeys } = this.#secrets;
    const [header, e, D] = [payload.slice(0, 38), payload.slice(38, 102), x25519Public(d)];
    const dhs = x25519(d, e) + x25519(d, slot.s);
    const kM = expand(
      extract(sha256(ascii('otc/v1/pair mask') + e + slot.s + D), dhs),
      ascii('otc/v1 pair header'),
    );
    const masked = header.slice(14, 22) + payload.slice(102, 104);
    const clear = xor(masked, hmac(kM, header.slice(22)));
    const prekey = prekeys[Number.parseInt(clear.slice(8), 16)];
    if (prekey === undefined) return 'prekey missing';
    const context =
      ascii('otc/v1/pair') + uint(this.#serial, 8) + D + slot.s + e + x25519Public(prekey) + header;
    const prk = extract(sha256(context), dhs + x25519(prekey, e));
    const plaintext = open(
      expand(prk, ascii('otc/v1 pair1 aead')),
      payload.slice(0, 106),
      payload.slice(106),
    );
    const generation = plaintext.slice(2, 4);
    const kRoot = expand(prk, ascii('otc/v1 root') + uint(slot.slot, 1) + generation);
    const code10 = dec(hmac(expand(prk, ascii('otc/v1 code10')), sha256(payload) + plaintext), 10);
    const kHdr = expand(kRoot, ascii('otc/v1 header'));
    this.#pending = { bits: Number.parseInt(generation, 16) % 32, kRoot, kHdr, code10 };
    return code10;
  }

  #pair2(bits: number, payload: Hex): string {
    const pending = this.#pending;
    if (pending?.bits !== bits) return 'generation unknown';
    const header = payload.slice(0, 38);
    const key = expand(pending.kRoot, ascii('otc/v1 pair2 aead') + header + ascii(pending.code10));
    open(key, header, payload.slice(38));
    return dec(hmac(expand(pending.kRoot, ascii('otc/v1 code6 pair')), sha256(payload)), 6);
  }

  #login(bits: number, payload: Hex): string {
    const { kRoot, ...pending } = this.#pending ?? { bits: -1, kRoot: '', kHdr: '' };
    if (pending.bits === bits) {
      // The first challenge of a pending generation promotes it.
      const [m, ck] = [expand(kRoot, ascii('otc/v1 resp secret')), expand(kRoot, ascii('otc/v1 chain'))];
      this.#active = { bits, kHdr: pending.kHdr, m, ck, next: 0 };
      this.#pending = undefined;
    }
    const active = this.#active;
    if (active?.bits !== bits) return 'generation unknown';
    const [masked, nonce] = [payload.slice(14, 22), payload.slice(22, 38)];
    const n = Number.parseInt(xor(masked, hmac(active.kHdr, nonce)), 16);
    if (n < active.next) return 'counter used';
    let { ck } = active;
    for (let step = active.next; step < n; step += 1) ck = hmac(ck, ascii('otc/v1 chain step'));
    const { code } = answer({ m: active.m, ck }, payload);
    this.#active = { ...active, ck: hmac(ck, ascii('otc/v1 chain step')), next: n + 1 };
    return code;
  }
}
