import type { Result } from '../bytes/index.ts';
import { assert, ok, u32, xorBytes } from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';
import { chainStep, challengeKey, responseKey } from './chain.ts';
import { generationBits } from './generation.ts';
import { encodeHeader, headerMask } from './header.ts';
import type { Hedge } from './hedge.ts';
import { hedged } from './hedge.ts';
import type { LoginContent } from './login-content.ts';
import { encodeLoginContent } from './login-content.ts';
import type { ManagementContent } from './management-content.ts';
import { encodeManagementContent } from './management-content.ts';
import type { OpenError } from './open-error.ts';
import type { ChallengeKind } from './payload-kind.ts';
import { sealMatrix } from './seal.ts';
import type { TransactionContent } from './transaction-content.ts';
import { encodeTransactionContent } from './transaction-content.ts';

/** An active generation at the server, at the point where it stands. All secret but the numbers. */
export type ServerGeneration = {
  readonly slot: number;
  readonly generation: number;
  readonly hintKey: Uint8Array;
  readonly kHdr: Uint8Array;
  readonly m: Uint8Array;
  /** CK_next. */
  readonly ck: Uint8Array;
  /** The counter of the next challenge. */
  readonly next: number;
};

/**
 * A challenge and the state after it. ONE transaction stores `ck`, `next` and the live challenge {payload, header,
 * plaintextHash, responseKey sealed at rest}, and voids the live challenge before it; only then the picture is shown.
 */
export type SealedChallenge = {
  readonly kind: ChallengeKind;
  readonly payload: Uint8Array;
  readonly header: Uint8Array;
  readonly plaintextHash: Uint8Array;
  readonly counter: number;
  /** k_re,n, secret: `responseCodeFromKey(crypto, sealed)` is the expected code. */
  readonly responseKey: Uint8Array;
  /** CK_{n+1}: what the generation becomes. */
  readonly ck: Uint8Array;
  /** n + 1. */
  readonly next: number;
};

/** What every challenge is sealed under. */
export type ChallengeJob<C> = {
  readonly generation: ServerGeneration;
  readonly content: C;
  readonly hedge: Hedge;
};

/** Makes a LOGIN picture. Errors: `bad_field` for a text that cannot be sent. */
export function sealLogin(
  crypto: Crypto,
  job: ChallengeJob<LoginContent>,
): Result<SealedChallenge, OpenError> {
  return sealEncoded(crypto, { ...job, kind: 'login', encoded: encodeLoginContent(job.content) });
}

/** Makes a TX picture. Errors: `bad_field` for a payment that no token would show. */
export function sealTransaction(
  crypto: Crypto,
  job: ChallengeJob<TransactionContent>,
): Result<SealedChallenge, OpenError> {
  return sealEncoded(crypto, { ...job, kind: 'transaction', encoded: encodeTransactionContent(job.content) });
}

/** Makes a MGMT picture for the slot of its generation. Errors: `bad_field`. */
export function sealManagement(
  crypto: Crypto,
  job: ChallengeJob<ManagementContent>,
): Result<SealedChallenge, OpenError> {
  assert(job.content.slot === job.generation.slot, 'a MGMT names the slot whose chain seals it');
  return sealEncoded(crypto, { ...job, kind: 'management', encoded: encodeManagementContent(job.content) });
}

function sealEncoded(
  crypto: Crypto,
  job: {
    readonly kind: ChallengeKind;
    readonly generation: ServerGeneration;
    readonly encoded: Result<Uint8Array, OpenError>;
    readonly hedge: Hedge;
  },
): Result<SealedChallenge, OpenError> {
  if (!job.encoded.ok) return job.encoded;
  const plaintext = job.encoded.value;
  const { kind, generation } = job;
  const { ck, m, next: counter } = generation;
  const nonce = hedged(crypto, { hedge: job.hedge, purpose: 'nonce', counter, plaintext });
  const mask = headerMask(crypto, { key: generation.kHdr, nonce, byteCount: 4 });
  const header = encodeHeader(crypto, {
    kind,
    slot: generation.slot,
    generationBits: generationBits(generation.generation),
    hintKey: generation.hintKey,
    maskedCounter: xorBytes(u32(counter), mask),
    nonce,
  });
  return ok({
    kind,
    payload: sealMatrix(crypto, { key: challengeKey(crypto, { ck, header }), aad: header, plaintext }),
    header,
    plaintextHash: crypto.sha256(plaintext),
    counter,
    responseKey: responseKey(crypto, { m, ck, kind }),
    ck: chainStep(crypto, ck),
    next: counter + 1,
  });
}
