import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { assert, fromBase64, toBase64 } from '@chiavetta/protocol/bytes';
import type { TokenSerial } from '@chiavetta/protocol/keys';
import { issueCertificate, MODEL_AUTHORITY, MODEL_ISSUER, tokenSerial } from '@chiavetta/protocol/keys';
import { DataDirectoryError } from './data-directory-error.ts';
import type { KeyFilesJob } from './key-files.ts';
import { authorityKeys, placeCertificates } from './key-files.ts';
import { createSecretFile, readSecretFile, secretFolder } from './secret-file.ts';

const FILE_VERSION = 1;
const AUTHORITY_ID = 1;
const MAKER_ID = 1;
const DAY_S = 86_400;
const YEAR_S = 366 * DAY_S;
const NO_KEY = new Uint8Array(32);

/**
 * Plays the bank's anchor and a test maker for a developer's directory: makes both once, in `dev/anchor.json` and
 * `dev/maker.json` (the files that virtual tokens are made from), and certifies the validator and the maker's issuer.
 *
 * @throws DataDirectoryError
 */
export function ensureDevAuthorities(job: KeyFilesJob & { readonly nowS: number }): void {
  const { paths, crypto, nowS } = job;
  for (const folder of [paths.dev, paths.devManifests]) secretFolder(folder);
  const anchorFile = join(paths.dev, 'anchor.json');
  const makerFile = join(paths.dev, 'maker.json');
  if (!existsSync(anchorFile)) writeFactoryFile(anchorFile, 'anchor', newAnchor(job));
  if (!existsSync(makerFile)) writeFactoryFile(makerFile, 'maker', newMaker(job));
  const anchor = readFactoryFile(anchorFile, ['secret', 'publicKey']);
  const maker = readFactoryFile(makerFile, ['rootPublicKey', 'issuerCertificate']);
  const { ticketPublicKey, noisePublicKey } = authorityKeys(job);
  const authorityCertificate = issueCertificate({
    crypto,
    issuerSecret: anchor.secret,
    body: {
      ...{ model: MODEL_AUTHORITY, serial: numbered(AUTHORITY_ID), firmware: 0, batch: 0, issuerId: 0 },
      ...{ ed25519: ticketPublicKey, x25519: noisePublicKey },
      ...{ notBefore: nowS - DAY_S, notAfter: 0xffff_ffff },
    },
  });
  placeCertificates(paths, {
    anchorPublicKey: anchor.publicKey,
    authorityCertificate,
    makerRoot: { makerId: MAKER_ID, publicKey: maker.rootPublicKey },
    issuerCertificate: maker.issuerCertificate,
  });
}

function newAnchor({ crypto, entropy }: KeyFilesJob): Readonly<Record<string, Uint8Array>> {
  const secret = entropy(32);
  return { secret, publicKey: crypto.ed25519PublicKey(secret) };
}

function newMaker(job: KeyFilesJob & { readonly nowS: number }): Readonly<Record<string, Uint8Array>> {
  const { crypto, entropy, nowS } = job;
  const rootSecret = entropy(32);
  const issuerSecret = entropy(32);
  const issuerCertificate = issueCertificate({
    crypto,
    issuerSecret: rootSecret,
    body: {
      ...{ model: MODEL_ISSUER, serial: numbered(1), firmware: 0, batch: 1, issuerId: 0 },
      ...{ ed25519: crypto.ed25519PublicKey(issuerSecret), x25519: NO_KEY },
      ...{ notBefore: nowS - DAY_S, notAfter: nowS + YEAR_S },
    },
  });
  return {
    rootSecret,
    rootPublicKey: crypto.ed25519PublicKey(rootSecret),
    issuerSecret,
    issuerCertificate,
  };
}

function writeFactoryFile(
  path: string,
  file: 'anchor' | 'maker',
  keys: Readonly<Record<string, Uint8Array>>,
): void {
  const base64 = Object.entries(keys).map(([name, bytes]) => [name, toBase64(bytes)]);
  const own = file === 'maker' ? { makerId: MAKER_ID } : {};
  const text = JSON.stringify({ v: FILE_VERSION, file, ...own, ...Object.fromEntries(base64) }, undefined, 1);
  createSecretFile(path, new TextEncoder().encode(`${text}\n`));
}

function readFactoryFile<const Name extends string>(
  path: string,
  names: readonly Name[],
): Readonly<Record<Name, Uint8Array>>;
function readFactoryFile(path: string, names: readonly string[]): Readonly<Record<string, Uint8Array>> {
  const fields = jsonObject(readSecretFile(path) ?? new Uint8Array(0));
  return Object.fromEntries(
    names.map((name) => {
      const text = fields[name];
      const bytes = typeof text === 'string' ? fromBase64(text) : undefined;
      if (bytes?.ok !== true) throw damaged(path);
      return [name, bytes.value];
    }),
  );
}

function jsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function damaged(path: string): DataDirectoryError {
  return new DataDirectoryError(
    {
      code: 'KEY_FILE_DAMAGED',
      message: `${path} is not the file of a test maker or anchor that it should be.`,
      next: "Start over with an empty developer's directory.",
    },
    { path },
  );
}

function numbered(value: number): TokenSerial {
  const serial = tokenSerial(BigInt(value));
  assert(serial.ok, 'a certificate number is positive');
  return serial.value;
}
