import { asciiBytes, concatBytes } from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { ChallengeKind } from './challenge-record.ts';
import { OPEN_LOCK } from './factor-lock.ts';
import { PAIRING_SECRET_BYTES } from './generation-secrets.ts';
import { mapTokenSecrets } from './secret-places.ts';
import type { OpenSecret, OtcBinding, SealedSecret, TokenRecord, TokenState } from './token-record.ts';

const KIND_LABEL = asciiBytes('chiavetta/v1 dead kind');
const SEAL_BYTES = 28;
const SECRET_BYTES_MAX = 256;
const NOBODY = '000000000000';

/** What an unknown User Code is shown: the same each time, decided by a secret key. docs/spec/validation.md, "Refusals". */
export function deadKind(
  crypto: Crypto,
  job: { readonly deadKey: Uint8Array; readonly userCode: string; readonly want: 'login' | undefined },
): Exclude<ChallengeKind, 'pair2'> {
  const input = concatBytes(KIND_LABEL, new TextEncoder().encode(job.userCode));
  const share = crypto.hmacSha256(job.deadKey, input)[0] ?? 0;
  if (share < 128) return 'otp';
  return share < 144 && job.want !== 'login' ? 'pair1' : 'login';
}

/**
 * The row of a token that does not exist, as a real one looks before a SEND or before a code: opening it is the work of
 * opening a real one, and fails.
 */
export function phantomRecord(kind: Exclude<ChallengeKind, 'pair2'>, step: 'send' | 'code'): TokenRecord {
  const common = {
    serial: NOBODY,
    device: 'PROVISIONED',
    certificate: new Uint8Array(0),
    seedEpoch: 1,
    storeEpoch: 1,
  } as const;
  const binding = { customerId: '', slot: 0, boundAtMs: 0, overlay: 'NONE', lock: OPEN_LOCK } as const;
  if (kind === 'otp') {
    return {
      ...common,
      kind: 'fob',
      otp: {
        seed: sealedOf(20),
        mode: 'hotp',
        algorithm: 'sha1',
        digits: 6,
        stepSeconds: 30,
        next: 0,
        driftSteps: 0,
        twoCodesNeeded: false,
        used: [],
      },
      bindings: [{ ...binding, tag: 'fob', state: 'IN_USE' }],
    };
  }
  const otc = {
    ...binding,
    tag: 'otc',
    label: '',
    hintKey: sealedOf(32),
    serverKeyId: 0,
    pair1AtMs: [],
  } as const;
  return {
    ...common,
    kind: 'otc',
    devicePublicKey: new Uint8Array(32),
    pairingCounter: 0,
    prekeys: [{ id: 0, publicKey: new Uint8Array(32) }],
    bindings: [
      kind === 'pair1'
        ? { ...otc, ...phantomAttempt(step) }
        : { ...otc, state: 'PAIRED', lastGeneration: 1, active: phantomGeneration(sealedOf(96)) },
    ],
  };
}

/**
 * A token of the same shape whose secrets are random and that no device holds. A refusal issues a challenge for it:
 * the same work and the same size as a real one, masked fields that look random because they are masked with random
 * keys, a real ephemeral key; and no token opens it. Nothing of it is stored but the challenge.
 */
export function phantomToken(
  record: TokenRecord,
  job: {
    readonly slot: number;
    readonly kind: Exclude<ChallengeKind, 'pair2'>;
    readonly random: Uint8Array;
  },
): TokenState {
  const token: TokenState = mapTokenSecrets(record, (secret: SealedSecret): OpenSecret => {
    // Only the binding in `slot` is shown, and it gets its own bytes below: here the sizes are what matters.
    const byteCount = Math.max(0, Math.min(SECRET_BYTES_MAX, secret.sealed.length - SEAL_BYTES));
    return { bytes: job.random.slice(256, 256 + byteCount) };
  });
  if (token.kind === 'fob') return token;
  const publicKey = job.random.slice(32, 64);
  return {
    ...token,
    devicePublicKey: job.random.slice(0, 32),
    prekeys: token.prekeys.map((one, index) => (index === 0 ? { ...one, publicKey } : one)),
    bindings: token.bindings.map((one) => (one.slot === job.slot ? randomBinding(one, job) : one)),
  };
}

function randomBinding(
  binding: OtcBinding<OpenSecret>,
  job: { readonly kind: ChallengeKind; readonly random: Uint8Array },
): OtcBinding<OpenSecret> {
  const hintKey = { bytes: job.random.slice(64, 96) };
  const keys = { bytes: job.random.slice(96, 192) };
  const active = binding.active === undefined ? phantomGeneration(keys) : { ...binding.active, keys };
  const isKept = job.kind === 'login' || binding.active !== undefined;
  return { ...binding, hintKey, ...(isKept ? { active } : {}) };
}

/** Enough of a generation for a LOGIN that nobody will open. */
function phantomGeneration<Secret>(keys: Secret): {
  readonly generation: number;
  readonly keys: Secret;
  readonly next: number;
  readonly issuedSinceAccept: number;
  readonly stepsSinceAccept: number;
} {
  return { generation: 1, keys, next: 0, issuedSinceAccept: 0, stepsSinceAccept: 0 };
}

function phantomAttempt(
  step: 'send' | 'code',
): Pick<OtcBinding<SealedSecret>, 'state' | 'lastGeneration' | 'pairing'> {
  if (step === 'send') return { state: 'AWAITING_PAIRING', lastGeneration: 0 };
  const pairing = {
    generation: 1,
    counter: 1,
    prekeyId: 0,
    challengeId: '',
    expiresAtMs: 0,
    keys: sealedOf(PAIRING_SECRET_BYTES),
  };
  return { state: 'P1', lastGeneration: 1, pairing };
}

function sealedOf(byteCount: number): SealedSecret {
  return { sealed: new Uint8Array(byteCount + SEAL_BYTES) };
}
