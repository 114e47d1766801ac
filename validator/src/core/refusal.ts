/** The true reason of a refusal: for staff and the audit, never for the customer. Never renamed. */
export type RefusalReason =
  // At SEND.
  | 'unknown_user'
  | 'wrong_pin'
  | 'wrong_birth_date'
  | 'account_blocked'
  | 'no_factor'
  | 'device_not_ready'
  | 'factor_suspended'
  | 'factor_revoked'
  | 'factor_cooling'
  | 'factor_locked'
  | 'pairing_daily_limit'
  | 'pairing_not_possible'
  | 'no_generation'
  | 'chain_cap'
  | 'record_damaged'
  // At the code.
  | 'other_portal_session'
  | 'challenge_used'
  | 'challenge_void'
  | 'challenge_expired'
  | 'dead_challenge'
  | 'malformed_code'
  | 'wrong_code'
  | 'used_code'
  | 'two_codes_needed'
  | 'idempotency_key_reused';

/** Why an attempt was refused, with what a person needs to explain it. */
export type Refusal = {
  readonly reason: RefusalReason;
  readonly atMs: number;
  /** When the same code was accepted (`used_code`). */
  readonly usedAtMs?: number;
};

/** How a code was accepted. */
export type Acceptance = {
  readonly atMs: number;
  /** Button presses between the last accepted code and this one (HOTP). */
  readonly skipped?: number;
  /** How many steps the token's clock is fast, or slow when negative (TOTP). */
  readonly clockSteps?: number;
};
