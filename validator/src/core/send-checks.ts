import type { ChallengeKind } from './challenge-record.ts';
import type { CustomerRecord } from './customer-record.ts';
import type { Decider } from './decision.ts';
import { lockAt } from './factor-lock.ts';
import { pair1sOfTheDay } from './issue-challenge.ts';
import type { RefusalReason } from './refusal.ts';
import type { StoredToken } from './stored.ts';
import type { FobBinding, OtcBinding, SealedSecret, TokenRecord } from './token-record.ts';

/** A token row and one of its slots. */
export type ChosenBinding = { readonly token: StoredToken; readonly slot: number };

/** Which factor a customer is asked for: the one bound last that is not blocked; else the one bound last. */
export function chosenBinding(
  customer: CustomerRecord | undefined,
  tokens: readonly StoredToken[],
): ChosenBinding | undefined {
  if (customer === undefined) return undefined;
  const bound = customer.factors.flatMap(({ serial, slot }) => {
    const token = tokens.find((one) => one.id === serial);
    const binding = token === undefined ? undefined : bindingIn(token.value, slot);
    if (token === undefined || binding?.customerId !== customer.customerId) return [];
    return [{ token, slot, isUsable: isUsable(token.value, binding) }];
  });
  return bound.findLast((one) => one.isUsable) ?? bound.at(-1);
}

/** Whether neither the device nor this binding of it was blocked, revoked or replaced. */
export function isUsable(
  token: Pick<TokenRecord, 'device' | 'blocked'>,
  binding: { readonly overlay: string },
): boolean {
  return token.device !== 'RETIRED' && token.blocked === undefined && binding.overlay === 'NONE';
}

/** The binding in a slot. */
export function bindingIn<Secret>(
  token: { readonly bindings: readonly (FobBinding | OtcBinding<Secret>)[] },
  slot: number,
): FobBinding | OtcBinding<Secret> | undefined {
  return token.bindings.find((one) => one.slot === slot);
}

/** What SEND shows for a binding: a pairing while one is due, unless the customer wants to log in without it. */
export function kindAsked(
  record: TokenRecord,
  slot: number,
  want: 'login' | undefined,
): Exclude<ChallengeKind, 'pair2'> {
  if (record.kind === 'fob') return 'otp';
  const binding = record.bindings.find((one) => one.slot === slot);
  return binding?.state === 'PAIRED' || want === 'login' ? 'login' : 'pair1';
}

/** Why a binding gets no live challenge now. Every check here is made again when the code comes. */
export function bindingRefusal(job: {
  readonly decider: Decider;
  readonly record: TokenRecord;
  readonly slot: number;
  readonly kind: ChallengeKind;
}): RefusalReason | undefined {
  const { decider, record, slot, kind } = job;
  const binding = bindingIn(record, slot);
  if (binding === undefined) return 'no_factor';
  const closed = closedReason(record, binding, decider.nowMs);
  if (closed !== undefined || binding.tag === 'fob') return closed;
  return kind === 'pair1' ? pairingRefusal(decider, binding) : chainRefusal(decider, binding);
}

/** What closes a binding for challenge and code alike: read in the change that issues, and again in the one that consumes. */
export function closedReason(
  record: {
    readonly device: string;
    readonly kind: string;
    readonly otp?: unknown;
    readonly blocked?: unknown;
  },
  binding: FobBinding | OtcBinding<unknown>,
  nowMs: number,
): RefusalReason | undefined {
  if (binding.overlay === 'REVOKED' || record.device === 'RETIRED') return 'factor_revoked';
  if (binding.overlay === 'SUSPENDED' || record.blocked !== undefined) return 'factor_suspended';
  if (record.kind === 'fob' && record.otp === undefined) return 'device_not_ready';
  const lock = lockAt(binding.lock, nowMs);
  if (lock.tag === 'LOCKED') return 'factor_locked';
  return lock.tag === 'COOLING' ? 'factor_cooling' : undefined;
}

function pairingRefusal(decider: Decider, binding: OtcBinding<SealedSecret>): RefusalReason | undefined {
  const { pairing } = decider.policy;
  if (pair1sOfTheDay(binding, decider.nowMs).length >= pairing.pair1PerDayMax) return 'pairing_daily_limit';
  // The token would refuse a key id that it was not given: a branch REKEY delivers the new one.
  return binding.serverKeyId === decider.keys.pairingStatic.keyId ? undefined : 'pairing_not_possible';
}

function chainRefusal(decider: Decider, binding: OtcBinding<SealedSecret>): RefusalReason | undefined {
  const { active } = binding;
  if (active === undefined) return 'no_generation';
  const { issuedSinceAcceptMax, stepsSinceAcceptMax } = decider.policy.chain;
  const isFull =
    active.issuedSinceAccept + 1 >= issuedSinceAcceptMax ||
    active.stepsSinceAccept + 1 >= stepsSinceAcceptMax;
  return isFull ? 'chain_cap' : undefined;
}
