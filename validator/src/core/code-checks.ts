import type { ChallengeState } from './challenge-record.ts';
import type { CustomerRecord } from './customer-record.ts';
import type { Decider } from './decision.ts';
import { unexpired } from './issue-challenge.ts';
import type { RefusalReason } from './refusal.ts';
import { bindingIn, closedReason } from './send-checks.ts';
import type { TokenState } from './token-record.ts';

/**
 * Why a code is refused whatever its digits are, or `undefined`. All of it is read in the change that would consume
 * the code: a challenge from before a block opens nothing after it.
 */
export function codeRefusal(
  decider: Decider,
  facts: {
    readonly challenge: ChallengeState;
    readonly customer: CustomerRecord | undefined;
    readonly token: TokenState | undefined;
    readonly portalSession: string;
  },
): RefusalReason | undefined {
  const { challenge, customer, token } = facts;
  if (challenge.portalSession !== facts.portalSession) return 'other_portal_session';
  if (challenge.state !== 'live') return challenge.state === 'used' ? 'challenge_used' : 'challenge_void';
  if (challenge.target.tag === 'dead') return 'dead_challenge';
  if (decider.nowMs >= challenge.expiresAtMs) return 'challenge_expired';
  if (customer === undefined || token === undefined) return 'record_damaged';
  if (customer.block !== undefined) return 'account_blocked';
  const binding = bindingIn(token, challenge.target.slot);
  if (binding === undefined || binding.customerId !== customer.customerId) return 'factor_revoked';
  const closed = closedReason(token, binding, decider.nowMs);
  if (closed !== undefined) return closed;
  return isCurrent(decider, challenge, binding) ? undefined : 'challenge_void';
}

/** A newer challenge, a new pairing, a reset or an expiry of the attempt voids the one before it. */
function isCurrent(
  decider: Decider,
  challenge: ChallengeState,
  binding: NonNullable<ReturnType<typeof bindingIn<{ readonly bytes: Uint8Array }>>>,
): boolean {
  const { task, challengeId } = challenge;
  if (task.tag === 'otp' || binding.tag === 'fob') return binding.liveChallengeId === challengeId;
  if (task.tag === 'login') {
    return binding.liveChallengeId === challengeId && binding.active?.generation === task.generation;
  }
  const { pairing, state } = unexpired(binding, decider.nowMs);
  return pairing?.challengeId === challengeId && state === (task.tag === 'pair1' ? 'P1' : 'P2');
}
