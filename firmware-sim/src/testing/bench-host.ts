import { asciiBytes, assert, concatBytes, equalConstantTime, u32 } from '@chiavetta/protocol/bytes';
import { readCertificate } from '@chiavetta/protocol/keys';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import type { NoiseState, TransportState } from '@chiavetta/protocol/session';
import {
  deriveProvisioning,
  noiseInitiator,
  openTransport,
  readMessage,
  sealTransport,
  serialPrologue,
  sessionOf,
  writeMessage,
} from '@chiavetta/protocol/session';
import type { Frame, HelloReply, PrepareBody, SessionMessage, WireErrorName } from '@chiavetta/protocol/wire';
import {
  decodeSessionMessage,
  encodeAuthorityPayload,
  encodeFrame,
  encodePrepare,
  encodeSessionMessage,
  errorLayout,
  FRAME_TYPES,
  helloLayout,
  helloReplyLayout,
  splitterPush,
  splitterStart,
  wireErrorName,
} from '@chiavetta/protocol/wire';
import type { VirtualToken } from '../runtime/virtual-token.ts';
import type { BenchBank } from './bench-bank.ts';

/** What a session answered: a message, an ERROR frame, or nothing. */
export type BenchAnswer =
  | { readonly tag: 'message'; readonly message: SessionMessage }
  | { readonly tag: 'error'; readonly error: WireErrorName | undefined }
  | { readonly tag: 'silence' };

/** A session that a bench host has open. */
export interface BenchSession {
  readonly answer: BenchAnswer;
  /** The seed as the validator derives it. */
  readonly seed: (options: {
    readonly txid: Uint8Array;
    readonly seedEpoch: number;
    readonly seedBytes: 20 | 32;
  }) => Uint8Array;
  readonly send: (message: SessionMessage) => BenchAnswer;
}

/** A validator and its branch PC in one, as small as they can be: for tests of a device's serial side. */
export interface BenchHost {
  readonly hello: () => HelloReply | undefined;
  /** Handshake with a ticket and, where an operation is wanted, a PREPARE. `person` acts when the token asks. */
  readonly open: (attempt: {
    readonly ticket: Uint8Array;
    readonly prepare?: PrepareBody;
    readonly person?: () => void;
  }) => BenchSession;
  /** Sends one frame and returns the answer frame, if any came. */
  readonly exchange: (frame: Pick<Frame, 'type' | 'body'>) => Frame | undefined;
}

let sessionCount = 0;

/** What a bench host needs of a token. */
export type BenchLine = Pick<VirtualToken, 'serial' | 'onTransmit' | 'screen'> & {
  readonly receive: (bytes: Uint8Array) => unknown;
};

/** Connects a bench host to a virtual token. `bank` may lie: tests hand in other certificates and keys. */
export function benchHost(token: BenchLine, bank: BenchBank): BenchHost {
  const crypto = nobleCrypto;
  let splitter = splitterStart(1_024);
  let frames: Frame[] = [];
  let seq = 0;
  token.onTransmit((bytes) => {
    const pushed = splitterPush(splitter, bytes);
    splitter = pushed.state;
    frames.push(...pushed.frames);
  });

  function exchange(frame: Pick<Frame, 'type' | 'body'>): Frame | undefined {
    seq = (seq + 1) % 256;
    frames = [];
    token.receive(encodeFrame({ ...frame, seq }));
    return frames[0];
  }

  const helloBody = helloLayout.encode({ minVersion: 1, maxVersion: 1, maxFrameBytes: 512 });
  let helloReplyBody = new Uint8Array(0);

  function hello(): HelloReply | undefined {
    const reply = exchange({ type: FRAME_TYPES.hello, body: helloBody });
    if (reply?.type !== FRAME_TYPES.helloReply) return undefined;
    helloReplyBody = reply.body.slice();
    const decoded = helloReplyLayout.decode(reply.body);
    return decoded.ok ? decoded.value : undefined;
  }

  function session(message: Uint8Array, person?: () => void): Frame | undefined {
    const reply = exchange({ type: FRAME_TYPES.session, body: message });
    if (reply?.type !== FRAME_TYPES.wait || person === undefined) return reply;
    person();
    // A token that lost its power hears no more polls: a real host would see the line go dead.
    if (token.screen().id === 'off') return undefined;
    return exchange({ type: FRAME_TYPES.poll, body: new Uint8Array(0) });
  }

  function answerOf(
    reply: Frame | undefined,
    transport: TransportState,
  ): { answer: BenchAnswer; transport: TransportState } {
    if (reply === undefined || reply.type === FRAME_TYPES.wait)
      return { answer: { tag: 'silence' }, transport };
    if (reply.type === FRAME_TYPES.error) return { answer: errorOf(reply), transport };
    const opened = openTransport(crypto, transport, reply.body);
    assert(opened.ok, 'the bench opens what the token sealed');
    const message = decodeSessionMessage(opened.value.plaintext);
    assert(message.ok, 'the token sends well-formed messages');
    return { answer: { tag: 'message', message: message.value }, transport: opened.value.transport };
  }

  function open(attempt: Parameters<BenchHost['open']>[0]): BenchSession {
    sessionCount += 1;
    let noise: NoiseState = noiseInitiator({
      crypto,
      prologue: serialPrologue(helloBody, helloReplyBody),
      staticSecret: bank.noiseSecret,
      ephemeralSecret: crypto.sha256(concatBytes(asciiBytes('bench ephemeral'), u32(sessionCount))),
    });
    const first = writeMessage(crypto, noise, new Uint8Array(0));
    const second = session(first.message);
    if (second === undefined || second.type !== FRAME_TYPES.sessionReply) return refusedSession(second);
    const read = readMessage(crypto, first.state, second.body);
    assert(read.ok, 'the token answers the handshake');
    const certificate = readCertificate(read.value.payload);
    assert(certificate.ok && certificate.value.serial === token.serial, 'the token shows its certificate');
    noise = read.value.state;
    const third = writeMessage(
      crypto,
      noise,
      encodeAuthorityPayload({
        authorityCertificate: bank.authorityCertificate,
        ticket: attempt.ticket,
        prepare: attempt.prepare === undefined ? new Uint8Array(0) : encodePrepare(attempt.prepare),
      }),
    );
    const established = sessionOf(third.state);
    assert(
      equalConstantTime(certificate.value.x25519, established.remoteStatic),
      'the certificate is the one of this session',
    );
    let { transport } = established;
    const answered = answerOf(session(third.message, attempt.person), transport);
    transport = answered.transport;
    return {
      answer: answered.answer,
      seed: (options) =>
        deriveProvisioning(crypto, {
          exporter: established.exporter,
          serial: token.serial,
          ...options,
        }).seed,
      send: (message) => {
        const sealed = sealTransport(crypto, transport, encodeSessionMessage(message));
        const next = answerOf(session(sealed.sealed), sealed.transport);
        transport = next.transport;
        return next.answer;
      },
    };
  }

  return { hello, open, exchange };
}

function errorOf(reply: Frame | undefined): BenchAnswer {
  if (reply === undefined) return { tag: 'silence' };
  const decoded = errorLayout.decode(reply.body);
  return { tag: 'error', error: decoded.ok ? wireErrorName(decoded.value.code) : undefined };
}

function refusedSession(reply: Frame | undefined): BenchSession {
  const answer = errorOf(reply);
  return { answer, seed: () => new Uint8Array(0), send: () => answer };
}
