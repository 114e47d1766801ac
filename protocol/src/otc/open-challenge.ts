import type { Result } from '../bytes/index.ts';
import { err, ok, readUint, xorBytes } from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';
import { COUNTER_SKIP_MAX, chainStep, chainSteps, challengeKey, responseCode } from './chain.ts';
import { generationBits } from './generation.ts';
import type { HintedSlot, PayloadHeader } from './header.ts';
import { headerMask, locatePayload } from './header.ts';
import type { LoginContent } from './login-content.ts';
import { decodeLoginContent } from './login-content.ts';
import type { ManagementContent } from './management-content.ts';
import { decodeManagementContent } from './management-content.ts';
import type { OpenError } from './open-error.ts';
import type { ChallengeKind } from './payload-kind.ts';
import { HEADER_BYTES } from './payload-kind.ts';
import { openMatrix } from './seal.ts';
import type { TransactionContent } from './transaction-content.ts';
import { decodeTransactionContent } from './transaction-content.ts';

/** A generation at the token, as far as opening goes (the response secret M is needed only for the code). */
export type ChallengeGeneration = {
  readonly generation: number;
  readonly kHdr: Uint8Array;
  /** CK_next. */
  readonly ck: Uint8Array;
  /** The lowest counter that is still accepted. */
  readonly next: number;
};

/** A bound slot with the generations it holds: active, pending, or both. */
export type ChallengeSlot = HintedSlot & { readonly generations: readonly ChallengeGeneration[] };

/** What a token does with any opened challenge. */
export type OpenedPart = {
  readonly slot: number;
  /** Which generation opened it: opening promotes a pending one. */
  readonly generation: number;
  readonly counter: number;
  readonly header: Uint8Array;
  readonly plaintextHash: Uint8Array;
  /** CK_n, for this code only: keep it in memory, never in flash. */
  readonly ck: Uint8Array;
  /** CK_{n+1}: store it with `next` before anything of the picture is shown. */
  readonly nextCk: Uint8Array;
  /** n + 1. */
  readonly next: number;
};

export type OpenedLogin = OpenedPart & { readonly kind: 'login'; readonly content: LoginContent };
export type OpenedTransaction = OpenedPart & {
  readonly kind: 'transaction';
  readonly content: TransactionContent;
};
export type OpenedManagement = OpenedPart & {
  readonly kind: 'management';
  readonly content: ManagementContent;
};
/** Any opened challenge; `kind` tells which. */
export type OpenedChallenge = OpenedLogin | OpenedTransaction | OpenedManagement;

/** A picture and the bound slots of the token. */
export type ChallengePicture = {
  readonly payload: Uint8Array;
  readonly slots: readonly ChallengeSlot[];
};

/** Opens a LOGIN, TX or MGMT in the reject order of docs/spec/otc.md §6. Total over any bytes. */
export function openChallenge(crypto: Crypto, picture: ChallengePicture): Result<OpenedChallenge, OpenError> {
  const opened = openSealed(crypto, picture);
  if (!opened.ok) return opened;
  const { kind, plaintext, part } = opened.value;
  if (kind === 'login') {
    const content = decodeLoginContent(plaintext);
    return content.ok ? ok({ kind, ...part, content: content.value }) : content;
  }
  if (kind === 'transaction') {
    const content = decodeTransactionContent(plaintext);
    return content.ok ? ok({ kind, ...part, content: content.value }) : content;
  }
  const content = decodeManagementContent(plaintext);
  if (!content.ok) return content;
  if (content.value.slot !== part.slot) return err({ code: 'bad_field', field: 'slot' });
  return ok({ kind, ...part, content: content.value });
}

/** Opens a LOGIN; any other kind is `wrong_kind`. */
export function openLogin(crypto: Crypto, picture: ChallengePicture): Result<OpenedLogin, OpenError> {
  const opened = openChallenge(crypto, picture);
  if (!opened.ok) return opened;
  return opened.value.kind === 'login' ? ok(opened.value) : err({ code: 'wrong_kind' });
}

/** Opens a TX; any other kind is `wrong_kind`. */
export function openTransaction(
  crypto: Crypto,
  picture: ChallengePicture,
): Result<OpenedTransaction, OpenError> {
  const opened = openChallenge(crypto, picture);
  if (!opened.ok) return opened;
  return opened.value.kind === 'transaction' ? ok(opened.value) : err({ code: 'wrong_kind' });
}

/** Opens a MGMT; any other kind is `wrong_kind`. */
export function openManagement(
  crypto: Crypto,
  picture: ChallengePicture,
): Result<OpenedManagement, OpenError> {
  const opened = openChallenge(crypto, picture);
  if (!opened.ok) return opened;
  return opened.value.kind === 'management' ? ok(opened.value) : err({ code: 'wrong_kind' });
}

/** The 6 digits that answer an opened challenge, with M of its generation. */
export function codeOfChallenge(crypto: Crypto, opened: OpenedChallenge, m: Uint8Array): string {
  return responseCode(crypto, { ...opened, m });
}

type Opened = { readonly kind: ChallengeKind; readonly plaintext: Uint8Array; readonly part: OpenedPart };

function openSealed(crypto: Crypto, picture: ChallengePicture): Result<Opened, OpenError> {
  const located = locatePayload(crypto, picture);
  if (!located.ok) return located;
  const { header, slot, generationBits: bits } = located.value;
  const { kind } = header;
  if (kind === 'pair1' || kind === 'pair2') return err({ code: 'wrong_kind' });
  const generation = slot.generations.find((one) => generationBits(one.generation) === bits);
  if (generation === undefined) {
    return err({ code: 'generation_unknown', slot: slot.slot, generationBits: bits });
  }
  const counter = acceptedCounter(crypto, header, generation);
  if (!counter.ok) return counter;
  const ck = chainSteps(crypto, generation.ck, counter.value - generation.next);
  const key = challengeKey(crypto, { ck, header: header.bytes });
  const plaintext = openMatrix(crypto, { key, payload: picture.payload, clearBytes: HEADER_BYTES });
  if (plaintext === undefined) return err({ code: 'not_authentic' });
  return ok({
    kind,
    plaintext,
    part: {
      slot: slot.slot,
      generation: generation.generation,
      counter: counter.value,
      header: header.bytes,
      plaintextHash: crypto.sha256(plaintext),
      ck,
      nextCk: chainStep(crypto, ck),
      next: counter.value + 1,
    },
  });
}

function acceptedCounter(
  crypto: Crypto,
  header: PayloadHeader,
  generation: ChallengeGeneration,
): Result<number, OpenError> {
  const mask = headerMask(crypto, { key: generation.kHdr, nonce: header.nonce, byteCount: 4 });
  const counter = readUint(xorBytes(header.maskedCounter, mask));
  if (counter < generation.next) return err({ code: 'counter_used', counter });
  const counterMax = generation.next + COUNTER_SKIP_MAX;
  return counter > counterMax ? err({ code: 'counter_too_far', counter, counterMax }) : ok(counter);
}
