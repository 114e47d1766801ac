import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeAnchor, decodeMaker, makeToken } from '@chiavetta/firmware-sim/factory';
import type { Result } from '@chiavetta/protocol/bytes';
import { asciiBytes } from '@chiavetta/protocol/bytes';
import { parseSerial, verifyCertificate, verifyTokenChain } from '@chiavetta/protocol/keys';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import { startValidator } from '@chiavetta/validator/http';
import { afterEach, beforeEach, expect, test } from 'vitest';

let dataDirectory: string;
beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'chiavetta-dev-'));
});
afterEach(() => rmSync(dataDirectory, { recursive: true }));

function sound<T>(result: Result<T, unknown>): T {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.error));
}

test('the files of serve --dev make tokens that validator and token believe each other by', async () => {
  const running = await startValidator({ dataDirectory, port: 0, dev: true });
  await running.stop();
  const dev = (name: string): string => readFileSync(join(dataDirectory, 'dev', name), 'utf8');
  const maker = sound(decodeMaker(dev('maker.json')));
  const anchor = sound(decodeAnchor(dev('anchor.json')));
  const made = makeToken({
    maker,
    anchorPublicKey: anchor.publicKey,
    kind: 'fob',
    serial: sound(parseSerial('000000001001')),
    entropy: asciiBytes('thirty-two bytes of entropy here'),
  });
  const keys = join(dataDirectory, 'keys');
  const issuer = new Uint8Array(readFileSync(join(keys, 'issuers/maker-1-issuer.cert')));
  expect(issuer).toEqual(maker.issuerCertificate);
  expect(new Uint8Array(readFileSync(join(keys, 'maker-roots/maker-1.key')))).toEqual(maker.rootPublicKey);
  const nowS = Math.floor(Date.now() / 1000);
  const chain = verifyTokenChain({
    crypto: nobleCrypto,
    certificate: made.certificate,
    issuerCertificate: issuer,
    makerPublicKey: maker.rootPublicKey,
    nowS,
  });
  expect(chain).toMatchObject({ ok: true });
  const authority = new Uint8Array(readFileSync(join(keys, 'authority.cert')));
  const checked = verifyCertificate({
    crypto: nobleCrypto,
    certificate: authority,
    issuerPublicKey: anchor.publicKey,
    nowS,
  });
  expect(checked).toMatchObject({ ok: true });
});
