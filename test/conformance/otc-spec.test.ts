import { readFileSync } from 'node:fs';
import { fromHex } from '@chiavetta/protocol/bytes';
import * as otc from '@chiavetta/protocol/otc';
import { nobleCrypto as crypto } from '@chiavetta/protocol/ports';
import { describe, expect, test } from 'vitest';
import { answer, workedExample } from './otc-reference-token.ts';
import { countOf, examplesOf, layoutTable, readSpec } from './spec-document.ts';
import { readVectors } from './vector-file.ts';

const spec = readSpec('otc.md');
const example = examplesOf(spec)[0];
if (example === undefined) throw new Error('docs/spec/otc.md has no worked example');
const given = Object.fromEntries(example.given);
const follows = Object.fromEntries(example.follows);

/** One value of the example, as bytes. */
function value(name: string): Uint8Array {
  const bytes = fromHex(given[name] ?? follows[name] ?? 'missing');
  if (!bytes.ok) throw new Error(`the example has no bytes "${name}"`);
  return bytes.value;
}
const hedge = (random: string) => ({
  key: value('hedgeKey'),
  binding: value('hedgeBinding'),
  random: value(random),
});
const sealed = <T>(result: { ok: true; value: T } | { ok: false; error: { code: string } }): T => {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
};

const serial = BigInt(`0x${given['serial']}`);
const prekeySecrets = Array.from({ length: 8 }, (_, at) =>
  value('prekeySecrets').slice(at * 32, at * 32 + 32),
);
const session = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const common = { timeS: 1_800_000_000, session, label: 'Banca Esempio' };
const slot = 2;
const hintKey = value('hintKey');
const pending = {
  generation: 35,
  kRoot: value('kRoot'),
  kHdr: value('kHdr'),
  code10: follows['code10'] ?? '',
  pairingCounter: 7,
};

describe('docs/spec/otc.md', () => {
  test('says enough to write a token: the reference token finds every value of the example from its inputs', () => {
    const all = workedExample(given);
    expect(Object.keys(follows).length).toBeGreaterThan(40);
    expect(all).toEqual({ ...given, ...follows });
  });

  test('prints the values that the vector file holds', () => {
    expect(readVectors<object>('otc-v1.json')).toMatchObject({ given, follows });
  });

  test('names every label exactly once', () => {
    for (const label of Object.values(otc.LABELS)) {
      const text = `"${new TextDecoder().decode(label)}"`;
      expect(countOf(spec, text), text).toBe(1);
    }
  });

  test('states every constant that the code exports, once and with its value', () => {
    const stated = [...spec.matchAll(/^\| `([A-Z_0-9]+)` \| ([0-9A-Fx,]+) \|/gm)].map(
      ([, name = '', number = '']): [string, number] => [name, Number(number.replace(',', ''))],
    );
    const exported = new Map<string, number>();
    for (const [name, constant] of Object.entries(otc)) {
      if (/^[A-Z_0-9]+$/.test(name) && typeof constant === 'number') exported.set(name, constant);
    }
    expect(new Map(stated)).toEqual(exported);
    expect(stated).toHaveLength(exported.size);
  });

  test.each([
    ['PAIR1 content', otc.pair1Layout],
    ['PAIR2 content', otc.pair2Layout],
    ['LOGIN content', otc.loginLayout],
    ['MGMT content', otc.managementLayout],
  ])('shows the %s as the code lays it out', (heading, layout) => {
    const rows = layoutTable(spec, heading);
    expect(rows.map((row) => [row.field, row.offset])).toEqual([...layout.offsets]);
    expect(rows.reduce((sum, row) => sum + row.byteCount, 0)).toBe(layout.byteCount);
  });

  test('lists the reject codes in the order in which the code declares them', () => {
    const source = readFileSync(new URL('../../protocol/src/otc/open-error.ts', import.meta.url), 'utf8');
    const declared = [...source.matchAll(/readonly code: '(\w+)'/g)].map(([, code]) => code);
    const stated = [...spec.matchAll(/^\| \d+ \| `(\w+)` \|/gm)].map(([, code]) => code);
    expect(stated.slice(-declared.length)).toEqual(declared);
  });
});

