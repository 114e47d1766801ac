import { chainSteps } from '@chiavetta/protocol/otc';
import type { Crypto } from '@chiavetta/protocol/ports';
import { packGeneration, unpackGeneration } from './generation-secrets.ts';
import { withoutPairing } from './issue-challenge.ts';
import type { Policy } from './policy.ts';
import type { FobOtp, OpenSecret, OtcBinding, TokenState } from './token-record.ts';

/** Numbers of PAIR1s that one store epoch may use up. */
const PAIRINGS_PER_EPOCH = 65_536;
/** Chain steps that a restore leaves out: more challenges than were lost since the backup. */
const STEPS_PER_EPOCH = 256;

/** The pairing counter of a token that never had a PAIR1: its first one is the next number. */
export function firstPairingCounter(storeEpoch: number): number {
  return PAIRINGS_PER_EPOCH * (storeEpoch - 1);
}

/**
 * A token of a backup, made safe to use: no number, key or code from between backup and loss can come again. Live
 * challenges and pairings are void, chains are stepped, prekeys are gone until the next BIND or RESET, a clock fob's
 * watermark is now, a button fob needs two consecutive codes once. docs/spec/validation.md, "Restore".
 */
export function restoredToken(
  crypto: Crypto,
  token: TokenState,
  to: { readonly storeEpoch: number; readonly nowMs: number; readonly policy: Policy },
): TokenState {
  const { storeEpoch } = to;
  const epochs = storeEpoch - token.storeEpoch;
  if (token.kind === 'fob') {
    const { otp, ...rest } = token;
    const bindings = token.bindings.map(({ liveChallengeId: _void, ...one }) => one);
    return { ...rest, storeEpoch, bindings, ...(otp === undefined ? {} : { otp: restoredOtp(otp, to) }) };
  }
  return {
    ...token,
    storeEpoch,
    pairingCounter: token.pairingCounter + PAIRINGS_PER_EPOCH * epochs,
    prekeys: [],
    bindings: token.bindings.map((one) => restoredBinding(crypto, one, STEPS_PER_EPOCH * epochs)),
  };
}

function restoredOtp(
  otp: FobOtp<OpenSecret>,
  at: { readonly nowMs: number; readonly policy: Policy },
): FobOtp<OpenSecret> {
  if (otp.mode === 'hotp') return { ...otp, twoCodesNeeded: true };
  // The highest step that could have been accepted up to now.
  const highest = Math.floor(at.nowMs / 1000 / otp.stepSeconds) + otp.driftSteps + at.policy.totp.sideSteps;
  return { ...otp, next: Math.max(otp.next, highest + 1) };
}

function restoredBinding(
  crypto: Crypto,
  binding: OtcBinding<OpenSecret>,
  stepCount: number,
): OtcBinding<OpenSecret> {
  const { liveChallengeId: _void, ...rest } = withoutPairing(binding);
  const { active } = rest;
  if (active === undefined) return rest;
  const secrets = unpackGeneration(active.keys);
  return {
    ...rest,
    active: {
      ...active,
      keys: packGeneration({ ...secrets, ck: chainSteps(crypto, secrets.ck, stepCount) }),
      next: active.next + stepCount,
      stepsSinceAccept: active.stepsSinceAccept + stepCount,
    },
  };
}
