import { toBase64, toHex } from '@chiavetta/protocol/bytes';

/** Something that must not stand anywhere but in its own place. */
export type Secret = { readonly name: string; readonly bytes: Uint8Array };

/** Bytes that somebody else may see: a line, a log, a screen. */
export type Surface = { readonly name: string; readonly bytes: Uint8Array };

/** A secret that stands in a surface, and how it is written there. */
export type Hit = { readonly secret: string; readonly surface: string; readonly encoding: string };

/** Every way of writing that is searched. */
export const ENCODINGS = ['raw', 'hex', 'base32', 'base64', 'base64url', 'decimal', 'decimal bytes'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Searches surfaces for secrets in every way of writing, wherever in a longer text the writing began. */
export function taintScan(secrets: readonly Secret[], surfaces: readonly Surface[]): readonly Hit[] {
  const texts = surfaces.map(({ name, bytes }) => {
    const exact = Buffer.from(bytes);
    return { name, exact, lower: Buffer.from(exact.toString('latin1').toLowerCase(), 'latin1') };
  });
  return secrets.flatMap((secret) =>
    ENCODINGS.flatMap((encoding) => {
      const writings = writingsOf(secret.bytes, encoding);
      // Hexadecimal and base32 are written in either case.
      const isFolded = encoding === 'hex' || encoding === 'base32';
      return texts.flatMap(({ name, exact, lower }) =>
        writings.some((writing) => (isFolded ? lower : exact).includes(writing))
          ? [{ secret: secret.name, surface: name, encoding }]
          : [],
      );
    }),
  );
}

/** What a text would hold if the bytes were written into it; several where it depends on what stands before them. */
export function writingsOf(bytes: Uint8Array, encoding: Encoding): readonly Buffer[] {
  switch (encoding) {
    case 'raw':
      return [Buffer.from(bytes)];
    case 'hex':
      return [Buffer.from(toHex(bytes))];
    case 'base32':
      return [0, 1, 2, 3, 4].map((before) => Buffer.from(inner(bytes, before, 5, base32)));
    case 'base64':
      return [0, 1, 2].map((before) => Buffer.from(inner(bytes, before, 6, base64)));
    case 'base64url':
      return [0, 1, 2].map((before) => Buffer.from(inner(bytes, before, 6, base64Url)));
    case 'decimal':
      return [Buffer.from(BigInt(`0x${toHex(bytes)}`).toString())];
    case 'decimal bytes':
      return [Buffer.from([...bytes].join(',')), Buffer.from([...bytes].join(', '))];
    default: {
      const unknown: never = encoding;
      return unknown;
    }
  }
}

/** The characters that hold bits of these bytes only, when `before` other bytes stand in front of them. */
function inner(
  bytes: Uint8Array,
  before: number,
  bitsPerCharacter: number,
  encode: (bytes: Uint8Array) => string,
): string {
  const text = encode(new Uint8Array([...new Uint8Array(before), ...bytes]));
  const first = Math.ceil((before * 8) / bitsPerCharacter);
  const end = Math.floor(((before + bytes.length) * 8) / bitsPerCharacter);
  return text.slice(first, end);
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648 section 6 in small letters, without padding. */
function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/gu) ?? [])
    .map((five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
}

function base64(bytes: Uint8Array): string {
  return toBase64(bytes).replace(/=+$/u, '');
}

function base64Url(bytes: Uint8Array): string {
  return base64(bytes).replaceAll('+', '-').replaceAll('/', '_');
}
