import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { concatBytes, equalConstantTime, SecretKey, toBase64 } from '@chiavetta/protocol/bytes';
import { MODEL_AUTHORITY, MODEL_ISSUER, readCertificate, verifyCertificate } from '@chiavetta/protocol/keys';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { DirectoryPaths } from '../../ports/directory-paths.ts';
import type { ValidatorKeys } from '../../ports/validator-ports.ts';
import { DataDirectoryError } from './data-directory-error.ts';
import { createSecretFile, readSecretFile, secretFolder } from './secret-file.ts';

const KEY_BYTES = 32;
const FIRST_PAIRING_KEY_ID = 1;

const SECRETS = {
  kek: 'kek.key',
  hedgeKey: 'hedge.key',
  deadKey: 'dead.key',
  pepper: 'pepper.key',
  noiseStatic: 'noise-static.key',
  ticketKey: 'ticket.key',
  checkpointKey: 'checkpoint.key',
} as const;
type SecretName = keyof typeof SECRETS;

const PAIRING_STATIC = 'pairing-static.key';
/** Form of the file that asks the anchor: two public keys, base64. */
const REQUEST_VERSION = 1;

export type KeyFilesJob = {
  readonly paths: DirectoryPaths;
  readonly crypto: Crypto;
  readonly entropy: (byteCount: number) => Uint8Array;
};

/**
 * Makes what is missing of the validator's own secrets. Only in a directory without a store: beside a store, a key that
 * was lost must be restored, because a new one opens nothing.
 *
 * @throws DataDirectoryError
 */
export function ensureKeyFiles({ paths, entropy }: KeyFilesJob): void {
  for (const folder of [paths.root, paths.keys, paths.makerRoots, paths.issuers]) secretFolder(folder);
  const ownKey = (): Uint8Array => entropy(KEY_BYTES);
  const files = [
    ...Object.values(SECRETS).map((name) => ({ name, make: ownKey })),
    {
      name: PAIRING_STATIC,
      make: () => concatBytes(Uint8Array.of(FIRST_PAIRING_KEY_ID), ownKey()),
    },
  ];
  for (const { name, make } of files) {
    const path = join(paths.keys, name);
    if (existsSync(path)) continue;
    if (existsSync(paths.store)) throw missing(path);
    createSecretFile(path, make());
  }
}

/** The public halves that the bank's anchor has to certify: the ticket key and the Noise static. */
export function authorityKeys(job: KeyFilesJob): {
  readonly ticketPublicKey: Uint8Array;
  readonly noisePublicKey: Uint8Array;
} {
  const { crypto, paths } = job;
  return {
    ticketPublicKey: crypto.ed25519PublicKey(secretAt(paths, 'ticketKey')),
    noisePublicKey: crypto.x25519PublicKey(secretAt(paths, 'noiseStatic')),
  };
}

/** Places what the bank's anchor and the makers gave; files that are there stay. */
export function placeCertificates(
  paths: DirectoryPaths,
  given: {
    readonly anchorPublicKey: Uint8Array;
    readonly authorityCertificate: Uint8Array;
    readonly makerRoot: { readonly makerId: number; readonly publicKey: Uint8Array };
    readonly issuerCertificate: Uint8Array;
  },
): void {
  const { makerId, publicKey } = given.makerRoot;
  const files = [
    [paths.anchorKey, given.anchorPublicKey],
    [paths.authorityCertificate, given.authorityCertificate],
    [join(paths.makerRoots, `maker-${makerId}.key`), publicKey],
    [join(paths.issuers, `maker-${makerId}-issuer.cert`), given.issuerCertificate],
  ] as const;
  for (const [path, bytes] of files) if (!existsSync(path)) createSecretFile(path, bytes);
}

/**
 * Reads and checks every key of the directory.
 *
 * @throws DataDirectoryError when one is missing, damaged, open to others, or certified by nobody known.
 */
export function readKeyFiles(job: KeyFilesJob): ValidatorKeys {
  const { paths } = job;
  const key = (name: SecretName): SecretKey => SecretKey.from(secretAt(paths, name));
  const makerRoots = filesIn(paths.makerRoots, '.key').map((path) => sized(path, KEY_BYTES));
  return {
    kek: key('kek'),
    hedgeKey: key('hedgeKey'),
    deadKey: key('deadKey'),
    pepper: key('pepper'),
    noiseStatic: key('noiseStatic'),
    ticketKey: key('ticketKey'),
    checkpointKey: key('checkpointKey'),
    pairingStatic: pairingStatic(paths),
    ...authority(job),
    makerRoots,
    issuerCertificates: filesIn(paths.issuers, '.cert').map((path) => issuer(job, path, makerRoots)),
  };
}

