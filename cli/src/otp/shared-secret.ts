import { fromHex } from '@chiavetta/protocol/bytes';
import { base32 } from '@scure/base';
import { usageFailure } from '../output/failure.ts';

const SECRET_BYTES_MAX = 1_024;

/**
 * The shared key of a standard one-time code as people write it: base32 as in an otpauth address (spaces, case and the
 * padding do not count) or hex.
 *
 * @throws Failure USAGE, which does not repeat what was typed
 */
export function sharedSecret(text: string, encoding: 'base32' | 'hex'): Uint8Array {
  const plain = text.replace(/[\s-]/gu, '');
  const bytes = encoding === 'hex' ? hexBytes(plain) : base32Bytes(plain);
  if (bytes === undefined || bytes.length === 0 || bytes.length > SECRET_BYTES_MAX) {
    throw usageFailure(`The secret is not ${encoding}; --encoding says how it is written.`);
  }
  return bytes;
}

function hexBytes(text: string): Uint8Array | undefined {
  const bytes = fromHex(text.toLowerCase());
  return bytes.ok ? bytes.value : undefined;
}

function base32Bytes(text: string): Uint8Array | undefined {
  const bare = text.toUpperCase().replace(/=+$/u, '');
  const padded = bare.padEnd(Math.ceil(bare.length / BASE32_GROUP) * BASE32_GROUP, '=');
  try {
    return base32.decode(padded);
  } catch {
    return undefined;
  }
}

const BASE32_GROUP = 8;
