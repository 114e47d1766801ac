import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nobleCrypto as crypto } from '../ports/index.ts';
import { seededEntropy } from '../testing/index.ts';
import type { NoiseState } from './index.ts';
import {
  NOISE_MESSAGE_BYTES_MAX,
  noiseInitiator,
  noiseResponder,
  openTransport,
  readMessage,
  sealTransport,
  sessionOf,
  writeMessage,
} from './index.ts';

const payload = fc.uint8Array({ maxLength: 400 });
const readers = readersOfEachMessage();

describe('a handshake', () => {
  test('carries any payloads under any keys and prologue, and both ends agree at its end', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        payload,
        fc.array(payload, { minLength: 3, maxLength: 3 }),
        (seed, prologue, payloads) => {
          const entropy = seededEntropy('noise laws', seed);
          const start = () => ({
            prologue,
            staticSecret: entropy.randomBytes(32),
            ephemeralSecret: entropy.randomBytes(32),
          });
          let [writer, reader]: readonly NoiseState[] = [noiseInitiator(start()), noiseResponder(start())];
          for (const sent of payloads) {
            if (writer === undefined || reader === undefined) throw new Error('two ends');
            const written = writeMessage(crypto, writer, sent);
            const read = readMessage(crypto, reader, written.message);
            expect(read.ok && read.value.payload).toEqual(sent);
            if (read.ok) [writer, reader] = [read.value.state, written.state];
          }
          if (writer === undefined || reader === undefined) throw new Error('two ends');
          const [token, validator] = [sessionOf(writer), sessionOf(reader)];
          expect(token.exporter).toEqual(validator.exporter);
          expect(token.handshakeHash).toEqual(validator.handshakeHash);
          expect(token.transport.sendKey).toEqual(validator.transport.receiveKey);
          expect(token.transport.receiveKey).toEqual(validator.transport.sendKey);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('answers any bytes without a throw, and never takes them for message 2 or 3', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        for (const [index, reader] of readers.entries()) {
          const read = readMessage(crypto, reader, bytes);
          if (index > 0) expect(read.ok).toBe(false);
        }
      }),
    );
  });

  test('refuses a message above the limit before it computes anything', () => {
    const long = new Uint8Array(NOISE_MESSAGE_BYTES_MAX + 1);
    const error = { code: 'too_long', foundBytes: 65_536, messageBytesMax: 65_535 };
    for (const reader of readers) expect(readMessage(crypto, reader, long)).toEqual({ ok: false, error });
  });
});

describe('a transport', () => {
  const transport = { sendKey: key(1), sendNonce: 0, receiveKey: key(1), receiveNonce: 0 };

  test('gives back any messages in the order in which they were sealed', () => {
    fc.assert(
      fc.property(fc.array(payload, { maxLength: 5 }), (plaintexts) => {
        let [sender, receiver] = [transport, transport];
        for (const plaintext of plaintexts) {
          const sealed = sealTransport(crypto, sender, plaintext);
          const opened = openTransport(crypto, receiver, sealed.sealed);
          expect(opened.ok && opened.value.plaintext).toEqual(plaintext);
          if (opened.ok) receiver = opened.value.transport;
          sender = sealed.transport;
        }
      }),
    );
  });

  test('answers any bytes without a throw, and takes none of them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(openTransport(crypto, transport, bytes).ok).toBe(false);
      }),
    );
    const error = { code: 'too_long', foundBytes: 65_536, messageBytesMax: 65_535 };
    expect(openTransport(crypto, transport, new Uint8Array(65_536))).toEqual({ ok: false, error });
  });
});

/** Ends that wait for message 1, 2 and 3. */
function readersOfEachMessage(): readonly NoiseState[] {
  const entropy = seededEntropy('noise readers', 1);
  const start = () => ({
    prologue: new Uint8Array(0),
    staticSecret: entropy.randomBytes(32),
    ephemeralSecret: entropy.randomBytes(32),
  });
  const nothing = new Uint8Array(0);
  const waitsForFirst = noiseResponder(start());
  const first = writeMessage(crypto, noiseInitiator(start()), nothing);
  const read = readMessage(crypto, waitsForFirst, first.message);
  if (!read.ok) throw new Error(read.error.code);
  return [waitsForFirst, first.state, writeMessage(crypto, read.value.state, nothing).state];
}

function key(fill: number): Uint8Array {
  return new Uint8Array(32).fill(fill);
}
