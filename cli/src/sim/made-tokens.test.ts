import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeAnchor, encodeMaker, makeAnchor, makeMaker } from '@chiavetta/firmware-sim/factory';
import { certificateFingerprint, formatSerial, verifyManifest } from '@chiavetta/protocol/keys';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { homeFrom } from '../home.ts';
import type { WantedToken } from './made-tokens.ts';
import { madeTokenFor, madeTokens } from './made-tokens.ts';

const NOW_S = 1_795_000_000;
let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'chiavetta-made-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const wanted = (own: Partial<WantedToken>): WantedToken => ({
  home: homeFrom({ CHIAVETTA_HOME: root }),
  name: 'mine',
  kind: undefined,
  mode: undefined,
  serial: undefined,
  devData: undefined,
  ...own,
});

function devDirectory(name: string): { readonly path: string; readonly makerRoot: Uint8Array } {
  const path = join(root, name);
  const maker = makeMaker(nobleCrypto.sha256(new TextEncoder().encode(name)), { issuedS: NOW_S });
  const anchor = makeAnchor(nobleCrypto.sha256(maker.rootSecret));
  mkdirSync(join(path, 'dev', 'manifests'), { recursive: true, mode: 0o700 });
  writeFileSync(join(path, 'dev', 'maker.json'), encodeMaker(maker), { mode: 0o600 });
  writeFileSync(join(path, 'dev', 'anchor.json'), encodeAnchor(anchor), { mode: 0o600 });
  return { path, makerRoot: maker.rootPublicKey };
}

test('makes a token once and finds it again under its name', () => {
  const first = madeTokenFor(wanted({ kind: 'fob', mode: 'totp' }), NOW_S);
  expect(first).toMatchObject({ kind: 'fob', profile: 'fob-totp' });
  expect(madeTokenFor(wanted({}), NOW_S)).toEqual(first);
  expect(madeTokenFor(wanted({ kind: 'fob', mode: 'totp' }), NOW_S)).toEqual(first);
  expect(madeTokens(wanted({}).home).map(({ name }) => name)).toEqual(['mine']);
});

test('gives no serial to two tokens of one user, and names the one that has it', () => {
  madeTokenFor(wanted({ kind: 'otc', serial: '1042' }), NOW_S);
  const second = wanted({ name: 'other', kind: 'fob', serial: '1042' });
  expect(() => madeTokenFor(second, NOW_S)).toThrowError(
    expect.objectContaining({
      id: 'USAGE',
      fields: { sentence: expect.stringContaining('"mine" has the serial 000000001042') },
    }),
  );
  expect(madeTokens(second.home)).toHaveLength(1);
});

test('keeps what makes a token away from others on the machine', () => {
  madeTokenFor(wanted({ kind: 'otc' }), NOW_S);
  const folder = join(root, 'data', 'tokens');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
});

test('says what is missing or does not fit, and changes nothing then', () => {
  const usage = expect.objectContaining({ id: 'USAGE' });
  expect(() => madeTokenFor(wanted({}), NOW_S)).toThrowError(usage);
  expect(() => madeTokenFor(wanted({ kind: 'otc', mode: 'hotp' }), NOW_S)).toThrowError(usage);
  expect(() => madeTokenFor(wanted({ kind: 'fob', serial: 'x' }), NOW_S)).toThrowError(usage);
  expect(madeTokens(wanted({}).home)).toEqual([]);
  madeTokenFor(wanted({ kind: 'fob', serial: '42' }), NOW_S);
  expect(() => madeTokenFor(wanted({ kind: 'otc' }), NOW_S)).toThrowError(usage);
  expect(() => madeTokenFor(wanted({ mode: 'totp' }), NOW_S)).toThrowError(usage);
  expect(() => madeTokenFor(wanted({ serial: '43' }), NOW_S)).toThrowError(usage);
  expect(formatSerial(madeTokenFor(wanted({ serial: '42' }), NOW_S).serial)).toBe('000000000042');
});

test("puts a manifest of the test maker where the developer's validator looks for it", () => {
  const { path, makerRoot } = devDirectory('validator');
  const made = madeTokenFor(wanted({ kind: 'otc', devData: path }), NOW_S);
  const file = join(path, 'dev', 'manifests', `${formatSerial(made.serial)}.bin`);
  const manifest = Uint8Array.from(readFileSync(file));
  const checked = verifyManifest({ crypto: nobleCrypto, manifest, makerPublicKey: makerRoot });
  expect(checked).toMatchObject({
    ok: true,
    value: {
      entries: [
        {
          serial: made.serial,
          certificateHash: certificateFingerprint(nobleCrypto, made.certificate),
        },
      ],
    },
  });
});

test('sends a token made for one validator to no other, and says when there is no test maker', () => {
  const first = devDirectory('first');
  const second = devDirectory('second');
  madeTokenFor(wanted({ kind: 'fob', devData: first.path }), NOW_S);
  expect(() => madeTokenFor(wanted({ devData: second.path }), NOW_S)).toThrowError(
    expect.objectContaining({ id: 'USAGE' }),
  );
  expect(readdirSync(join(second.path, 'dev', 'manifests'))).toEqual([]);
  expect(() => madeTokenFor(wanted({ devData: join(root, 'nowhere') }), NOW_S)).toThrowError(
    expect.objectContaining({ id: 'NO_DEV_DIRECTORY' }),
  );
});
