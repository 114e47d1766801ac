import { equalConstantTime } from '@chiavetta/protocol/bytes';
import type { ChallengeState, StoredAnswer } from './challenge-record.ts';
import { codeDecision, requestMark, sessionTokenOf } from './code-change.ts';
import { codeRefusal } from './code-checks.ts';
import type { CodeResult } from './code-outcomes.ts';
import { codeAccepted, codeFailed } from './code-outcomes.ts';
import type { SendAnswer } from './decide-send.ts';
import type { Decider, Decision } from './decision.ts';
import { unexpired } from './issue-challenge.ts';
import { phantomRecord, phantomToken } from './phantom.ts';
import type { Refusal, RefusalReason } from './refusal.ts';
import { openChallenge, openToken } from './sealing.ts';
import { stagedOtp, withStagedSeed } from './staged-seed.ts';
import type { StoredChallenge, StoredCustomer, StoredToken } from './stored.ts';
import type { TokenState } from './token-record.ts';
import type { Evaluation } from './typed-code.ts';
import { cleanCode, digitsAsked, evaluateCode } from './typed-code.ts';

/** A code as typed. */
export type CodeAttempt = {
  readonly portalSession: string;
  readonly code: string;
  /** The second of two consecutive codes of a fob. */
  readonly nextCode?: string;
  /** The same key with the same attempt gets the same answer again. */
  readonly idempotencyKey?: string;
};

/** What the portal is told. A refusal has one form; its reason is in the audit. */
export type CodeAnswer =
  | { readonly outcome: 'session'; readonly sessionToken: string; readonly pinChangeOnly: boolean }
  | { readonly outcome: 'continue'; readonly next: SendAnswer }
  | { readonly outcome: 'refused' };

/** The rows that a code is decided on: the challenge, and its customer and token where it has them. */
export type CodeRecords = {
  readonly challenge: StoredChallenge;
  readonly customer: StoredCustomer | undefined;
  readonly token: StoredToken | undefined;
};

/**
 * Decides a typed code. Whatever refuses it, the digits are evaluated with the same work; everything that the decision
 * rests on is in the change, so that of many callers with one good code exactly one gets a session.
 * docs/spec/validation.md, "Codes".
 */
export function decideCode(
  decider: Decider,
  records: CodeRecords,
  attempt: CodeAttempt,
): Decision<CodeAnswer> {
  const { crypto, keys } = decider;
  const stored = records.challenge;
  const opened = openChallenge({ crypto, keys, version: stored.version, record: stored.value });
  const challenge = opened ?? withoutSecret(stored.value);
  const mark = requestMark(decider, attempt);
  const again = challenge.answers.find((one) => one.idempotencyKey === attempt.idempotencyKey);
  if (again !== undefined && equalConstantTime(again.requestMark, mark)) {
    return {
      answer: codeAnswer(decider, challenge, again.answer),
      change: { puts: [], removes: [], checks: [], audit: [], mails: [] },
    };
  }

  const found = tokenOf(decider, records, challenge);
  const state = found ?? phantomFor(decider, challenge);
  const { token, evaluation } = evaluated(decider, { attempt, challenge, state, found });
  const refusal =
    (again === undefined ? undefined : 'idempotency_key_reused') ??
    (opened === undefined ? 'record_damaged' : undefined) ??
    codeRefusal(decider, {
      challenge,
      customer: records.customer?.value,
      token,
      portalSession: attempt.portalSession,
    });
  const result = resultOf(decider, { records, attempt, challenge, token, evaluation, refusal });
  const change = codeDecision(decider, { records, attempt, mark, state, result });
  return { answer: codeAnswer(decider, result.nextChallenge ?? challenge, result.answer), change };
}

/** Evaluates with the fob's seed, and with a staged one that may already be in use: until then both are good. */
function evaluated(
  decider: Decider,
  job: {
    readonly attempt: CodeAttempt;
    readonly challenge: ChallengeState;
    readonly state: TokenState;
    readonly found: TokenState | undefined;
  },
): { readonly token: TokenState | undefined; readonly evaluation: Evaluation } {
  const { attempt, challenge, state, found } = job;
  const otp = state.kind === 'fob' ? state.otp : undefined;
  const evaluation = evaluateCode(decider, { ...attempt, challenge, otp });
  const staged = found?.kind === 'fob' ? stagedOtp(found) : undefined;
  if (staged === undefined || found?.kind !== 'fob') return { token: found, evaluation };
  const other = evaluateCode(decider, { ...attempt, challenge, otp: staged });
  const isOther = evaluation.outcome === 'wrong' && other.outcome === 'right_fob';
  return isOther ? { token: withStagedSeed(found), evaluation: other } : { token: found, evaluation };
}

