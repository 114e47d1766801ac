import { equalConstantTime } from '@chiavetta/protocol/bytes';
import { changeOf } from '../ports/store.ts';
import { afterPinAttempt } from './account-pin.ts';
import type { ChallengeKind, ChallengeState, ChallengeTarget } from './challenge-record.ts';
import type { CustomerRecord } from './customer-record.ts';
import type { Decider, Decision } from './decision.ts';
import type { Issued } from './issue-challenge.ts';
import { issueFor } from './issue-challenge.ts';
import { blockMails } from './notices.ts';
import { deadKind, phantomRecord, phantomToken } from './phantom.ts';
import type { RefusalReason } from './refusal.ts';
import { openToken, sealChallenge, sealToken } from './sealing.ts';
import type { ChosenBinding } from './send-checks.ts';
import { bindingRefusal, chosenBinding, kindAsked } from './send-checks.ts';
import type { StoredCustomer, StoredToken } from './stored.ts';

/** User Code + PIN, as typed. `pinMark`: `pinVerifier` of the typed PIN under the salt that the records gave. */
export type SendAttempt = {
  readonly userCode: string;
  readonly pinMark: Uint8Array;
  readonly birthDate?: string;
  readonly portalSession?: string;
  /** "Log in without pairing" while a branch REKEY waits for its pairing. */
  readonly want?: 'login';
  readonly place?: string;
};

/** What every SEND gets, right or wrong: the same shape, and for one kind the same sizes. */
export type SendAnswer = {
  readonly challengeId: string;
  readonly kind: ChallengeKind;
  readonly portalSession: string;
  readonly expiresAtMs: number;
  /** Bytes of the matrix; absent for `otp`. */
  readonly payload?: Uint8Array;
};

/** The rows that a SEND is decided on. `tokens`: those of the customer's factors. */
export type SendRecords = {
  readonly customer: StoredCustomer | undefined;
  readonly tokens: readonly StoredToken[];
};

/**
 * Decides a SEND. A right one gets a live challenge; every refusal gets a dead one that was made with the same work,
 * and that changes nothing but the PIN's own counter. docs/spec/validation.md, "Refusals".
 */
export function decideSend(
  decider: Decider,
  records: SendRecords,
  attempt: SendAttempt,
): Decision<SendAnswer> {
  const { crypto, keys, random } = decider;
  const customer = records.customer?.value;
  const pin = {
    pinRight: equalConstantTime(attempt.pinMark, customer?.pin.verifier ?? new Uint8Array(32)),
    birthDateRight: customer?.birthDate === undefined || customer.birthDate === attempt.birthDate,
  };
  const chosen = chosenBinding(customer, records.tokens);
  const want = attempt.want;
  // Always computed, so that an unknown User Code costs what a known one does.
  const unknownKind = deadKind(crypto, { deadKey: keys.deadKey, userCode: attempt.userCode, want });
  const record = chosen?.token.value ?? phantomRecord(unknownKind, 'send');
  const slot = chosen?.slot ?? 0;
  const kind = kindAsked(record, slot, want);
  const opened = openToken({ crypto, keys, version: chosen?.token.version ?? 0, record });

  const portalSession = attempt.portalSession ?? random.portalSession;
  const job = { slot, kind, portalSession, ...(attempt.place === undefined ? {} : { place: attempt.place }) };
  const refusal =
    accountRefusal({ customer, ...pin, isChosen: chosen !== undefined }) ??
    bindingRefusal({ decider, record, slot, kind }) ??
    (opened === undefined ? 'record_damaged' : undefined);
  const live =
    refusal === undefined && opened !== undefined ? issueFor(decider, { ...job, token: opened }) : undefined;
  if (live?.ok && chosen !== undefined) {
    return sendDecision(decider, { records, ...pin, chosen, issued: live.value, portalSession });
  }
  const phantom = phantomToken(record, { slot, kind, random: random.phantom });
  const dead = issueFor(decider, { ...job, token: phantom });
  const reason = refusal ?? (live?.ok === false ? live.error : 'no_factor');
  const issued = dead.ok ? dead.value : emptyField(decider, phantom);
  return sendDecision(decider, { records, ...pin, chosen, issued, portalSession, refusal: reason });
}

/** Cannot happen with random keys but for a probability of 2^-250; still an answer, not a throw. */
function emptyField(decider: Decider, token: Issued['token']): Issued {
  return { token, task: { tag: 'otp' }, expiresAtMs: decider.nowMs + decider.policy.challenge.loginMs };
}