describe('the product on the worked example', () => {
  test('makes the same PAIR1, keys and ten digits', () => {
    const made = sealed(
      otc.sealPair1(crypto, {
        serial,
        slot,
        hintKey,
        deviceKey: value('D'),
        serverKey: { keyId: 1, secret: value('s') },
        prekey: { id: 0, publicKey: value('prekeyPublics').slice(0, 32) },
        pairingCounter: 7,
        content: {
          ...common,
          activeGeneration: 0,
          newGeneration: 35,
          policy: { digits: 5, mode: 'new_pin' },
        },
        hedge: hedge('random1'),
      }),
    );
    expect(made.payload).toEqual(value('pair1'));
    expect(made.code10).toBe(follows['code10']);
    expect(made.keys).toEqual({
      generation: 35,
      kRoot: value('kRoot'),
      kHdr: value('kHdr'),
      ck0: value('ck0'),
      m: value('m'),
    });
  });

  test('opens that PAIR1 with the token keys', () => {
    const opened = sealed(
      otc.openPair1(crypto, {
        payload: value('pair1'),
        token: {
          serial,
          deviceSecret: value('d'),
          slots: [{ slot, hintKey }],
          serverKeys: [{ keyId: 1, publicKey: value('S') }],
          prekeys: prekeySecrets.map((secret, id) => ({ id, secret })),
          lastPairing: 6,
          pin: 'none',
        },
      }),
    );
    expect(opened.code10).toBe(follows['code10']);
    expect(opened.keys.m).toEqual(value('m'));
    expect(opened.pairingCounter).toBe(7);
  });

  test('signs the same prekey block', () => {
    const block = otc.signPrekeys(crypto, {
      identitySecret: value('idSecret'),
      serial,
      firstId: 0,
      secrets: prekeySecrets,
    });
    expect(block.publics).toEqual(value('prekeyPublics'));
    expect(block.signature).toEqual(value('prekeySignature'));
  });

  test('makes and opens the same PAIR2 with the same six digits', () => {
    const made = sealed(
      otc.sealPair2(crypto, { slot, hintKey, pending, content: common, hedge: hedge('random2') }),
    );
    expect(made).toEqual({ payload: value('pair2'), code6: follows['code6'] });
    const slots = [{ slot, hintKey, pending }];
    expect(sealed(otc.openPair2(crypto, { payload: value('pair2'), slots })).code6).toBe(follows['code6']);
  });

  test('makes and answers the same LOGIN, TX and MGMT', () => {
    const keys = { slot, generation: 35, hintKey, kHdr: value('kHdr'), m: value('m') };
    const at = (next: number) => ({ ...keys, ck: value(`ck${next}`), next });
    const payment = {
      currency: 978,
      amountMinor: 12_345n,
      count: 1,
      iban: 'IT60X0542811101000000123456',
      name: 'Panificio Esempio',
      reference: 'Fattura 12',
    };
    const { timeS } = common;
    const made = {
      login: otc.sealLogin(crypto, {
        generation: at(0),
        content: { session, timeS, previousAccepted: true, text: 'Firefox, Torino' },
        hedge: hedge('random3'),
      }),
      tx: otc.sealTransaction(crypto, {
        generation: at(1),
        content: { session, timeS, ...payment },
        hedge: hedge('random4'),
      }),
      mgmt: otc.sealManagement(crypto, {
        generation: at(2),
        content: { operation: 'unlock', slot, lockCode: '00123456', timeS },
        hedge: hedge('random5'),
      }),
    };
    let token = { generation: 35, kHdr: value('kHdr'), ck: value('ck0'), next: 0 };
    for (const [name, result] of Object.entries(made)) {
      const challenge = sealed(result);
      expect(challenge.payload, name).toEqual(value(`${name}Payload`));
      expect(challenge.responseKey, name).toEqual(value(`${name}ResponseKey`));
      expect(otc.responseCodeFromKey(crypto, challenge), name).toBe(follows[`${name}Code`]);
      const slots = [{ slot, hintKey, generations: [token] }];
      const opened = sealed(otc.openChallenge(crypto, { payload: value(`${name}Payload`), slots }));
      expect(otc.codeOfChallenge(crypto, opened, value('m')), name).toBe(follows[`${name}Code`]);
      token = { ...token, ck: opened.nextCk, next: opened.next };
    }
    expect(token).toMatchObject({ ck: value('ck3'), next: 3 });
  });

  test('is answered by the reference token alike', () => {
    const m = follows['m'] ?? '';
    const codes = ['login', 'tx', 'mgmt'].map(
      (name, n) => answer({ m, ck: follows[`ck${n}`] ?? '' }, follows[`${name}Payload`] ?? '').code,
    );
    expect(codes).toEqual([follows['loginCode'], follows['txCode'], follows['mgmtCode']]);
  });
});
