import type { Result } from '../bytes/index.ts';
import { assert, concatBytes, err, ok } from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';
import { nobleCrypto } from '../ports/index.ts';
import type { NoiseError } from './noise-error.ts';
import { NOISE_MESSAGE_BYTES_MAX } from './noise-error.ts';
import type { SymmetricState } from './noise-symmetric-state.ts';
import {
  decryptAndHash,
  encryptAndHash,
  mixHash,
  mixKey,
  splitThree,
  symmetricStart,
} from './noise-symmetric-state.ts';
import type { TransportState } from './noise-transport.ts';

/** What both ends hold after the third message. */
export type NoiseSession = {
  readonly transport: TransportState;
  /** Third output of `HKDF(ck, zerolen, 3)`, 32 bytes: secret, known to the two ends only. */
  readonly exporter: Uint8Array;
  /** 32 bytes. **Public**: everyone who relayed the messages can compute it. Never derive a key from it. */
  readonly handshakeHash: Uint8Array;
  /** The other end's static public key, 32 bytes. */
  readonly remoteStatic: Uint8Array;
};

/** One end of a handshake, as plain data that may be stored and restored. It holds secrets. */
export type NoiseState =
  | {
      readonly phase: 'handshake';
      readonly role: 'initiator' | 'responder';
      /** Messages written or read so far, 0 to 2. */
      readonly messageIndex: number;
      readonly symmetric: SymmetricState;
      readonly staticSecret: Uint8Array;
      readonly ephemeralSecret: Uint8Array;
      readonly remoteEphemeral?: Uint8Array;
      readonly remoteStatic?: Uint8Array;
    }
  | { readonly phase: 'established'; readonly session: NoiseSession };

type Handshake = Extract<NoiseState, { readonly phase: 'handshake' }>;
type Token = 'e' | 's' | 'ee' | 'es' | 'se';

/** What both ends need to begin. The secrets are 32 bytes each; the ephemeral one is fresh for each handshake. */
export type NoiseStart = {
  readonly crypto?: Crypto;
  readonly prologue: Uint8Array;
  readonly staticSecret: Uint8Array;
  readonly ephemeralSecret: Uint8Array;
};

const KEY_BYTES = 32;
const TAG_BYTES = 16;

/** XX: each end sends its static key encrypted, and neither knows the other's before (section 7.5). */
const XX: readonly (readonly Token[])[] = [['e'], ['e', 'ee', 's', 'es'], ['s', 'se']];

/** The validator's end: writes the first message. */
export function noiseInitiator(start: NoiseStart): NoiseState {
  return begin('initiator', start);
}

/** The token's end: reads the first message. */
export function noiseResponder(start: NoiseStart): NoiseState {
  return begin('responder', start);
}

/**
 * Writes the next handshake message.
 *
 * @throws InvariantError when it is not this end's turn, or the payload does not fit a message: our bug.
 */
export function writeMessage(
  crypto: Crypto,
  state: NoiseState,
  payload: Uint8Array,
): { readonly state: NoiseState; readonly message: Uint8Array } {
  assert(state.phase === 'handshake' && isOwnTurn(state), 'a handshake message is written in its turn');
  let symmetric = state.symmetric;
  const parts: Uint8Array[] = [];
  for (const token of tokensOf(state)) {
    if (token === 'e') {
      const ephemeral = crypto.x25519PublicKey(state.ephemeralSecret);
      symmetric = mixHash(crypto, symmetric, ephemeral);
      parts.push(ephemeral);
    } else if (token === 's') {
      const sealed = encryptAndHash(crypto, symmetric, crypto.x25519PublicKey(state.staticSecret));
      symmetric = sealed.state;
      parts.push(sealed.bytes);
    } else {
      const shared = sharedSecret(crypto, state, token);
      assert(shared !== undefined, 'a key of low order was refused when it was read');
      symmetric = mixKey(crypto, symmetric, shared);
    }
  }
  const sealed = encryptAndHash(crypto, symmetric, payload);
  const message = concatBytes(...parts, sealed.bytes);
  assert(message.length <= NOISE_MESSAGE_BYTES_MAX, 'a message fits the Noise limit');
  return { state: advance(crypto, { ...state, symmetric: sealed.state }), message };
}

/** Reads the next handshake message. Total. On an error the old state must not be used again. */
export function readMessage(
  crypto: Crypto,
  state: NoiseState,
  message: Uint8Array,
): Result<{ readonly state: NoiseState; readonly payload: Uint8Array }, NoiseError> {
  if (state.phase !== 'handshake' || isOwnTurn(state)) return err({ code: 'out_of_turn' });
  const misfit = sizeError(state, message);
  if (misfit !== undefined) return err(misfit);
  let next = state;
  let offset = 0;
  for (const token of tokensOf(state)) {
    const read = readToken(crypto, next, { token, bytes: message.subarray(offset) });
    if (!read.ok) return read;
    next = read.value;
    offset += tokenBytes(token);
  }
  const opened = decryptAndHash(crypto, next.symmetric, message.subarray(offset));
  if (opened === undefined) return err({ code: 'bad_tag' });
  return ok({
    state: advance(crypto, { ...next, symmetric: opened.state }),
    payload: opened.plaintext,
  });
}

