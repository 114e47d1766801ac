import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BankAnchor, MadeToken, Maker, TokenKind } from '@chiavetta/firmware-sim/factory';
import {
  decodeAnchor,
  decodeMadeToken,
  decodeMaker,
  encodeAnchor,
  encodeMadeToken,
  encodeMaker,
  makeAnchor,
  makeMaker,
  makeToken,
  signShippingManifest,
} from '@chiavetta/firmware-sim/factory';
import type { TokenSerial } from '@chiavetta/protocol/keys';
import {
  formatSerial,
  MODEL_FOB,
  MODEL_OTC,
  parseSerial,
  readCertificate,
  SERIAL_MAX,
  verifyCertificate,
} from '@chiavetta/protocol/keys';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import type { Home } from '../home.ts';
import { privateDirectory, tokensDirectory } from '../home.ts';
import { Failure, usageFailure } from '../output/failure.ts';
import { checkedTokenName } from './token-name.ts';

/** Which token is wanted under a name; what is not told is as the token is, or the default of a new one. */
export type WantedToken = {
  readonly home: Home;
  readonly name: string;
  readonly kind: TokenKind | undefined;
  /** What moves a fob's code. */
  readonly mode: 'hotp' | 'totp' | undefined;
  readonly serial: string | undefined;
  /** The data directory of a developer's validator, which is to know the token. */
  readonly devData: string | undefined;
};

type Factory = { readonly maker: Maker; readonly anchor: BankAnchor };

const DAY_S = 86_400;
const MANIFEST_ID_MAX = 2 ** 31;

/**
 * The token of that name: the one that was made under it, or a new one. A token for a developer's validator comes from
 * that validator's test maker, and its signed manifest is put where `serve --dev` looks for it.
 *
 * @throws Failure USAGE, NO_DEV_DIRECTORY, FILE_UNREADABLE
 */
export function madeTokenFor(wanted: WantedToken, nowS: number): MadeToken {
  const folder = privateDirectory(tokensDirectory(wanted.home));
  const path = join(folder, `${checkedTokenName(wanted.name)}.json`);
  const factory = wanted.devData === undefined ? ownFactory(folder, nowS) : devFactory(wanted.devData);
  const made = existsSync(path) ? knownToken(path, wanted, factory) : newToken(path, wanted, factory);
  if (wanted.devData !== undefined)
    placeManifest(join(wanted.devData, 'dev', 'manifests'), factory, made, nowS);
  return made;
}

/** The tokens that were made here, by name. */
export function madeTokens(home: Home): readonly { readonly name: string; readonly made: MadeToken }[] {
  const folder = tokensDirectory(home);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json') && !OWN_FILES.includes(file))
    .sort()
    .map((file) => ({
      name: file.slice(0, -'.json'.length),
      made: readFactoryFile(join(folder, file), decodeMadeToken),
    }));
}

const MAKER_FILE = '_maker.json';
const ANCHOR_FILE = '_anchor.json';
const OWN_FILES: readonly string[] = [MAKER_FILE, ANCHOR_FILE];

function knownToken(path: string, wanted: WantedToken, factory: Factory): MadeToken {
  const made = readFactoryFile(path, decodeMadeToken);
  const { name, kind, mode, serial } = wanted;
  if (kind !== undefined && kind !== made.kind)
    throw usageFailure(`"${name}" is a token of kind ${made.kind} already.`);
  if (mode !== undefined && made.profile !== `fob-${mode}`)
    throw usageFailure(`"${name}" was made as ${made.profile} already; choose another name.`);
  if (serial !== undefined && made.serial !== checkedSerial(serial))
    throw usageFailure(`"${name}" has the serial ${formatSerial(made.serial)} already; choose another name.`);
  if (wanted.devData !== undefined && !isMadeBy(factory.maker, made))
    throw usageFailure(`"${name}" was made for another validator; choose another name.`);
  return made;
}

