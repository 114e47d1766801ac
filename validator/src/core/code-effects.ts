import { putOtcBinding } from './binding-changes.ts';
import type { ChallengeState } from './challenge-record.ts';
import type { Decider } from './decision.ts';
import { lockAfterFailure, OPEN_LOCK } from './factor-lock.ts';
import { packGeneration, unpackPairing } from './generation-secrets.ts';
import { withoutPairing } from './issue-challenge.ts';
import type { Acceptance, Refusal } from './refusal.ts';
import type { FactorLock, FobToken, OpenSecret, OtcBinding, OtcToken, TokenState } from './token-record.ts';
import type { Evaluation } from './typed-code.ts';
import { codeMark } from './typed-code.ts';

const USED_KEPT = 5;

/** The challenge once it is over: its secret is erased. */
export function overChallenge(
  challenge: ChallengeState,
  state: 'used' | 'void',
  nowMs: number,
): ChallengeState {
  const { task } = challenge;
  return {
    ...challenge,
    state,
    ...(state === 'used' ? { usedAtMs: nowMs } : {}),
    task:
      task.tag === 'otp' ? task : { ...task, secret: { bytes: new Uint8Array(task.secret.bytes.length) } },
  };
}

/** The fob after an accepted code: the watermark moved forward, the wrong codes forgiven. */
export function fobAccepted(
  decider: Decider,
  token: FobToken<OpenSecret>,
  right: Extract<Evaluation, { readonly outcome: 'right_fob' }> & { readonly codes: readonly string[] },
): FobToken<OpenSecret> {
  const { otp } = token;
  if (otp === undefined) return token;
  const atMs = decider.nowMs;
  const marks = right.codes.map((code) => ({ mark: codeMark(decider, { otp, code }), atMs }));
  const accepted: Acceptance =
    otp.mode === 'hotp' ? { atMs, skipped: right.offset } : { atMs, clockSteps: right.offset };
  const { next, driftSteps } = right;
  return {
    ...token,
    otp: {
      ...otp,
      next,
      driftSteps,
      twoCodesNeeded: false,
      used: [...marks, ...otp.used].slice(0, USED_KEPT),
    },
    bindings: token.bindings.map((one) => ({
      ...withoutLive(one),
      lock: OPEN_LOCK,
      lastAccepted: accepted,
      state: 'IN_USE',
    })),
  };
}

/** The token after an accepted LOGIN. */
export function loginAccepted(
  decider: Decider,
  token: OtcToken<OpenSecret>,
  binding: OtcBinding<OpenSecret>,
): OtcToken<OpenSecret> {
  const { active } = binding;
  const rested = { ...withoutLive(binding), lock: OPEN_LOCK, lastAccepted: { atMs: decider.nowMs } };
  if (active === undefined) return putOtcBinding(token, rested);
  return putOtcBinding(token, {
    ...rested,
    active: { ...active, issuedSinceAccept: 0, stepsSinceAccept: 0 },
  });
}

/**
 * The token after the 6 digits of its pairing: the new generation is ACTIVE, the old one is retired and its live
 * challenge void. Root and 10 digits are erased. docs/spec/otc.md §7.
 */
export function pairingDone(
  decider: Decider,
  token: OtcToken<OpenSecret>,
  binding: OtcBinding<OpenSecret>,
): OtcToken<OpenSecret> {
  const { pairing, active: _retired, liveChallengeId: _void, ...rest } = binding;
  if (pairing === undefined) return token;
  const { ck0, m, kHdr } = unpackPairing(pairing.keys);
  return putOtcBinding(token, {
    ...rest,
    state: 'PAIRED',
    lastAccepted: { atMs: decider.nowMs },
    active: {
      generation: pairing.generation,
      keys: packGeneration({ ck: ck0, m, kHdr }),
      next: 0,
      issuedSinceAccept: 0,
      stepsSinceAccept: 0,
    },
  });
}

/** The token after a wrong code at a login: counted, and the challenge no longer live once its tries are used up. */
export function loginFailed(
  decider: Decider,
  token: TokenState,
  failed: { readonly slot: number; readonly refusal: Refusal; readonly isVoid: boolean },
): TokenState {
  const parts = (binding: { readonly lock: FactorLock }): Counted => ({
    lock: lockAfterFailure(binding.lock, decider.nowMs, decider.policy),
    lastRefusal: failed.refusal,
  });
  if (token.kind === 'fob') {
    const bindings = token.bindings.map((one) => {
      if (one.slot !== failed.slot) return one;
      return { ...(failed.isVoid ? withoutLive(one) : one), ...parts(one) };
    });
    return { ...token, bindings };
  }
  const bindings = token.bindings.map((one) => {
    if (one.slot !== failed.slot) return one;
    return { ...(failed.isVoid ? withoutLive(one) : one), ...parts(one) };
  });
  return { ...token, bindings };
}

type Counted = { readonly lock: FactorLock; readonly lastRefusal: Refusal };

/** The token after wrong digits in a pairing: the login counters stay; without tries left the attempt is void. */
export function pairingFailed(
  token: OtcToken<OpenSecret>,
  binding: OtcBinding<OpenSecret>,
  failed: { readonly refusal: Refusal; readonly isVoid: boolean },
): OtcToken<OpenSecret> {
  const after = failed.isVoid ? withoutPairing(binding) : binding;
  return putOtcBinding(token, { ...after, lastRefusal: failed.refusal });
}

function withoutLive<B extends { readonly liveChallengeId?: string }>(
  binding: B,
): Omit<B, 'liveChallengeId'> {
  const { liveChallengeId: _over, ...rest } = binding;
  return rest;
}