/**
 * The finished session.
 *
 * @throws InvariantError before the third message.
 */
export function sessionOf(state: NoiseState): NoiseSession {
  assert(state.phase === 'established', 'a session exists after the third message');
  return state.session;
}

/** The other end's static key: known to the initiator after message 2, to the responder after message 3. */
export function remoteStaticOf(state: NoiseState): Uint8Array | undefined {
  return state.phase === 'established' ? state.session.remoteStatic : state.remoteStatic;
}

function begin(role: Handshake['role'], start: NoiseStart): Handshake {
  const { crypto = nobleCrypto, prologue, staticSecret, ephemeralSecret } = start;
  return {
    phase: 'handshake',
    role,
    messageIndex: 0,
    symmetric: symmetricStart(crypto, prologue),
    staticSecret: staticSecret.slice(),
    ephemeralSecret: ephemeralSecret.slice(),
  };
}

function tokensOf(state: Handshake): readonly Token[] {
  return XX[state.messageIndex] ?? [];
}

function isOwnTurn(state: Handshake): boolean {
  return (state.messageIndex % 2 === 0) === (state.role === 'initiator');
}

function sizeError(state: Handshake, message: Uint8Array): NoiseError | undefined {
  const foundBytes = message.length;
  if (foundBytes > NOISE_MESSAGE_BYTES_MAX) {
    return { code: 'too_long', foundBytes, messageBytesMax: NOISE_MESSAGE_BYTES_MAX };
  }
  let neededBytes = state.messageIndex === 0 ? 0 : TAG_BYTES;
  for (const token of tokensOf(state)) neededBytes += tokenBytes(token);
  return foundBytes < neededBytes ? { code: 'truncated', neededBytes, foundBytes } : undefined;
}

/** Bytes of a token in a message. In XX a static key always travels encrypted, with its tag. */
function tokenBytes(token: Token): number {
  if (token === 'e') return KEY_BYTES;
  return token === 's' ? KEY_BYTES + TAG_BYTES : 0;
}

function readToken(
  crypto: Crypto,
  state: Handshake,
  part: { readonly token: Token; readonly bytes: Uint8Array },
): Result<Handshake, NoiseError> {
  const { token, bytes } = part;
  if (token === 'e') {
    const remoteEphemeral = bytes.slice(0, KEY_BYTES);
    // A point of low order gives zeros with every secret: refused here, so that writing the answer cannot fail.
    const shared = crypto.x25519({ secret: state.ephemeralSecret, publicKey: remoteEphemeral });
    if (shared === undefined) return err({ code: 'bad_point' });
    return ok({ ...state, remoteEphemeral, symmetric: mixHash(crypto, state.symmetric, remoteEphemeral) });
  }
  if (token === 's') {
    const opened = decryptAndHash(crypto, state.symmetric, bytes.subarray(0, KEY_BYTES + TAG_BYTES));
    if (opened === undefined) return err({ code: 'bad_tag' });
    return ok({ ...state, remoteStatic: opened.plaintext, symmetric: opened.state });
  }
  const shared = sharedSecret(crypto, state, token);
  if (shared === undefined) return err({ code: 'bad_point' });
  return ok({ ...state, symmetric: mixKey(crypto, state.symmetric, shared) });
}

/** The DH that a token names; `undefined` for a result of all zeros. The first letter is the initiator's key. */
function sharedSecret(crypto: Crypto, state: Handshake, token: 'ee' | 'es' | 'se'): Uint8Array | undefined {
  const isInitiator = state.role === 'initiator';
  const usesOwnStatic = token === (isInitiator ? 'se' : 'es');
  const usesRemoteStatic = token === (isInitiator ? 'es' : 'se');
  const publicKey = usesRemoteStatic ? state.remoteStatic : state.remoteEphemeral;
  assert(publicKey !== undefined, 'XX names a key only after the message that carries it');
  return crypto.x25519({ secret: usesOwnStatic ? state.staticSecret : state.ephemeralSecret, publicKey });
}

function advance(crypto: Crypto, state: Handshake): NoiseState {
  const messageIndex = state.messageIndex + 1;
  if (messageIndex < XX.length) return { ...state, messageIndex };
  const { remoteStatic, role, symmetric } = state;
  assert(remoteStatic !== undefined, 'XX has shown both static keys by its third message');
  const { initiatorKey, responderKey, exporter } = splitThree(crypto, symmetric);
  const isInitiator = role === 'initiator';
  return {
    phase: 'established',
    session: {
      transport: {
        sendKey: isInitiator ? initiatorKey : responderKey,
        sendNonce: 0,
        receiveKey: isInitiator ? responderKey : initiatorKey,
        receiveNonce: 0,
      },
      exporter,
      handshakeHash: symmetric.h,
      remoteStatic,
    },
  };
}