function secretAt(paths: DirectoryPaths, name: SecretName): Uint8Array {
  return sized(join(paths.keys, SECRETS[name]), KEY_BYTES);
}

function pairingStatic(paths: DirectoryPaths): ValidatorKeys['pairingStatic'] {
  const bytes = sized(join(paths.keys, PAIRING_STATIC), 1 + KEY_BYTES);
  return { keyId: bytes[0] ?? 0, secret: SecretKey.from(bytes.slice(1)) };
}

function authority(
  job: KeyFilesJob,
): Pick<ValidatorKeys, 'authorityCertificate' | 'authorityId' | 'anchorPublicKey'> {
  const path = job.paths.authorityCertificate;
  const anchorPath = job.paths.anchorKey;
  const certificate = readSecretFile(path);
  if (certificate === undefined) throw noAuthority({ path, anchorPath, request: askForAuthority(job) });
  const anchorPublicKey = sized(anchorPath, KEY_BYTES);
  const checked = verifyCertificate({
    crypto: job.crypto,
    certificate,
    issuerPublicKey: anchorPublicKey,
    models: [MODEL_AUTHORITY],
  });
  const own = authorityKeys(job);
  const isOurs =
    checked.ok &&
    equalConstantTime(checked.value.ed25519, own.ticketPublicKey) &&
    equalConstantTime(checked.value.x25519, own.noisePublicKey);
  if (!isOurs) throw wrongAuthority(path, checked.ok ? 'it certifies other keys' : checked.error.code);
  return { authorityCertificate: certificate, authorityId: Number(checked.value.serial), anchorPublicKey };
}

/** Writes down what the bank's anchor has to sign. Returns the path. */
function askForAuthority(job: KeyFilesJob): string {
  const path = job.paths.authorityRequest;
  const { ticketPublicKey, noisePublicKey } = authorityKeys(job);
  const request = {
    v: REQUEST_VERSION,
    ticketPublicKey: toBase64(ticketPublicKey),
    noisePublicKey: toBase64(noisePublicKey),
  };
  const text = `${JSON.stringify(request, undefined, 1)}\n`;
  if (!existsSync(path)) createSecretFile(path, new TextEncoder().encode(text));
  return path;
}

function issuer(job: KeyFilesJob, path: string, makerRoots: readonly Uint8Array[]): Uint8Array {
  const certificate = readSecretFile(path) ?? new Uint8Array(0);
  const isKnown = makerRoots.some(
    (issuerPublicKey) =>
      verifyCertificate({ crypto: job.crypto, certificate, issuerPublicKey, models: [MODEL_ISSUER] }).ok,
  );
  if (isKnown) return certificate;
  const found = readCertificate(certificate);
  throw damaged(path, found.ok ? 'no maker in maker-roots signed it' : found.error.code);
}

/** Paths in the order of their names, so that two starts see the same list. */
function filesIn(folder: string, ending: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));
}

function sized(path: string, byteCount: number): Uint8Array {
  const bytes = readSecretFile(path);
  if (bytes === undefined) throw missing(path);
  if (bytes.length !== byteCount) throw damaged(path, `${bytes.length} bytes instead of ${byteCount}`);
  return bytes;
}

function missing(path: string): DataDirectoryError {
  return new DataDirectoryError(
    {
      code: 'KEY_FILE_MISSING',
      message: `${path} is missing, and what is stored cannot be opened with a new key.`,
      next: 'Restore the key file from the last good backup of this directory.',
    },
    { path },
  );
}

function damaged(path: string, why: string): DataDirectoryError {
  return new DataDirectoryError(
    {
      code: 'KEY_FILE_DAMAGED',
      message: `${path} is not what it should be: ${why}.`,
      next: 'Restore the file from the last good backup of this directory.',
    },
    { path },
  );
}

function noAuthority(files: {
  readonly path: string;
  readonly anchorPath: string;
  readonly request: string;
}): DataDirectoryError {
  const { path, anchorPath, request } = files;
  return new DataDirectoryError(
    {
      code: 'AUTHORITY_MISSING',
      message: `${path} is missing: no token would believe this validator.`,
      next: `Have the bank's anchor certify the keys in ${request}; put the certificate at ${path} and the anchor's public key at ${anchorPath}, both with mode 0600. To try it out, start with --dev.`,
    },
    { path, request },
  );
}

function wrongAuthority(path: string, why: string): DataDirectoryError {
  return new DataDirectoryError(
    {
      code: 'AUTHORITY_WRONG',
      message: `${path} does not certify this validator under the bank's anchor: ${why}.`,
      next: "Have the bank's anchor certify the keys of this directory.",
    },
    { path },
  );
}
