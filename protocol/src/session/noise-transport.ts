import type { Result } from '../bytes/index.ts';
import { assert, err, ok } from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';
import type { NoiseError } from './noise-error.ts';
import { NOISE_MESSAGE_BYTES_MAX } from './noise-error.ts';
import { noiseNonce } from './noise-symmetric-state.ts';

/** The two directions of a finished session, as plain data. It holds secrets. */
export type TransportState = {
  readonly sendKey: Uint8Array;
  /** Messages sent so far. */
  readonly sendNonce: number;
  readonly receiveKey: Uint8Array;
  /** Messages received so far. */
  readonly receiveNonce: number;
};

/** Most messages in one direction of a session: far below where the 64-bit nonce of Noise ends. */
export const TRANSPORT_MESSAGE_COUNT_MAX = 0xffff_ffff;

const TAG_BYTES = 16;
const NO_AAD = new Uint8Array(0);

/**
 * Seals the next message of this direction.
 *
 * @throws InvariantError when the plaintext does not fit a message or the direction is spent: our bug.
 */
export function sealTransport(
  crypto: Crypto,
  transport: TransportState,
  plaintext: Uint8Array,
): { readonly transport: TransportState; readonly sealed: Uint8Array } {
  assert(plaintext.length + TAG_BYTES <= NOISE_MESSAGE_BYTES_MAX, 'a message fits the Noise limit');
  assert(transport.sendNonce < TRANSPORT_MESSAGE_COUNT_MAX, 'a session ends before its nonces do');
  const nonce = noiseNonce(transport.sendNonce);
  const sealed = crypto.aeadSeal({ key: transport.sendKey, nonce, aad: NO_AAD, plaintext });
  return { transport: { ...transport, sendNonce: transport.sendNonce + 1 }, sealed };
}

/** Opens the next message of the other direction. Total. After an error the session is dead: no retry. */
export function openTransport(
  crypto: Crypto,
  transport: TransportState,
  sealed: Uint8Array,
): Result<{ readonly transport: TransportState; readonly plaintext: Uint8Array }, NoiseError> {
  const foundBytes = sealed.length;
  if (foundBytes < TAG_BYTES) return err({ code: 'truncated', neededBytes: TAG_BYTES, foundBytes });
  if (foundBytes > NOISE_MESSAGE_BYTES_MAX) {
    return err({ code: 'too_long', foundBytes, messageBytesMax: NOISE_MESSAGE_BYTES_MAX });
  }
  if (transport.receiveNonce >= TRANSPORT_MESSAGE_COUNT_MAX) return err({ code: 'nonces_spent' });
  const nonce = noiseNonce(transport.receiveNonce);
  const plaintext = crypto.aeadOpen({ key: transport.receiveKey, nonce, aad: NO_AAD, sealed });
  if (plaintext === undefined) return err({ code: 'bad_tag' });
  return ok({ transport: { ...transport, receiveNonce: transport.receiveNonce + 1 }, plaintext });
}
