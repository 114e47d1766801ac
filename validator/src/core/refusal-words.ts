import type { Acceptance, Refusal, RefusalReason } from './refusal.ts';

/**
 * The one refusal that a customer ever reads: always the same bytes, always with what to do.
 * docs/spec/validation.md, "Refusals".
 */
export const REFUSED_WORDS: string =
  'Not accepted. Check User Code, PIN and code, and start again with a fresh code. If your device was pressed many times, type two codes in a row. After several wrong tries the codes block for a while, then until you go to your branch or your referente.';

/** The true reason in words, for staff. `{when}` is filled with the time of the earlier use. */
const WORDS: Readonly<Record<RefusalReason, string>> = {
  unknown_user: 'no account has this User Code',
  wrong_pin: 'wrong account PIN',
  wrong_birth_date: 'wrong or missing birth date; nothing was counted',
  account_blocked: 'the account is blocked',
  no_factor: 'no device is bound to the account',
  device_not_ready: 'the device was not provisioned',
  factor_suspended: 'the device is suspended',
  factor_revoked: 'the device was revoked or replaced',
  factor_cooling: 'too many wrong codes: resting for a while',
  factor_locked: 'too many wrong codes: locked until the branch unlocks it',
  pairing_daily_limit: 'the daily number of pairings is used up',
  pairing_not_possible: 'the device holds another key of the bank: a branch REKEY is needed',
  no_generation: 'the device is not paired',
  chain_cap: 'too many pictures without an accepted code: a branch REKEY is needed',
  record_damaged: 'the record of the device does not open: tell the operators of the validator',
  other_portal_session: 'the code came from another portal session than its challenge',
  challenge_used: 'used before on {when}',
  challenge_void: 'the challenge was void: a newer one was asked for, or its tries were used up',
  challenge_expired: 'the code came too late',
  dead_challenge: 'the challenge was dead from the start',
  malformed_code: 'not the digits of a code',
  wrong_code: 'wrong code',
  used_code: 'used before on {when}',
  two_codes_needed: 'after a restore two consecutive codes are needed once',
  idempotency_key_reused: 'one request id was used for two different requests',
};

/** Why an attempt was refused, in words for staff. `timeOf` writes a time as the reader wants it. */
export function refusalWords(refusal: Refusal, timeOf: (atMs: number) => string): string {
  const when = refusal.usedAtMs === undefined ? 'an earlier occasion' : timeOf(refusal.usedAtMs);
  return WORDS[refusal.reason].replace('{when}', when);
}

/** How the last code was accepted, in words for staff: "accepted, skipped 3", "accepted, clock 4 steps fast". */
export function acceptanceWords(acceptance: Acceptance): string {
  const { skipped, clockSteps } = acceptance;
  if (skipped !== undefined && skipped > 0) return `accepted, skipped ${skipped}`;
  if (clockSteps === undefined || clockSteps === 0) return 'accepted';
  return `accepted, clock ${Math.abs(clockSteps)} steps ${clockSteps > 0 ? 'fast' : 'slow'}`;
}
