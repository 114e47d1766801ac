import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { concatBytes, fromHex, toHex } from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';
import { nobleCrypto } from '../ports/index.ts';
import { seededEntropy } from '../testing/index.ts';
import type { NoiseState, TransportState } from './index.ts';
import {
  noiseInitiator,
  noiseResponder,
  openTransport,
  readMessage,
  remoteStaticOf,
  sealTransport,
  sessionOf,
  writeMessage,
} from './index.ts';

type NoiseVector = {
  readonly init_prologue: string;
  readonly init_static: string;
  readonly init_ephemeral: string;
  readonly resp_prologue: string;
  readonly resp_static: string;
  readonly resp_ephemeral: string;
  readonly handshake_hash: string;
  readonly messages: readonly { readonly payload: string; readonly ciphertext: string }[];
};

const VECTOR_FILE = new URL('../../../test/vectors/noise-xx-25519-chachapoly-sha256.json', import.meta.url);
const vectorFile: { readonly vectors: readonly NoiseVector[] } = JSON.parse(
  readFileSync(VECTOR_FILE, 'utf8'),
);

describe.each(vectorFile.vectors)('the public Noise_XX_25519_ChaChaPoly_SHA256 vector', (vector) => {
  const initiator = noiseInitiator({
    prologue: bytes(vector.init_prologue),
    staticSecret: bytes(vector.init_static),
    ephemeralSecret: bytes(vector.init_ephemeral),
  });
  const responder = noiseResponder({
    prologue: bytes(vector.resp_prologue),
    staticSecret: bytes(vector.resp_static),
    ephemeralSecret: bytes(vector.resp_ephemeral),
  });

  test('is written and read byte by byte, handshake and transport, and has its handshake hash', () => {
    const ends = [initiator, responder];
    for (const [index, { payload, ciphertext }] of vector.messages.slice(0, 3).entries()) {
      const [writer, reader] = [index % 2, 1 - (index % 2)];
      const written = writeMessage(nobleCrypto, at(ends, writer), bytes(payload));
      expect(toHex(written.message)).toBe(ciphertext);
      const read = readMessage(nobleCrypto, at(ends, reader), written.message);
      if (!read.ok) throw new Error(read.error.code);
      expect(toHex(read.value.payload)).toBe(payload);
      ends[writer] = written.state;
      ends[reader] = read.value.state;
    }
    const sessions = ends.map(sessionOf);
    for (const session of sessions) expect(toHex(session.handshakeHash)).toBe(vector.handshake_hash);
    const transports = sessions.map((session) => session.transport);
    for (const [index, { payload, ciphertext }] of vector.messages.slice(3).entries()) {
      const [writer, reader] = [(index + 1) % 2, index % 2];
      const sealed = sealTransport(nobleCrypto, at(transports, writer), bytes(payload));
      expect(toHex(sealed.sealed)).toBe(ciphertext);
      const opened = openTransport(nobleCrypto, at(transports, reader), sealed.sealed);
      if (!opened.ok) throw new Error(opened.error.code);
      expect(toHex(opened.value.plaintext)).toBe(payload);
      transports[writer] = sealed.transport;
      transports[reader] = opened.value.transport;
    }
  });
});

