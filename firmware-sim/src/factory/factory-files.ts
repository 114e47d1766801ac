import type { Result } from '@chiavetta/protocol/bytes';
import { err, fromBase64, ok, toBase64 } from '@chiavetta/protocol/bytes';
import { CERTIFICATE_BYTES, formatSerial, parseSerial } from '@chiavetta/protocol/keys';
import { flashBytes } from '../core/flash-map.ts';
import { FOB_FLASH } from '../core/fob/index.ts';
import { OTC_FLASH } from '../core/otc/index.ts';
import type { MadeToken } from './made-token.ts';
import type { BankAnchor, Maker } from './maker.ts';

/** Why a text is not the factory file that was expected. The text itself is never quoted: it holds secrets. */
export type FactoryFileError = {
  readonly code: 'not_a_factory_file';
  readonly expected: 'maker' | 'anchor' | 'token';
};

const VERSION = 1;
const KEY_BYTES = 32;

/** A maker as JSON. Holds secrets: mode 0600. */
export function encodeMaker(maker: Maker): string {
  const { makerId, ...keys } = maker;
  return fileText('maker', { makerId, ...base64Fields(keys) });
}

/** Reads what `encodeMaker` wrote. Total. */
export function decodeMaker(text: string): Result<Maker, FactoryFileError> {
  const file = fileFields('maker', text);
  const rootSecret = bytesIn(file, 'rootSecret', KEY_BYTES);
  const rootPublicKey = bytesIn(file, 'rootPublicKey', KEY_BYTES);
  const issuerSecret = bytesIn(file, 'issuerSecret', KEY_BYTES);
  const issuerCertificate = bytesIn(file, 'issuerCertificate', CERTIFICATE_BYTES);
  const makerId = file?.['makerId'];
  if (!rootSecret || !rootPublicKey || !issuerSecret || !issuerCertificate || !isMakerId(makerId)) {
    return err({ code: 'not_a_factory_file', expected: 'maker' });
  }
  return ok({ makerId, rootSecret, rootPublicKey, issuerSecret, issuerCertificate });
}

/** An anchor as JSON. Holds a secret: mode 0600. */
export function encodeAnchor(anchor: BankAnchor): string {
  return fileText('anchor', base64Fields(anchor));
}

/** Reads what `encodeAnchor` wrote. Total. */
export function decodeAnchor(text: string): Result<BankAnchor, FactoryFileError> {
  const file = fileFields('anchor', text);
  const secret = bytesIn(file, 'secret', KEY_BYTES);
  const publicKey = bytesIn(file, 'publicKey', KEY_BYTES);
  if (!secret || !publicKey) return err({ code: 'not_a_factory_file', expected: 'anchor' });
  return ok({ secret, publicKey });
}

/** A token as JSON. Holds the element key: mode 0600. */
export function encodeMadeToken(token: MadeToken): string {
  const { serial, kind, profile, ...bytes } = token;
  return fileText('token', { serial: formatSerial(serial), kind, profile, ...base64Fields(bytes) });
}

/** Reads what `encodeMadeToken` wrote. Total. */
export function decodeMadeToken(text: string): Result<MadeToken, FactoryFileError> {
  const file = fileFields('token', text);
  const serial = typeof file?.['serial'] === 'string' ? parseSerial(file['serial']) : undefined;
  const kind = file?.['kind'];
  const profile = file?.['profile'];
  const certificate = bytesIn(file, 'certificate', CERTIFICATE_BYTES);
  const image = bytesIn(file, 'image', flashBytes(kind === 'fob' ? FOB_FLASH : OTC_FLASH));
  const elementKey = bytesIn(file, 'elementKey', KEY_BYTES);
  const isWhole =
    serial?.ok === true &&
    (kind === 'fob' || kind === 'otc') &&
    typeof profile === 'string' &&
    certificate !== undefined &&
    image !== undefined &&
    elementKey !== undefined;
  if (!isWhole) return err({ code: 'not_a_factory_file', expected: 'token' });
  return ok({ serial: serial.value, kind, profile, certificate, image, elementKey });
}

function fileText(file: FactoryFileError['expected'], fields: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ v: VERSION, file, ...fields }, undefined, 1)}\n`;
}

function fileFields(
  expected: FactoryFileError['expected'],
  text: string,
): Readonly<Record<string, unknown>> | undefined {
  const fields = jsonObject(text);
  return fields?.['v'] === VERSION && fields['file'] === expected ? fields : undefined;
}

function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function base64Fields(fields: Readonly<Record<string, Uint8Array>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fields).map(([name, bytes]) => [name, toBase64(bytes)]));
}

/** What a manifest can carry: 32 bits. */
function isMakerId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;
}

/** Bytes of one size: a key that lost its end would otherwise be found only when a token is made with it. */
function bytesIn(
  file: Readonly<Record<string, unknown>> | undefined,
  name: string,
  byteCount: number,
): Uint8Array | undefined {
  const text = file?.[name];
  if (typeof text !== 'string') return undefined;
  const bytes = fromBase64(text);
  return bytes.ok && bytes.value.length === byteCount ? bytes.value : undefined;
}