function accountRefusal(facts: {
  readonly customer: CustomerRecord | undefined;
  readonly pinRight: boolean;
  readonly birthDateRight: boolean;
  readonly isChosen: boolean;
}): RefusalReason | undefined {
  if (facts.customer === undefined) return 'unknown_user';
  if (!facts.birthDateRight) return 'wrong_birth_date';
  if (!facts.pinRight) return 'wrong_pin';
  if (facts.customer.block !== undefined) return 'account_blocked';
  return facts.isChosen ? undefined : 'no_factor';
}

type SendFacts = {
  readonly records: SendRecords;
  readonly pinRight: boolean;
  readonly birthDateRight: boolean;
  readonly chosen: ChosenBinding | undefined;
  readonly issued: Issued;
  readonly portalSession: string;
  readonly refusal?: RefusalReason;
};

function sendDecision(decider: Decider, facts: SendFacts): Decision<SendAnswer> {
  const { crypto, keys, nowMs, random } = decider;
  const { issued, chosen, refusal, portalSession } = facts;
  const customer = facts.records.customer;
  const target: ChallengeTarget =
    refusal === undefined && chosen !== undefined && customer !== undefined
      ? { tag: 'live', customerId: customer.id, serial: chosen.token.id, slot: chosen.slot }
      : {
          tag: 'dead',
          reason: refusal ?? 'no_factor',
          ...(customer === undefined ? {} : { customerId: customer.id }),
        };
  const challenge: ChallengeState = {
    challengeId: random.challengeId,
    portalSession,
    target,
    task: issued.task,
    issuedAtMs: nowMs,
    expiresAtMs: issued.expiresAtMs,
    triesLeft:
      issued.task.tag === 'pair1'
        ? decider.policy.pairing.triesPerStep
        : decider.policy.factor.triesPerChallenge,
    state: 'live',
    storeEpoch: issued.token.storeEpoch,
    answers: [],
  };
  const sealed = sealChallenge({ crypto, keys, version: 1, challenge, entropy: random.challengeRow });
  // Sealed for a refusal too, and thrown away: the work is the same.
  const version = (chosen?.token.version ?? 0) + 1;
  const token = sealToken({ crypto, keys, version, token: issued.token, entropy: random.tokenRow });
  const account = accountPart(decider, facts);
  return {
    answer: {
      challengeId: random.challengeId,
      kind: issued.task.tag,
      portalSession,
      expiresAtMs: issued.expiresAtMs,
      ...(issued.task.tag === 'otp' ? {} : { payload: issued.task.payload }),
    },
    change: changeOf({
      ...account,
      puts: [
        ...account.puts,
        { kind: 'challenge', id: random.challengeId, expected: 0, value: sealed },
        ...(target.tag === 'live' && chosen !== undefined
          ? [{ kind: 'token', id: chosen.token.id, expected: chosen.token.version, value: token } as const]
          : []),
      ],
    }),
  };
}

/** The account's own part: the PIN counter, the self-block with its notice, and what staff can read later. */
function accountPart(
  decider: Decider,
  facts: SendFacts,
): Pick<Decision<SendAnswer>['change'], 'puts' | 'checks' | 'audit' | 'mails'> {
  const { refusal, chosen, issued } = facts;
  const stored = facts.records.customer;
  const serial = chosen === undefined ? {} : { serial: chosen.token.id };
  const event = refusal === undefined ? 'challenge.issued' : 'challenge.refused';
  const detail = { kind: issued.task.tag };
  if (stored === undefined) {
    const audit = [{ subject: 'store', event, reason: 'unknown_user', detail }];
    return { puts: [], checks: [], audit, mails: [] };
  }
  const before = stored.value;
  const counted = afterPinAttempt(before, { ...facts, nowMs: decider.nowMs, policy: decider.policy });
  const value: CustomerRecord =
    refusal === undefined ? counted : { ...counted, lastRefusal: { reason: refusal, atMs: decider.nowMs } };
  const named = { subject: `customer:${stored.id}`, customer: stored.id };
  const isBlocked = before.block === undefined && counted.block !== undefined;
  const isSame = refusal === undefined && counted.wrongPins === before.wrongPins;
  const key = { kind: 'customer', id: stored.id, expected: stored.version } as const;
  return {
    puts: isSame ? [] : [{ ...key, value }],
    checks: isSame ? [key] : [],
    audit: [
      { ...named, ...serial, event, ...(refusal === undefined ? {} : { reason: refusal }), detail },
      ...(isBlocked ? [{ ...named, event: 'account.self_blocked', reason: 'five wrong PINs' }] : []),
    ],
    mails: isBlocked
      ? blockMails(decider, before, { kind: 'account-blocked', fields: { reason: 'five wrong PINs' } })
      : [],
  };
}