function resultOf(
  decider: Decider,
  facts: {
    readonly records: CodeRecords;
    readonly attempt: CodeAttempt;
    readonly challenge: ChallengeState;
    readonly token: TokenState | undefined;
    readonly evaluation: ReturnType<typeof evaluateCode>;
    readonly refusal: RefusalReason | undefined;
  },
): CodeResult {
  const { challenge, token, evaluation, refusal, attempt } = facts;
  const customer = facts.records.customer?.value;
  if (
    refusal !== undefined ||
    token === undefined ||
    customer === undefined ||
    challenge.target.tag === 'dead'
  ) {
    return uncounted(decider, challenge, refusal ?? 'dead_challenge');
  }
  if (evaluation.outcome === 'wrong') {
    // What has not the form of a code is no guess.
    if (evaluation.reason === 'malformed_code') return uncounted(decider, challenge, evaluation.reason);
    return codeFailed(
      decider,
      { challenge, customer, token, slot: challenge.target.slot, codes: [] },
      evaluation,
    );
  }
  const digitCount = digitsAsked(challenge, token.kind === 'fob' ? token.otp : undefined);
  const codes = [attempt.code, ...(attempt.nextCode === undefined ? [] : [attempt.nextCode])].flatMap(
    (code) => cleanCode(code, digitCount) ?? [],
  );
  return codeAccepted(
    decider,
    { challenge, customer, token, slot: challenge.target.slot, codes },
    evaluation,
  );
}

/** A refusal that is no wrong guess: nothing is counted, the challenge stays as it is, staff can read why. */
function uncounted(decider: Decider, challenge: ChallengeState, reason: RefusalReason): CodeResult {
  const told =
    reason === 'dead_challenge' && challenge.target.tag === 'dead' ? challenge.target.reason : reason;
  const refusal: Refusal = {
    reason: told,
    atMs: decider.nowMs,
    ...(challenge.usedAtMs === undefined ? {} : { usedAtMs: challenge.usedAtMs }),
  };
  // A stranger with a stolen challenge id must not be able to write on the customer's record.
  const isKnown = reason !== 'other_portal_session';
  return {
    answer: { outcome: 'refused' },
    isChallengeChanged: false,
    challenge,
    ...(isKnown ? { customerRefusal: refusal } : {}),
    audit: [{ event: 'code.refused', reason: told, detail: { kind: challenge.task.tag } }],
    mails: [],
  };
}

/** The challenge's own token, with expired attempts over; `undefined` for a dead challenge or a damaged row. */
function tokenOf(decider: Decider, records: CodeRecords, challenge: ChallengeState): TokenState | undefined {
  const { crypto, keys } = decider;
  const isLive = challenge.target.tag === 'live' && records.token !== undefined;
  const record =
    isLive && records.token !== undefined
      ? records.token.value
      : phantomRecord(phantomKind(challenge), 'code');
  const version = isLive ? (records.token?.version ?? 0) : 0;
  const opened = openToken({ crypto, keys, version, record });
  if (!isLive || opened === undefined || opened.kind === 'fob') return isLive ? opened : undefined;
  return { ...opened, bindings: opened.bindings.map((one) => unexpired(one, decider.nowMs)) };
}

function phantomFor(decider: Decider, challenge: ChallengeState): TokenState {
  const kind = phantomKind(challenge);
  return phantomToken(phantomRecord(kind, 'code'), { slot: 0, kind, random: decider.random.phantom });
}

function phantomKind(challenge: ChallengeState): 'otp' | 'login' | 'pair1' {
  return challenge.task.tag === 'pair2' ? 'pair1' : challenge.task.tag;
}

function withoutSecret(record: StoredChallenge['value']): ChallengeState {
  const { task } = record;
  return { ...record, task: task.tag === 'otp' ? task : { ...task, secret: { bytes: new Uint8Array(32) } } };
}

function codeAnswer(decider: Decider, challenge: ChallengeState, answer: StoredAnswer['answer']): CodeAnswer {
  if (answer.outcome === 'refused') return answer;
  if (answer.outcome === 'session') {
    return { ...answer, sessionToken: sessionTokenOf(decider, challenge) };
  }
  const { challengeId, payload, expiresAtMs } = answer;
  const { portalSession } = challenge;
  return { outcome: 'continue', next: { challengeId, kind: 'pair2', portalSession, payload, expiresAtMs } };
}
