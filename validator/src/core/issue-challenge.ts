import type { Result } from '@chiavetta/protocol/bytes';
import { asciiBytes, assert, err, ok } from '@chiavetta/protocol/bytes';
import type { PinPolicy } from '@chiavetta/protocol/otc';
import {
  LOGIN_TEXT_BYTES_MAX,
  NO_GENERATION,
  NO_PREKEY_ID,
  nextGeneration,
  PIN_DIGITS,
  sealLogin,
  sealPair1,
} from '@chiavetta/protocol/otc';
import { putOtcBinding } from './binding-changes.ts';
import type { ChallengeKind, ChallengeTask } from './challenge-record.ts';
import type { Decider } from './decision.ts';
import { bindingName } from './decision.ts';
import { packGeneration, packPairing, unpackGeneration } from './generation-secrets.ts';
import type { RefusalReason } from './refusal.ts';
import type { FobToken, OpenSecret, OtcBinding, OtcToken, TokenState } from './token-record.ts';

/** A challenge that is not yet stored, and the token once it is: one commit writes both. */
export type Issued = {
  readonly token: TokenState;
  readonly task: ChallengeTask<OpenSecret>;
  readonly expiresAtMs: number;
};

/** Where a challenge goes. */
export type IssueJob = {
  readonly token: OtcToken<OpenSecret>;
  readonly binding: OtcBinding<OpenSecret>;
  readonly portalSession: string;
  /** What the token shows of the place where the login was started; cut and cleaned here. */
  readonly place?: string;
};

const DAY_MS = 24 * 60 * 60 * 1000;
const SESSION_LABEL = asciiBytes('chiavetta/v1 picture session');

/** A challenge of the kind asked for a binding of the token. */
export function issueFor(
  decider: Decider,
  job: {
    readonly token: TokenState;
    readonly slot: number;
    readonly kind: Exclude<ChallengeKind, 'pair2'>;
    readonly portalSession: string;
    readonly place?: string;
  },
): Result<Issued, RefusalReason> {
  if (job.token.kind === 'fob') return ok(issueField(decider, job.token));
  const token = { ...job.token, bindings: job.token.bindings.map((one) => unexpired(one, decider.nowMs)) };
  const binding = token.bindings.find((one) => one.slot === job.slot);
  if (binding === undefined) return err('no_factor');
  return (job.kind === 'login' ? issueLogin : issuePair1)(decider, { ...job, token, binding });
}

/** A fob's challenge is the field for its code. */
function issueField(decider: Decider, token: FobToken<OpenSecret>): Issued {
  const bindings = token.bindings.map((one) => ({ ...one, liveChallengeId: decider.random.challengeId }));
  const expiresAtMs = decider.nowMs + decider.policy.challenge.loginMs;
  return { token: { ...token, bindings }, task: { tag: 'otp' }, expiresAtMs };
}

/**
 * Makes a LOGIN. The server steps at issue: the chain key of this challenge is gone from the token's state, and what is
 * kept of it checks one answer and no other. docs/spec/otc.md §5.
 */
function issueLogin(decider: Decider, job: IssueJob): Result<Issued, RefusalReason> {
  const { token, binding } = job;
  const { active } = binding;
  if (active === undefined) return err('no_generation');
  const secrets = unpackGeneration(active.keys);
  const sealed = sealLogin(decider.crypto, {
    generation: {
      slot: binding.slot,
      generation: active.generation,
      hintKey: binding.hintKey.bytes,
      kHdr: secrets.kHdr,
      m: secrets.m,
      ck: secrets.ck,
      next: active.next,
    },
    content: {
      session: pictureSession(decider, job.portalSession),
      timeS: Math.floor(decider.nowMs / 1000),
      previousAccepted: active.next > 0 && active.issuedSinceAccept === 0,
      text: shown(loginText(decider, job.place), LOGIN_TEXT_BYTES_MAX),
    },
    hedge: hedgeFor(decider, job),
  });
  assert(sealed.ok, 'a text of printable characters can be sent');
  const stepped: OtcBinding<OpenSecret> = {
    ...binding,
    liveChallengeId: decider.random.challengeId,
    active: {
      ...active,
      keys: packGeneration({ ...secrets, ck: sealed.value.ck }),
      next: sealed.value.next,
      issuedSinceAccept: active.issuedSinceAccept + 1,
      stepsSinceAccept: active.stepsSinceAccept + 1,
    },
  };
  return ok({
    token: putOtcBinding(token, stepped),
    task: {
      tag: 'login',
      payload: sealed.value.payload,
      plaintextHash: sealed.value.plaintextHash,
      secret: { bytes: sealed.value.responseKey },
      generation: active.generation,
      n: sealed.value.counter,
    },
    expiresAtMs: decider.nowMs + decider.policy.challenge.loginMs,
  });
}

