import type { Layout } from '@chiavetta/protocol/bytes';
import { asciiBytes, asciiText, assert, fieldBytes, layout } from '@chiavetta/protocol/bytes';
import type { PairingKeys } from '@chiavetta/protocol/otc';
import type { OpenSecret } from './token-record.ts';

/** The keys of an active generation: 32 bytes each. */
export type GenerationSecrets = {
  readonly ck: Uint8Array;
  readonly m: Uint8Array;
  readonly kHdr: Uint8Array;
};
/** The keys of a pairing attempt. They go when its generation is promoted or the attempt is void. */
export type PairingSecrets = Omit<PairingKeys, 'generation'> & { readonly code10: string };

const generationLayout: Layout<GenerationSecrets> = layout('generation secrets', {
  ck: fieldBytes(32),
  m: fieldBytes(32),
  kHdr: fieldBytes(32),
});
type PairingFields = Omit<PairingSecrets, 'code10'> & { readonly digits: Uint8Array };
const pairingLayout: Layout<PairingFields> = layout('pairing secrets', {
  kRoot: fieldBytes(32),
  kHdr: fieldBytes(32),
  ck0: fieldBytes(32),
  m: fieldBytes(32),
  digits: fieldBytes(10),
});

/** Size of the packed keys of a pairing attempt. */
export const PAIRING_SECRET_BYTES: number = pairingLayout.byteCount;

export function packGeneration(secrets: GenerationSecrets): OpenSecret {
  return { bytes: generationLayout.encode(secrets) };
}

export function unpackGeneration(secret: OpenSecret): GenerationSecrets {
  const decoded = generationLayout.decode(secret.bytes);
  assert(decoded.ok, 'the KEK opens only what was packed');
  return decoded.value;
}

export function packPairing(secrets: PairingSecrets): OpenSecret {
  const { kRoot, kHdr, ck0, m, code10 } = secrets;
  return { bytes: pairingLayout.encode({ kRoot, kHdr, ck0, m, digits: asciiBytes(code10) }) };
}

export function unpackPairing(secret: OpenSecret): PairingSecrets {
  const decoded = pairingLayout.decode(secret.bytes);
  assert(decoded.ok, 'the KEK opens only what was packed');
  const { digits, ...keys } = decoded.value;
  return { ...keys, code10: asciiText(digits) };
}
