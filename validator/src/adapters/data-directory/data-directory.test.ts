import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '@chiavetta/protocol/bytes';
import { signManifest, tokenSerial, verifyCertificate } from '@chiavetta/protocol/keys';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import { seededEntropy } from '@chiavetta/protocol/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DirectoryPaths } from '../../ports/directory-paths.ts';
import { directoryPaths } from '../../ports/directory-paths.ts';
import { ensureDevAuthorities } from './dev-authorities.ts';
import { claimDirectory } from './directory-marker.ts';
import { folderManifests } from './folder-manifests.ts';
import type { KeyFilesJob } from './key-files.ts';
import { ensureKeyFiles, readKeyFiles } from './key-files.ts';
import { keepStoreEpoch } from './store-epoch-file.ts';

const NOW_S = 1_800_000_000;

let root: string;
let paths: DirectoryPaths;
let job: KeyFilesJob;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'chiavetta keys '));
  paths = directoryPaths(root);
  const entropy = seededEntropy('key files', 1);
  job = { paths, crypto: nobleCrypto, entropy: (byteCount) => entropy.randomBytes(byteCount) };
});
afterEach(() => rmSync(root, { recursive: true }));

function devDirectory(): ReturnType<typeof readKeyFiles> {
  ensureKeyFiles(job);
  ensureDevAuthorities({ ...job, nowS: NOW_S });
  return readKeyFiles(job);
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

describe('the key files of a data directory', () => {
  test('are made once, each for its owner alone, and read the same again', () => {
    const first = devDirectory();
    const files = filesUnder(root);
    expect(files.length).toBeGreaterThan(12);
    expect(files.map((file) => statSync(file).mode & 0o777)).toEqual(files.map(() => 0o600));
    const before = files.map((file) => toHex(new Uint8Array(readFileSync(file))));
    const second = devDirectory();
    expect(filesUnder(root)).toEqual(files);
    expect(files.map((file) => toHex(new Uint8Array(readFileSync(file))))).toEqual(before);
    expect(second.kek.expose()).toEqual(first.kek.expose());
  });

  test('hold eight different secrets of 32 bytes, and a certificate that binds two of them', () => {
    const keys = devDirectory();
    const secrets = [
      ...[keys.kek, keys.hedgeKey, keys.deadKey, keys.pepper, keys.noiseStatic, keys.ticketKey],
      ...[keys.checkpointKey, keys.pairingStatic.secret],
    ].map((secret) => toHex(secret.expose()));
    expect(new Set(secrets).size).toBe(8);
    expect(secrets.every((hex) => hex.length === 64)).toBe(true);
    const checked = verifyCertificate({
      crypto: nobleCrypto,
      certificate: keys.authorityCertificate,
      issuerPublicKey: keys.anchorPublicKey ?? new Uint8Array(32),
    });
    expect(checked).toMatchObject({
      ok: true,
      value: {
        ed25519: nobleCrypto.ed25519PublicKey(keys.ticketKey.expose()),
        x25519: nobleCrypto.x25519PublicKey(keys.noiseStatic.expose()),
      },
    });
    expect(keys.issuerCertificates).toHaveLength(1);
    expect(keys.makerRoots).toHaveLength(1);
  });

  test('are each refused when others could read them, with the line that corrects it', () => {
    devDirectory();
    const read = filesUnder(root).filter((file) => !file.endsWith('.json'));
    for (const file of read) {
      chmodSync(file, 0o640);
      expect(() => readKeyFiles(job)).toThrow(
        expect.objectContaining({
          code: 'KEY_FILE_PERMISSION',
          next: expect.stringContaining(`chmod 600 '${file}'`),
          fields: { path: file, mode: '0640' },
        }),
      );
      chmodSync(file, 0o600);
    }
    for (const file of ['maker.json', 'anchor.json'].map((name) => join(paths.dev, name))) {
      chmodSync(file, 0o604);
      expect(() => devDirectory()).toThrow(expect.objectContaining({ code: 'KEY_FILE_PERMISSION' }));
      chmodSync(file, 0o600);
    }
    chmodSync(paths.keys, 0o755);
    expect(() => devDirectory()).toThrow(
      expect.objectContaining({ next: expect.stringContaining(`chmod 700 '${paths.keys}'`) }),
    );
  });

  test('are never made anew beside a store: what it holds would open with no new key', () => {
    devDirectory();
    writeFileSync(paths.store, '');
    for (const name of ['kek.key', 'pepper.key', 'pairing-static.key', 'checkpoint.key']) {
      const path = join(paths.keys, name);
      const kept = readFileSync(path);
      rmSync(path);
      expect(() => ensureKeyFiles(job)).toThrow(expect.objectContaining({ code: 'KEY_FILE_MISSING' }));
      expect(() => readKeyFiles(job)).toThrow(expect.objectContaining({ code: 'KEY_FILE_MISSING' }));
      writeFileSync(path, kept, { mode: 0o600 });
    }
  });

  test('are refused when they are cut short', () => {
    devDirectory();
    for (const name of ['kek.key', 'pairing-static.key', 'anchor.key', 'maker-roots/maker-1.key']) {
      const path = join(paths.keys, name);
      const kept = readFileSync(path);
      writeFileSync(path, kept.subarray(1));
      expect(() => readKeyFiles(job)).toThrow(expect.objectContaining({ code: 'KEY_FILE_DAMAGED' }));
      writeFileSync(path, kept);
    }
  });

  test('are refused without an authority, or with one that certifies other keys', () => {
    ensureKeyFiles(job);
    expect(() => readKeyFiles(job)).toThrow(
      expect.objectContaining({
        code: 'AUTHORITY_MISSING',
        fields: { path: paths.authorityCertificate, request: join(paths.keys, 'authority-request.json') },
      }),
    );
    devDirectory();
    writeFileSync(join(paths.keys, 'ticket.key'), new Uint8Array(32).fill(9));
    expect(() => readKeyFiles(job)).toThrow(expect.objectContaining({ code: 'AUTHORITY_WRONG' }));
  });

  test('are refused with an issuer that no known maker signed', () => {
    devDirectory();
    writeFileSync(join(paths.makerRoots, 'maker-1.key'), new Uint8Array(32).fill(9));
    expect(() => readKeyFiles(job)).toThrow(
      expect.objectContaining({ code: 'KEY_FILE_DAMAGED', message: expect.stringContaining('no maker') }),
    );
  });
});

describe('the mark of a directory', () => {
  test('keeps the developer out of a real directory and real customers out of a test one', () => {
    claimDirectory(paths, 'dev');
    claimDirectory(paths, 'dev');
    expect(() => claimDirectory(paths, 'normal')).toThrow(expect.objectContaining({ code: 'DATA_IS_DEV' }));
    rmSync(paths.marker);
    claimDirectory(paths, 'normal');
    writeFileSync(paths.store, '');
    expect(() => claimDirectory(paths, 'dev')).toThrow(expect.objectContaining({ code: 'DATA_IS_NOT_DEV' }));
  });

  test("lets a directory in which no validator ever started become a developer's, and takes back what the bank was asked", () => {
    claimDirectory(paths, 'normal');
    ensureKeyFiles(job);
    expect(() => readKeyFiles(job)).toThrow(expect.objectContaining({ code: 'AUTHORITY_MISSING' }));
    expect(existsSync(paths.authorityRequest)).toBe(true);
    claimDirectory(paths, 'dev');
    expect(existsSync(paths.authorityRequest)).toBe(false);
    expect(devDirectory().makerRoots).toHaveLength(1);
    expect(() => claimDirectory(paths, 'normal')).toThrow(expect.objectContaining({ code: 'DATA_IS_DEV' }));
  });

  test('keeps the developer out where a validator once ran or the bank or a maker gave something', () => {
    claimDirectory(paths, 'normal');
    ensureKeyFiles(job);
    const given = [paths.store, paths.witness, paths.storeEpoch, paths.authorityCertificate, paths.anchorKey];
    for (const path of [...given, join(paths.makerRoots, 'm.key'), join(paths.issuers, 'i.cert')]) {
      writeFileSync(path, '', { mode: 0o600 });
      expect(() => claimDirectory(paths, 'dev'), path).toThrow(
        expect.objectContaining({ code: 'DATA_IS_NOT_DEV' }),
      );
      rmSync(path);
    }
    claimDirectory(paths, 'dev');
  });

  test('cannot be taken off a directory that is in use', () => {
    claimDirectory(paths, 'dev');
    writeFileSync(paths.store, '');
    rmSync(paths.marker);
    expect(() => claimDirectory(paths, 'normal')).toThrow(
      expect.objectContaining({ code: 'KEY_FILE_DAMAGED' }),
    );
  });

  test('of a newer program is refused with both versions named', () => {
    writeFileSync(paths.marker, '{"schema_version":2,"mode":"dev"}', { mode: 0o600 });
    expect(() => claimDirectory(paths, 'dev')).toThrow(
      expect.objectContaining({ code: 'STORE_NEWER', message: expect.stringMatching(/2.*1/) }),
    );
  });
});

describe('the highest store epoch beside the keys', () => {
  test('rises with the store and refuses a store that is behind', () => {
    ensureKeyFiles(job);
    keepStoreEpoch(paths, 1);
    keepStoreEpoch(paths, 1);
    keepStoreEpoch(paths, 3);
    expect(statSync(paths.storeEpoch).mode & 0o777).toBe(0o600);
    expect(() => keepStoreEpoch(paths, 2)).toThrow(expect.objectContaining({ code: 'STORE_ROLLED_BACK' }));
    keepStoreEpoch(paths, 3);
    writeFileSync(paths.storeEpoch, 'three');
    expect(() => keepStoreEpoch(paths, 3)).toThrow(expect.objectContaining({ code: 'KEY_FILE_DAMAGED' }));
  });
});

describe('manifests in a folder', () => {
  function manifestOf(serial: bigint, makerSecret: Uint8Array): Uint8Array {
    const branded = tokenSerial(serial);
    if (!branded.ok) throw new Error('a good serial');
    const entries = [{ serial: branded.value, certificateHash: new Uint8Array(16) }];
    const manifest = { makerId: 1, manifestId: 1, issuedAt: NOW_S, entries };
    return signManifest({ crypto: nobleCrypto, makerSecret, manifest });
  }

  test('are found by the serial that they name, if a known maker signed them', async () => {
    devDirectory();
    const known = new Uint8Array(32).fill(1);
    const stranger = new Uint8Array(32).fill(2);
    writeFileSync(join(paths.devManifests, 'a.bin'), manifestOf(1001n, known));
    writeFileSync(join(paths.devManifests, 'b.bin'), manifestOf(1002n, stranger));
    writeFileSync(join(paths.devManifests, 'c.bin'), 'no manifest');
    const find = folderManifests({
      folder: paths.devManifests,
      crypto: nobleCrypto,
      makerRoots: [nobleCrypto.ed25519PublicKey(known)],
    });
    expect(await find('000000001001')).toEqual(manifestOf(1001n, known));
    expect(await find('000000001002')).toBeUndefined();
    expect(await find('000000001003')).toBeUndefined();
    expect(await find('../../etc/passwd')).toBeUndefined();
  });
});