/**
 * Makes a PAIR1: a fresh generation, the next pairing number and the next prekey of the token. It voids P1 and P2 of
 * every slot of the token, or a second slot could strand the first. docs/spec/otc.md §7.
 */
function issuePair1(decider: Decider, job: IssueJob): Result<Issued, RefusalReason> {
  const { token, binding } = job;
  const generation = nextGeneration({
    last: binding.lastGeneration,
    active: binding.active?.generation ?? NO_GENERATION,
  });
  const prekey = token.prekeys[0];
  const counter = token.pairingCounter + 1;
  const sealed = sealPair1(decider.crypto, {
    serial: BigInt(token.serial),
    slot: binding.slot,
    hintKey: binding.hintKey.bytes,
    deviceKey: token.devicePublicKey,
    serverKey: decider.keys.pairingStatic,
    prekey,
    pairingCounter: counter,
    content: {
      activeGeneration: binding.active?.generation ?? NO_GENERATION,
      newGeneration: generation,
      policy: pinPolicy(token),
      timeS: Math.floor(decider.nowMs / 1000),
      session: pictureSession(decider, job.portalSession),
      label: binding.label,
    },
    hedge: hedgeFor(decider, job),
  });
  if (!sealed.ok) return err('pairing_not_possible');
  const expiresAtMs = decider.nowMs + decider.policy.challenge.pair1Ms;
  const { liveChallengeId: _void, ...rest } = binding;
  const staged: OtcBinding<OpenSecret> = {
    ...rest,
    state: 'P1',
    lastGeneration: generation,
    pair1AtMs: [...pair1sOfTheDay(binding, decider.nowMs), decider.nowMs],
    pairing: {
      generation,
      counter,
      prekeyId: prekey?.id ?? NO_PREKEY_ID,
      challengeId: decider.random.challengeId,
      expiresAtMs,
      keys: packPairing({ ...sealed.value.keys, code10: sealed.value.code10 }),
    },
  };
  const cleared = { ...token, bindings: token.bindings.map(withoutPairing) };
  return ok({
    token: { ...putOtcBinding(cleared, staged), pairingCounter: counter, prekeys: token.prekeys.slice(1) },
    task: {
      tag: 'pair1',
      payload: sealed.value.payload,
      secret: { bytes: asciiBytes(sealed.value.code10) },
      generation,
    },
    expiresAtMs,
  });
}

/** The PAIR1s of the last 24 hours, as times. */
export function pair1sOfTheDay<Secret>(binding: OtcBinding<Secret>, nowMs: number): readonly number[] {
  return binding.pair1AtMs.filter((atMs) => nowMs - atMs < DAY_MS);
}

/** A binding as it stands now: an expired attempt is over. */
export function unexpired<Secret>(binding: OtcBinding<Secret>, nowMs: number): OtcBinding<Secret> {
  const isOver = binding.pairing !== undefined && nowMs >= binding.pairing.expiresAtMs;
  return isOver ? withoutPairing(binding) : binding;
}

/** A binding whose attempt is void: back to AWAITING_PAIRING. */
export function withoutPairing<Secret>(binding: OtcBinding<Secret>): OtcBinding<Secret> {
  if (binding.pairing === undefined) return binding;
  const { pairing: _void, ...rest } = binding;
  return { ...rest, state: 'AWAITING_PAIRING' };
}

/** The 8 bytes that a picture says of its portal session: they do not give the session away. */
export function pictureSession(decider: Decider, portalSession: string): Uint8Array {
  const input = new TextEncoder().encode(portalSession);
  return decider.crypto.hmacSha256(SESSION_LABEL, input).slice(0, 8);
}

/** Hedge of a challenge of one binding. */
export function hedgeFor(
  decider: Decider,
  job: { readonly token: OtcToken<OpenSecret>; readonly binding: OtcBinding<OpenSecret> },
): { readonly key: Uint8Array; readonly binding: Uint8Array; readonly random: Uint8Array } {
  return {
    key: decider.keys.hedgeKey,
    binding: bindingName(job.token.serial, job.binding.slot),
    random: decider.random.hedge,
  };
}

/**
 * NEW_PIN erases every slot, so it is asked only while no slot has an active generation; else the token keeps its PIN.
 */
function pinPolicy(token: OtcToken<OpenSecret>): PinPolicy {
  const isAnyActive = token.bindings.some((one) => one.active !== undefined);
  return { digits: PIN_DIGITS, mode: isAnyActive ? 'keep_pin' : 'new_pin' };
}

/**
 * What a LOGIN says besides the operation and the bank: when it was asked for, and where if the portal knows. Whoever is
 * shown another's or an older login can see it. docs/spec/validation.md, "Codes".
 */
function loginText({ nowText: { date, time } }: Decider, place: string | undefined): string {
  return place === undefined ? `${date} ${time}` : `${time} ${place}`;
}

/** Printable ASCII of at most `bytesMax` characters: the place may come from outside. */
function shown(text: string, bytesMax: number): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, bytesMax);
}
