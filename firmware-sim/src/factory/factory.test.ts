import { MODEL_OTC, verifyManifest, verifyTokenChain } from '@chiavetta/protocol/keys';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import { describe, expect, it } from 'vitest';
import { benchBank, benchSerial, benchToken } from '../testing/bench-bank.ts';
import {
  decodeAnchor,
  decodeMadeToken,
  decodeMaker,
  encodeAnchor,
  encodeMadeToken,
  encodeMaker,
  makeToken,
  signShippingManifest,
} from './index.ts';

const bank = benchBank();

describe('the factory', () => {
  it('makes tokens whose chain ends at the maker root', () => {
    const token = benchToken(bank, { kind: 'otc', serial: 12n });
    const chain = {
      crypto: nobleCrypto,
      certificate: token.certificate,
      issuerCertificate: bank.maker.issuerCertificate,
    };
    const verified = verifyTokenChain({ ...chain, makerPublicKey: bank.maker.rootPublicKey });
    expect(verified).toMatchObject({ ok: true, value: { model: MODEL_OTC, serial: 12n } });
    const { rootPublicKey } = benchBank('other').maker;
    expect(verifyTokenChain({ ...chain, makerPublicKey: rootPublicKey }).ok).toBe(false);
  });

  it('signs a manifest that names each token once', () => {
    const tokens = [3n, 1n, 2n].map((serial) => benchToken(bank, { serial }));
    const manifest = signShippingManifest(bank.maker, tokens);
    const verified = verifyManifest({
      crypto: nobleCrypto,
      manifest,
      makerPublicKey: bank.maker.rootPublicKey,
    });
    expect(verified.ok && verified.value.entries.map(({ serial }) => serial)).toEqual([1n, 2n, 3n]);
  });

  it('gives tokens of the same maker other keys, and the same entropy the same token', () => {
    expect(benchToken(bank, { serial: 1n }).elementKey).not.toEqual(
      benchToken(bank, { serial: 2n }).elementKey,
    );
    expect(benchToken(bank)).toEqual(benchToken(bank));
  });

  it('leaves no key in the clear in the flash image', () => {
    const entropy = new Uint8Array(32).fill(5);
    const made = makeToken({
      maker: bank.maker,
      anchorPublicKey: bank.anchor.publicKey,
      kind: 'fob',
      serial: benchSerial(9n),
      entropy,
    });
    const image = Buffer.from(made.image);
    expect(image.includes(Buffer.from(made.elementKey))).toBe(false);
    expect(image.includes(Buffer.from(made.certificate))).toBe(true);
  });

  it('reads back the files it writes, and nothing else', () => {
    const token = benchToken(bank);
    expect(decodeMadeToken(encodeMadeToken(token))).toEqual({ ok: true, value: token });
    expect(decodeMaker(encodeMaker(bank.maker))).toEqual({ ok: true, value: bank.maker });
    expect(decodeAnchor(encodeAnchor(bank.anchor))).toEqual({ ok: true, value: bank.anchor });
    for (const text of ['', '{', '[]', 'null', encodeAnchor(bank.anchor), encodeMaker(bank.maker)]) {
      expect(decodeMadeToken(text)).toEqual({
        ok: false,
        error: { code: 'not_a_factory_file', expected: 'token' },
      });
    }
  });
});