function newToken(path: string, wanted: WantedToken, { maker, anchor }: Factory): MadeToken {
  const { kind, mode, name } = wanted;
  if (kind === undefined)
    throw usageFailure(`There is no token "${name}" yet: say what to make with --kind fob or --kind otc.`);
  if (kind === 'otc' && mode !== undefined) throw usageFailure('--mode is for fobs only.');
  const serial = checkedSerial(wanted.serial ?? String(randomInt(1, Number(SERIAL_MAX))));
  const other = madeTokens(wanted.home).find((token) => token.made.serial === serial);
  if (other !== undefined)
    throw usageFailure(
      `The token "${other.name}" has the serial ${formatSerial(serial)} already; choose another serial, or run "${other.name}".`,
    );
  const made = makeToken({
    maker,
    anchorPublicKey: anchor.publicKey,
    kind,
    serial,
    ...(kind === 'fob' ? { profile: `fob-${mode ?? 'hotp'}` } : {}),
    entropy: Uint8Array.from(randomBytes(32)),
  });
  writePrivate(path, encodeMadeToken(made));
  return made;
}

function checkedSerial(text: string): TokenSerial {
  const serial = parseSerial(text);
  if (!serial.ok) throw usageFailure(`"serial" is a number of up to 12 digits, not "${text}".`);
  return serial.value;
}

function isMadeBy(maker: Maker, made: MadeToken): boolean {
  const issuer = readCertificate(maker.issuerCertificate);
  if (!issuer.ok) return false;
  const issuerPublicKey = issuer.value.ed25519;
  const models = [MODEL_FOB, MODEL_OTC];
  return verifyCertificate({ crypto: nobleCrypto, certificate: made.certificate, issuerPublicKey, models })
    .ok;
}

/** A maker and a bank that exist on this machine only, for tokens that no validator knows. */
function ownFactory(folder: string, nowS: number): Factory {
  const makerPath = join(folder, MAKER_FILE);
  const anchorPath = join(folder, ANCHOR_FILE);
  const entropy = (): Uint8Array => Uint8Array.from(randomBytes(32));
  if (!existsSync(makerPath))
    writePrivate(makerPath, encodeMaker(makeMaker(entropy(), { issuedS: nowS - DAY_S })));
  if (!existsSync(anchorPath)) writePrivate(anchorPath, encodeAnchor(makeAnchor(entropy())));
  return {
    maker: readFactoryFile(makerPath, decodeMaker),
    anchor: readFactoryFile(anchorPath, decodeAnchor),
  };
}

function devFactory(devData: string): Factory {
  const makerPath = join(devData, 'dev', 'maker.json');
  const anchorPath = join(devData, 'dev', 'anchor.json');
  if (!existsSync(makerPath) || !existsSync(anchorPath))
    throw new Failure('NO_DEV_DIRECTORY', { path: devData });
  return {
    maker: readFactoryFile(makerPath, decodeMaker),
    anchor: readFactoryFile(anchorPath, decodeAnchor),
  };
}

function placeManifest(folder: string, { maker }: Factory, made: MadeToken, nowS: number): void {
  const path = join(folder, `${formatSerial(made.serial)}.bin`);
  if (existsSync(path)) return;
  const manifestId = randomInt(1, MANIFEST_ID_MAX);
  writePrivate(path, signShippingManifest(maker, [made], { manifestId, issuedAt: nowS }));
}

/** Whole or not at all, for this user alone. */
function writePrivate(path: string, content: string | Uint8Array): void {
  const unfinished = `${path}.${process.pid}.part`;
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, content, { mode: 0o600, flag: 'wx' });
  renameSync(unfinished, path);
}

type Decoded<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: { readonly expected: string } };

function readFactoryFile<Value>(path: string, decode: (text: string) => Decoded<Value>): Value {
  const decoded = decode(readFileSync(path, 'utf8'));
  if (!decoded.ok)
    throw new Failure('FILE_UNREADABLE', { path, reason: `it is no ${decoded.error.expected} file` });
  return decoded.value;
}
