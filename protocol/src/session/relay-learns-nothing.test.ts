import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { asciiBytes, concatBytes, toHex } from '../bytes/index.ts';
import { tokenSerial } from '../keys/index.ts';
import { nobleCrypto } from '../ports/index.ts';
import { seededEntropy } from '../testing/index.ts';
import {
  deriveProvisioning,
  noiseInitiator,
  noiseResponder,
  readMessage,
  serialPrologue,
  sessionOf,
  writeMessage,
} from './index.ts';

const HELLO_BODY = asciiBytes('the HELLO body as it went over the line');
const HELLO_REPLY_BODY = asciiBytes('the HELLO_REPLY body as it came back');
const TXID = new Uint8Array(16).fill(7);
const SERIAL = serialOf(123_456_789_012n);

describe('a PC that relays a session and records every byte', () => {
  const recorded = relayedHandshake();

  test('can rebuild the handshake hash from the recording alone', () => {
    expect(toHex(rebuiltHash(recorded))).toBe(toHex(recorded.validator.handshakeHash));
  });

  test('cannot follow the seed: it comes from the exporter, not from the hash that the PC knows', () => {
    const real = seedFrom(recorded.validator.exporter);
    expect(seedFrom(recorded.token.exporter)).toBe(real);
    expect(seedFrom(rebuiltHash(recorded))).not.toBe(real);
  });

  test('sees another seed for another exporter, whatever else stays the same', () => {
    for (let bit = 0; bit < 256; bit += 1) {
      const exporter = recorded.validator.exporter.slice();
      exporter[bit >> 3] = (exporter[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(seedFrom(exporter)).not.toBe(seedFrom(recorded.validator.exporter));
    }
  });

  test('cannot aim for a seed: one static key pair in two sessions gives two exporters', () => {
    const again = relayedHandshake('another ephemeral');
    expect(again.validator.exporter).not.toEqual(recorded.validator.exporter);
  });
});

type Recording = ReturnType<typeof relayedHandshake>;

/** What the PC computes: it knows both HELLO bodies and the three messages, and no secret. */
function rebuiltHash({ messages }: Recording): Uint8Array {
  const [first, second, third] = messages;
  let h: Uint8Array = asciiBytes('Noise_XX_25519_ChaChaPoly_SHA256');
  const pieces = [
    concatBytes(asciiBytes('chiavetta/v1'), HELLO_BODY, HELLO_REPLY_BODY),
    first?.subarray(0, 32),
    first?.subarray(32),
    second?.subarray(0, 32),
    second?.subarray(32, 80),
    second?.subarray(80),
    third?.subarray(0, 48),
    third?.subarray(48),
  ];
  for (const piece of pieces) {
    if (piece === undefined) throw new Error('three messages were recorded');
    h = Uint8Array.from(createHash('sha256').update(h).update(piece).digest());
  }
  return h;
}

function relayedHandshake(ephemeralLabel = 'one ephemeral') {
  const statics = seededEntropy('statics', 1);
  const ephemerals = seededEntropy(ephemeralLabel, 1);
  const prologue = serialPrologue(HELLO_BODY, HELLO_REPLY_BODY);
  const secrets = () => ({
    prologue,
    staticSecret: statics.randomBytes(32),
    ephemeralSecret: ephemerals.randomBytes(32),
  });
  let [writer, reader] = [noiseInitiator(secrets()), noiseResponder(secrets())];
  const messages: Uint8Array[] = [];
  for (const payload of ['', 'certificate', 'authority and ticket']) {
    const written = writeMessage(nobleCrypto, writer, asciiBytes(payload));
    const read = readMessage(nobleCrypto, reader, written.message);
    if (!read.ok) throw new Error(read.error.code);
    messages.push(written.message);
    [writer, reader] = [read.value.state, written.state];
  }
  // After three messages the roles have swapped three times: the token is the one that would write next.
  return { messages, token: sessionOf(writer), validator: sessionOf(reader) };
}

function seedFrom(exporter: Uint8Array): string {
  const options = { exporter, txid: TXID, serial: SERIAL, seedEpoch: 1, seedBytes: 20 } as const;
  return toHex(deriveProvisioning(nobleCrypto, options).seed);
}

function serialOf(value: bigint) {
  const serial = tokenSerial(value);
  if (!serial.ok) throw new Error(serial.error.code);
  return serial.value;
}
