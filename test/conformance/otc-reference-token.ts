import type { Hex } from './otc-primitives.ts';
import {
  ascii,
  dec,
  ed25519Sign,
  expand,
  extract,
  hmac,
  open,
  seal,
  sha256,
  text,
  uint,
  x25519,
  x25519Public,
  xor,
} from './otc-primitives.ts';

/**
 * A second token and a second server, written from docs/spec/otc.md alone on `node:crypto` and hexadecimal text. They
 * share no line with the product: where the two agree, the specification says enough to write a token.
 */
export type Example = Readonly<Record<string, string>>;

const SLOT = 2;
const GENERATION = 35;
const SESSION = '0102030405060708';
const TIME = uint(1_800_000_000, 4);
const LABEL = text('Banca Esempio', 16);

/** The whole worked example from its inputs, in the order in which the specification prints it. */
export function workedExample(inputs: Example): Example {
  const pair1 = pairing(inputs);
  const pair2 = secondMatrix({ ...inputs, ...pair1 });
  const known = { ...inputs, ...pair1, ...pair2 };
  const ck1 = hmac(known['ck0'] ?? '', ascii('otc/v1 chain step'));
  const ck2 = hmac(ck1, ascii('otc/v1 chain step'));
  const login = `${SESSION + TIME}01${text('Firefox, Torino', 24)}0000`;
  const iban = 'IT60X0542811101000000123456';
  const texts = [iban, 'Panificio Esempio', 'Fattura 12'].map((one) => uint(one.length, 1) + ascii(one));
  const payment = `${SESSION + TIME + uint(978, 2) + uint(12_345, 8) + uint(1, 2) + texts.join('')}00`;
  const unlock = `01${uint(SLOT, 1)}${uint(123_456, 4)}${TIME}`;
  const ck3 = hmac(ck2, ascii('otc/v1 chain step'));
  return {
    ...known,
    ...challenge(known, {
      name: 'login',
      type: 3,
      n: 0,
      ck: known['ck0'] ?? '',
      plaintext: login,
      random: 3,
    }),
    ck1,
    ...challenge(known, { name: 'tx', type: 4, n: 1, ck: ck1, plaintext: payment, random: 4 }),
    ck2,
    ...challenge(known, { name: 'mgmt', type: 5, n: 2, ck: ck2, plaintext: unlock, random: 5 }),
    ck3,
  };
}

function hedge(known: Example, label: string, random: number, counter: number, plaintext: Hex): Hex {
  const binding = known['hedgeBinding'] ?? '';
  return hmac(
    known['hedgeKey'] ?? '',
    ascii(label) +
      uint(binding.length / 2, 2) +
      binding +
      (known[`random${random}`] ?? '') +
      uint(counter, 4) +
      plaintext,
  );
}

function hint(known: Example, bits: number, nonce: Hex): Hex {
  return xor(`00000000${uint((SLOT << 5) | bits, 1)}`, hmac(known['hintKey'] ?? '', nonce));
}