describe('a handshake', () => {
  test('shows each end the static key of the other, the initiator after message 2', () => {
    const run = handshake();
    expect(toHex(sessionOf(run.initiator).remoteStatic)).toBe(toHex(run.responderStatic));
    expect(toHex(sessionOf(run.responder).remoteStatic)).toBe(toHex(run.initiatorStatic));
    expect(remoteStaticOf(run.initiatorAfter2)).toEqual(run.responderStatic);
    expect(remoteStaticOf(run.responderAfter2)).toBeUndefined();
    expect(remoteStaticOf(run.responder)).toEqual(run.initiatorStatic);
  });

  test('gives both ends one exporter that is neither a transport key nor the handshake hash', () => {
    const run = handshake();
    const [here, there] = [sessionOf(run.initiator), sessionOf(run.responder)];
    expect(there.exporter).toEqual(here.exporter);
    expect(here.exporter).not.toEqual(here.handshakeHash);
    expect(here.exporter).not.toEqual(here.transport.sendKey);
    expect(here.exporter).not.toEqual(here.transport.receiveKey);
  });

  test('fails in message 2 when the prologue differs in one bit', () => {
    const run = handshake({ responderPrologue: Uint8Array.of(0x01) });
    expect(run.failure).toBe('bad_tag');
  });

  test('refuses a message out of turn, twice, and after the end', () => {
    const run = handshake();
    const fresh = noiseInitiator(start('fresh'));
    const any = run.messages[0] ?? new Uint8Array(0);
    expect(readMessage(nobleCrypto, fresh, any)).toEqual({ ok: false, error: { code: 'out_of_turn' } });
    expect(readMessage(nobleCrypto, run.responderAfter2, any).ok).toBe(false);
    expect(readMessage(nobleCrypto, run.responder, any)).toEqual({
      ok: false,
      error: { code: 'out_of_turn' },
    });
  });

  test('refuses an ephemeral key of low order in message 1', () => {
    for (const lowOrder of LOW_ORDER_U) {
      const responder = noiseResponder(start('responder'));
      expect(readMessage(nobleCrypto, responder, bytes(lowOrder))).toEqual({
        ok: false,
        error: { code: 'bad_point' },
      });
    }
  });

  test('refuses a static key of low order in messages 2 and 3', () => {
    // An end that announces a static key it need not know the secret of: every DH with it would be zeros.
    const lying: Crypto = {
      ...nobleCrypto,
      x25519PublicKey: (secret) =>
        secret[0] === STATIC_MARK ? new Uint8Array(32) : nobleCrypto.x25519PublicKey(secret),
    };
    expect(handshake({ responderCrypto: lying }).failure).toBe('bad_point');
    expect(handshake({ initiatorCrypto: lying }).failure).toBe('bad_point');
  });

  test('may be stored and restored between any two messages, because its state is plain data', () => {
    const run = handshake({ betweenMessages: (state) => structuredClone(state) });
    expect(sessionOf(run.initiator).exporter).toEqual(sessionOf(run.responder).exporter);
  });

  test('refuses each single-bit flip of message 2 and 3, and each truncation of all three', () => {
    const run = handshake();
    const readers: readonly NoiseState[] = [run.responderFresh, run.initiatorAfter1, run.responderAfter2];
    for (const [index, message] of run.messages.entries()) {
      for (let byteCount = 0; byteCount < message.length; byteCount += 1) {
        const cut = readMessage(nobleCrypto, at(readers, index), message.slice(0, byteCount));
        // Message 1 has no tag: a shorter payload is found out in message 2, by the hash that both keep.
        if (index > 0 || byteCount < 32) expect(cut.ok).toBe(false);
      }
      if (index === 0) continue;
      for (let bit = 0; bit < message.length * 8; bit += 1) {
        const flipped = message.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(readMessage(nobleCrypto, at(readers, index), flipped).ok).toBe(false);
      }
    }
  });

  test('finds out a flipped bit of message 1, at the latest in message 2', () => {
    for (let bit = 0; bit < 37 * 8; bit += 1)
      expect(handshake({ flipBitOfMessage1: bit }).failure).toBeDefined();
  });
});

