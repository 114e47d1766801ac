import { FOB_PROFILES, OTC_PROFILE } from '@chiavetta/firmware-sim';
import { makeAnchor, makeMaker, makeToken } from '@chiavetta/firmware-sim/factory';
import { toHex } from '@chiavetta/protocol/bytes';
import { tokenSerial } from '@chiavetta/protocol/keys';
import { describe, expect, test } from 'vitest';
import { ed25519Public, x25519Public } from './otc-primitives.ts';
import {
  factoryBodies,
  flashKey,
  openFlash,
  pinVerifier,
  sealFlash,
  versionInSlot,
} from './reference-flash.ts';
import { rowsWithCells } from './spec-definitions.ts';
import { examplesOf, readSpec } from './spec-document.ts';

const spec = readSpec('devices.md');
const examples = examplesOf(spec);

type Given = (name: string) => string;

/** What follows from the values of each example, without the product. */
const recomputed: Readonly<Record<string, (given: Given) => Readonly<Record<string, string>>>> = {
  record: (given) => {
    const [sequence, recordId, bodyBytesMax] = ['sequence', 'recordId', 'bodyBytesMax'].map((name) =>
      Number(given(name)),
    );
    const record = { sequence: sequence ?? 0, recordId: recordId ?? 0, bodyBytesMax: bodyBytesMax ?? 0 };
    const { crc, slot } = versionInSlot({ ...record, body: given('body') });
    return { crc, slot, flipped: `${slot.slice(0, -8)}00000000` };
  },
  'sealed-flash': (given) => {
    const recordId = Number(given('recordId'));
    const key = flashKey(given('elementKey'), recordId);
    return {
      key,
      sealed: sealFlash({ key, recordId, nonce: given('nonce'), plaintext: given('plaintext') }),
    };
  },
  'pin-verifier': (given) => ({ verifier: pinVerifier(given('elementKey'), given('salt'), given('pin')) }),
};

describe('docs/spec/devices.md', () => {
  test('has each of the examples that are recomputed here', () => {
    expect(examples.map(({ name }) => name)).toEqual(Object.keys(recomputed));
  });

  test.each(examples)(
    'prints in its example $name what follows from the values beside it',
    ({ name, given, follows }) => {
      expect(Object.fromEntries(follows)).toEqual(recomputed[name]?.((key) => given.get(key) ?? ''));
    },
  );

  test('says enough to read the flash of a new fob: certificate, anchor, its own keys, no seed', () => {
    const made = madeFob();
    const [image, elementKey] = [toHex(made.image), toHex(made.elementKey)];
    const records = [
      { recordId: 1, bodyBytesMax: 158 + 32 + 12 + 64 + 16 },
      { recordId: 2, bodyBytesMax: 8 + 12 + 33 + 16 },
      { recordId: 3, bodyBytesMax: 12 },
    ];
    const [identity = '', seed = '', counter = ''] = factoryBodies(image, records, 0);
    expect(factoryBodies(image, records, 1)).toEqual([identity, seed, counter]);
    expect(identity.slice(0, 380)).toBe(toHex(made.certificate) + toHex(made.anchor));
    const secrets = openFlash({ key: flashKey(elementKey, 1), recordId: 1, sealed: identity.slice(380) });
    const publics = [ed25519Public(secrets.slice(0, 64)), x25519Public(secrets.slice(64))];
    expect(publics.join('')).toBe(toHex(made.certificate.slice(18, 82)));
    const noSeed = openFlash({ key: flashKey(elementKey, 2), recordId: 2, sealed: seed.slice(16) });
    expect([seed.slice(0, 16), noSeed, counter]).toEqual(['00'.repeat(8), '00'.repeat(33), '00'.repeat(12)]);
  });

  test.each(Object.values(FOB_PROFILES))('has the numbers of the profile $id', (profile) => {
    const drift = profile.clockDriftPpm === 0 ? 3.8 : profile.clockDriftPpm;
    expectNumbers([
      ['display goes dark after', `${profile.autoOffMs / 1000} s, also while the button is stuck`],
      ['hold for the information menu', `${profile.menuHoldMs / 1000} s`],
      ['drift of the clock (`fob-totp`)', `${drift} ppm: two minutes a year`],
      ['frame limit, operation time in HELLO', `${profile.frameLimitBytes} bytes, ${profile.opTimeMs} ms`],
    ]);
    expect(spec).toContain(`held ${profile.menuHoldMs / 1000} s`);
  });

  test('has the numbers of the optical token, in its table and where its states name them', () => {
    const profile = OTC_PROFILE;
    const [clear, boot, scan, idle, busy] = [
      profile.clearHoldMs,
      profile.bootMs,
      profile.scanMs,
      profile.idleOffMs,
      profile.busyOffMs,
    ].map((ms) => ms / 1000);
    expectNumbers([
      ['frame limit, operation time in HELLO', `${profile.frameLimitBytes} bytes, ${profile.opTimeMs} ms`],
      ['firmware version', profile.firmwareText],
      ['CLEAR held deletes all after', `${clear} s`],
      ['the firmware version stays for', `${boot} s`],
      ['the camera looks for', `${scan} s`],
      ['auto-off: idle, a person is busy', `${idle} s, ${busy} s`],
      ['refused PINs', profile.refusedPins.join(' ')],
    ]);
    for (const words of [
      `CLEAR deletes one, held ${clear} s all`,
      `firmware version for ${boot} s`,
      `${scan} s without a picture`,
      `| any | idle ${idle} s | OFF; ${busy} s while a person is busy`,
    ]) {
      expect(spec).toContain(words);
    }
  });
});

/** Each row stands once in the whole specification. */
function expectNumbers(rows: readonly (readonly [string, string])[]): void {
  for (const row of rows)
    expect([row, rowsWithCells(row).map(({ file }) => file)]).toEqual([row, ['devices.md']]);
}

function madeFob() {
  const serial = tokenSerial(4_711n);
  if (!serial.ok) throw new Error(serial.error.code);
  const anchor = makeAnchor(new Uint8Array(32).fill(2));
  const made = makeToken({
    maker: makeMaker(new Uint8Array(32).fill(1)),
    anchorPublicKey: anchor.publicKey,
    kind: 'fob',
    serial: serial.value,
    entropy: new Uint8Array(32).fill(3),
  });
  return { ...made, anchor: anchor.publicKey };
}
