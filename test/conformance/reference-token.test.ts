import { describe, expect, test } from 'vitest';
import type { Hex } from './otc-primitives.ts';
import { ascii, sha256 } from './otc-primitives.ts';
import { ReferenceBank } from './reference-bank.ts';
import { ReferenceFob, ReferenceOtc } from './reference-models.ts';
import { ReferenceToken } from './reference-token.ts';

const secrets = { identity: sha256(ascii('identity')), d: sha256(ascii('d')) };

function* ephemeralSecrets(): Generator<Hex> {
  for (let count = 0; ; count += 1) yield sha256(ascii(`ephemeral ${count}`));
}

describe.each([1024, 256])(
  'a token written from docs/spec alone, at a PC with a frame limit of %i bytes',
  (frameLimitBytes) => {
    test('is provisioned as a key fob, and the validator accepts its codes, each once', async () => {
      const bank = new ReferenceBank();
      const fob = new ReferenceFob();
      const identity = await bank.ship('fob', secrets);
      const token = new ReferenceToken({ identity, model: fob, ephemeralSecrets: ephemeralSecrets() });
      const first = await bank.ceremony(token, { operation: 'provision', frameLimitBytes });
      expect(first).toMatchObject({ tag: 'done', result: { outcome: 'done', deviceState: 'PROVISIONED' } });
      expect(token.seedEpoch).toBe('00000001');
      await bank.give(identity.serial);
      const code = fob.press();
      expect(await bank.type((await bank.send()).page, code)).toEqual({ outcome: 'session' });
      expect(await bank.type((await bank.send()).page, code)).toEqual({ outcome: 'refused' });
      expect(await bank.type((await bank.send()).page, fob.press())).toEqual({ outcome: 'session' });
    });

    test('is bound as an optical token, pairs by two pictures, and logs in', async () => {
      const bank = new ReferenceBank();
      const identity = await bank.ship('otc', secrets);
      const prekeys = Array.from({ length: 8 }, (_, at) => sha256(ascii(`prekey ${at}`)));
      const otc = new ReferenceOtc(identity.serial, { ...secrets, prekeys });
      const token = new ReferenceToken({ identity, model: otc, ephemeralSecrets: ephemeralSecrets() });
      const requestId = await bank.give(identity.serial);
      const bound = await bank.ceremony(token, { operation: 'bind', requestId, frameLimitBytes });
      expect(bound).toMatchObject({ tag: 'done', result: { outcome: 'done' } });
      const first = await bank.send();
      expect(first.kind).toBe('pair1');
      const { outcome, next } = await bank.type(first.page, otc.scan(first.picture));
      expect(outcome).toBe('continue');
      const second = next ?? first;
      expect(await bank.type(second.page, otc.scan(second.picture))).toEqual({ outcome: 'session' });
      for (const _ of [1, 2]) {
        const login = await bank.send();
        expect(login.kind).toBe('login');
        expect(await bank.type(login.page, otc.scan(login.picture))).toEqual({ outcome: 'session' });
      }
    });
  },
);

test.each([
  [1, 'done'],
  [2, 'done'],
  [3, 'recovered'],
  [4, 'recovered'],
  [5, 'recovered'],
])('a fob written from docs/spec alone gets over a cable pulled at frame %i', async (pullAt, ending) => {
  const bank = new ReferenceBank();
  const fob = new ReferenceFob();
  const identity = await bank.ship('fob', secrets);
  const token = new ReferenceToken({ identity, model: fob, ephemeralSecrets: ephemeralSecrets() });
  const outcome = await bank.ceremony(token, { operation: 'provision', frameLimitBytes: 1024, pullAt });
  // Frame 3 carries PREPARE: from then on the next session asks what became of it. Frame 5 is COMMIT.
  expect(outcome).toMatchObject({ tag: 'done', result: { outcome: ending, deviceState: 'PROVISIONED' } });
  await bank.give(identity.serial);
  expect(await bank.type((await bank.send()).page, fob.press())).toEqual({ outcome: 'session' });
});