describe('a transport', () => {
  test('refuses a message that is flipped, cut, repeated, reordered or reflected', () => {
    const run = handshake();
    const [here, there] = [sessionOf(run.initiator).transport, sessionOf(run.responder).transport];
    const first = sealTransport(nobleCrypto, here, Uint8Array.of(1, 2, 3));
    const second = sealTransport(nobleCrypto, first.transport, Uint8Array.of(4, 5, 6));
    for (let bit = 0; bit < first.sealed.length * 8; bit += 1) {
      const flipped = first.sealed.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(openTransport(nobleCrypto, there, flipped).ok).toBe(false);
    }
    for (let byteCount = 0; byteCount < first.sealed.length; byteCount += 1) {
      expect(openTransport(nobleCrypto, there, first.sealed.slice(0, byteCount)).ok).toBe(false);
    }
    expect(openTransport(nobleCrypto, there, second.sealed).ok).toBe(false);
    expect(openTransport(nobleCrypto, here, first.sealed).ok).toBe(false);
    const opened = openTransport(nobleCrypto, there, first.sealed);
    if (!opened.ok) throw new Error(opened.error.code);
    expect(openTransport(nobleCrypto, opened.value.transport, first.sealed).ok).toBe(false);
    expect(openTransport(nobleCrypto, opened.value.transport, second.sealed).ok).toBe(true);
  });

  test('ends before its nonces do, instead of using one twice', () => {
    const spent: TransportState = {
      sendKey: new Uint8Array(32),
      sendNonce: 0xffff_ffff,
      receiveKey: new Uint8Array(32),
      receiveNonce: 0xffff_ffff,
    };
    expect(() => sealTransport(nobleCrypto, spent, new Uint8Array(1))).toThrow('a session ends before');
    expect(openTransport(nobleCrypto, spent, new Uint8Array(17))).toEqual({
      ok: false,
      error: { code: 'nonces_spent' },
    });
  });
});

/** The u coordinates of low order (canonical), and two spellings above the prime. */
const LOW_ORDER_U = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
];

const STATIC_MARK = 0x5a;

type RunOptions = {
  readonly responderPrologue?: Uint8Array;
  readonly initiatorCrypto?: Crypto;
  readonly responderCrypto?: Crypto;
  readonly betweenMessages?: (state: NoiseState) => NoiseState;
  readonly flipBitOfMessage1?: number;
};

function start(label: string, prologue: Uint8Array = Uint8Array.of(0x00)) {
  const entropy = seededEntropy(label, 1);
  const staticSecret = entropy.randomBytes(32);
  staticSecret[0] = STATIC_MARK;
  const ephemeralSecret = entropy.randomBytes(32);
  ephemeralSecret[0] = 0;
  return { prologue, staticSecret, ephemeralSecret };
}

function handshake(options: RunOptions = {}) {
  const keep = options.betweenMessages ?? ((state: NoiseState) => state);
  const here = start('initiator');
  const there = start('responder', options.responderPrologue);
  const responderFresh = noiseResponder(there);
  const states = [keep(noiseInitiator(here)), keep(responderFresh)];
  const cryptos = [options.initiatorCrypto ?? nobleCrypto, options.responderCrypto ?? nobleCrypto];
  const history: (readonly NoiseState[])[] = [];
  const messages: Uint8Array[] = [];
  let failure: string | undefined;
  for (let index = 0; index < 3 && failure === undefined; index += 1) {
    const [writer, reader] = [index % 2, 1 - (index % 2)];
    const written = writeMessage(at(cryptos, writer), at(states, writer), bytes('0a0b0c0d0e'));
    messages.push(written.message);
    const carried = written.message.slice();
    if (index === 0 && options.flipBitOfMessage1 !== undefined) {
      const at8 = options.flipBitOfMessage1 >> 3;
      carried[at8] = (carried[at8] ?? 0) ^ (1 << (options.flipBitOfMessage1 & 7));
    }
    const read = readMessage(at(cryptos, reader), at(states, reader), carried);
    states[writer] = keep(written.state);
    if (read.ok) states[reader] = keep(read.value.state);
    else failure = read.error.code;
    history.push([...states]);
  }
  const after = (index: number) => history[index] ?? states;
  return {
    failure,
    messages,
    transcript: concatBytes(...messages),
    initiatorStatic: nobleCrypto.x25519PublicKey(here.staticSecret),
    responderStatic: nobleCrypto.x25519PublicKey(there.staticSecret),
    responderFresh,
    initiatorAfter1: at(after(0), 0),
    initiatorAfter2: at(after(1), 0),
    responderAfter2: at(after(1), 1),
    initiator: at(states, 0),
    responder: at(states, 1),
  };
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`nothing at ${index}`);
  return item;
}

function bytes(text: string): Uint8Array {
  const read = fromHex(text);
  if (!read.ok) throw new Error(read.error.code);
  return read.value;
}
