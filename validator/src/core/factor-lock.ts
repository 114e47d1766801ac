import type { Policy } from './policy.ts';
import type { FactorLock } from './token-record.ts';

/** A factor without a wrong code on its account. */
export const OPEN_LOCK: FactorLock = { tag: 'OK', failures: 0 };

/** The lock as it stands now: a cooling that is over is OK again, its failures still counted. */
export function lockAt(lock: FactorLock, nowMs: number): FactorLock {
  if (lock.tag !== 'COOLING' || nowMs < lock.untilMs) return lock;
  return { tag: 'OK', failures: lock.failures };
}

/** The lock after one more wrong code. Exactly 5 in a row cool, exactly 10 lock. docs/spec/validation.md, "Blocks". */
export function lockAfterFailure(lock: FactorLock, nowMs: number, policy: Policy): FactorLock {
  const failures = lock.failures + 1;
  if (failures >= policy.factor.lockFailures) return { tag: 'LOCKED', failures };
  if (failures === policy.factor.coolingFailures) {
    return { tag: 'COOLING', failures, untilMs: nowMs + policy.factor.coolingMs };
  }
  return { tag: 'OK', failures };
}