function pairing(known: Example): Example {
  const { d = '', s = '', serial = '', prekeySecrets = '', idSecret: id = '' } = known;
  const prekeys = prekeySecrets.match(/.{64}/g) ?? [];
  const prekey = prekeys[0] ?? '';
  const plaintext = `00${uint(GENERATION, 1)}0500${TIME}${SESSION}${LABEL}`;
  const nonce = hedge(known, 'nonce', 1, 7, plaintext).slice(0, 16);
  const e = hedge(known, 'e', 1, 7, plaintext);
  const [D, S, E, PK0] = [d, s, e, prekey].map(x25519Public);
  const publics = prekeys.map(x25519Public).join('');
  const dhs = x25519(e, D ?? '') + x25519(s, D ?? '');
  const pairMask = extract(sha256(ascii('otc/v1/pair mask') + E + S + D), dhs);
  const kM = expand(pairMask, ascii('otc/v1 pair header'));
  const masked = xor(`${uint(7, 4)}00`, hmac(kM, nonce));
  const header = `c101${hint(known, 0, nonce)}${masked.slice(0, 8)}${nonce}`;
  const ikm = dhs + x25519(e, PK0 ?? '');
  const prk = extract(sha256(ascii('otc/v1/pair') + serial + D + S + E + PK0 + header), ikm);
  const kP1 = expand(prk, ascii('otc/v1 pair1 aead'));
  const aad = `${header + E + masked.slice(8)}01`;
  const payload = aad + seal(kP1, aad, plaintext);
  const kC10 = expand(prk, ascii('otc/v1 code10'));
  const kRoot = expand(prk, ascii('otc/v1 root') + uint(SLOT, 1) + uint(GENERATION, 1));
  return {
    D: D ?? '',
    S: S ?? '',
    prekeyPublics: publics,
    prekeySignature: ed25519Sign(id, `${ascii('otc/v1 prekeys') + serial}00${publics}`),
    pair1Plaintext: plaintext,
    pair1Nonce: nonce,
    e,
    E: E ?? '',
    kM,
    pair1Header: header,
    prk,
    kP1,
    pair1: payload,
    kC10,
    code10: dec(hmac(kC10, sha256(payload) + plaintext), 10),
    kRoot,
    kHdr: expand(kRoot, ascii('otc/v1 header')),
    ck0: expand(kRoot, ascii('otc/v1 chain')),
    m: expand(kRoot, ascii('otc/v1 resp secret')),
  };
}

function secondMatrix(known: Example): Example {
  const { kRoot = '', kHdr = '', code10 = '' } = known;
  const plaintext = uint(SLOT, 1) + uint(GENERATION, 1) + TIME + SESSION + LABEL;
  const nonce = hedge(known, 'nonce', 2, 7, plaintext).slice(0, 16);
  const counter = xor(uint(7, 4), hmac(kHdr, nonce));
  const header = `c102${hint(known, GENERATION % 32, nonce)}${counter}${nonce}`;
  const key = expand(kRoot, ascii('otc/v1 pair2 aead') + header + ascii(code10));
  const payload = header + seal(key, header, plaintext);
  const kC6 = expand(kRoot, ascii('otc/v1 code6 pair'));
  return {
    pair2Plaintext: plaintext,
    pair2Header: header,
    kP2: key,
    pair2: payload,
    kC6,
    code6: dec(hmac(kC6, sha256(payload)), 6),
  };
}

type Challenge = {
  readonly name: string;
  readonly type: number;
  readonly n: number;
  readonly ck: Hex;
  readonly plaintext: Hex;
  readonly random: number;
};

function challenge(known: Example, job: Challenge): Example {
  const { name, type, n, ck, plaintext } = job;
  const { kHdr = '', m = '' } = known;
  const nonce = hedge(known, 'nonce', job.random, n, plaintext).slice(0, 16);
  const counter = xor(uint(n, 4), hmac(kHdr, nonce));
  const header = `c1${uint(type, 1)}${hint(known, GENERATION % 32, nonce)}${counter}${nonce}`;
  const kAe = expand(ck, ascii('otc/v1 ch aead') + header);
  const sealed = seal(kAe, header, plaintext);
  const kRe = extract(m, ck + ascii('otc/v1 ch resp') + uint(type, 1));
  return {
    [`${name}Plaintext`]: plaintext,
    [`${name}Header`]: header,
    [`${name}Key`]: kAe,
    [`${name}Payload`]: header + sealed,
    [`${name}ResponseKey`]: kRe,
    [`${name}Code`]: dec(hmac(kRe, ascii('otc/v1 resp') + header + sha256(plaintext)), 6),
  };
}

/** The reference token's answer to any challenge picture of the example's generation, from M and the CK of its n. */
export function answer(
  keys: { readonly m: Hex; readonly ck: Hex },
  payload: Hex,
): { readonly plaintext: Hex; readonly code: string } {
  const header = payload.slice(0, 38);
  const plaintext = open(expand(keys.ck, ascii('otc/v1 ch aead') + header), header, payload.slice(38));
  const kRe = extract(keys.m, keys.ck + ascii('otc/v1 ch resp') + header.slice(2, 4));
  return { plaintext, code: dec(hmac(kRe, ascii('otc/v1 resp') + header + sha256(plaintext)), 6) };
}
