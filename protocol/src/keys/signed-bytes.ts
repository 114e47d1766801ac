import { asciiBytes, concatBytes } from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';

/** An Ed25519 signature in bytes. */
export const SIGNATURE_BYTES = 64;

/**
 * Appends the Ed25519 signature over `label || body`. The label keeps a signature over one kind of object from
 * being shown as one over another.
 */
export function signBytes(options: {
  readonly crypto: Crypto;
  readonly secret: Uint8Array;
  readonly label: string;
  readonly body: Uint8Array;
}): Uint8Array {
  const message = concatBytes(asciiBytes(options.label), options.body);
  const signature = options.crypto.ed25519Sign({ secret: options.secret, message });
  return concatBytes(options.body, signature);
}

/** Whether the last 64 bytes are the signature over `label || everything before them`. Total. */
export function isSigned(options: {
  readonly crypto: Crypto;
  readonly publicKey: Uint8Array;
  readonly label: string;
  readonly bytes: Uint8Array;
}): boolean {
  const bodyBytes = options.bytes.length - SIGNATURE_BYTES;
  if (bodyBytes < 0) return false;
  return options.crypto.ed25519Verify({
    publicKey: options.publicKey,
    message: concatBytes(asciiBytes(options.label), options.bytes.subarray(0, bodyBytes)),
    signature: options.bytes.subarray(bodyBytes),
  });
}
