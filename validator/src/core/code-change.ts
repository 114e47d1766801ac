import { asciiBytes, concatBytes, toHex, u8 } from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { Change, Expected, Put } from '../ports/store.ts';
import { changeOf } from '../ports/store.ts';
import type { ChallengeState } from './challenge-record.ts';
import type { CodeResult } from './code-outcomes.ts';
import type { CodeAttempt, CodeRecords } from './decide-code.ts';
import type { Decider } from './decision.ts';
import type { RecordTypes } from './records.ts';
import type { Refusal } from './refusal.ts';
import { sealChallenge, sealToken } from './sealing.ts';
import type { TokenState } from './token-record.ts';

const REQUEST_LABEL = asciiBytes('chiavetta/v1 request mark');
const SESSION_LABEL = asciiBytes('chiavetta/v1 session token');
/** Answers kept for retransmissions of one challenge: its tries and a few refusals. */
const ANSWERS_KEPT = 8;
const SAME_REFUSAL_MS = 1000;

/**
 * One commit of everything that a code changes. The challenge, the token and the customer are all named in it, so a
 * change of any of them in between makes the caller decide again.
 */
export function codeDecision(
  decider: Decider,
  job: {
    readonly records: CodeRecords;
    readonly attempt: CodeAttempt;
    readonly mark: Uint8Array;
    readonly state: TokenState;
    readonly result: CodeResult;
  },
): Change<RecordTypes> {
  const { records, result } = job;
  const { nextChallenge, session } = result;
  const answered = challengePut(decider, job);
  const puts: Put<RecordTypes>[] = result.isChallengeChanged || answered.isAnswerNew ? [answered.put] : [];
  const checks: Expected<RecordTypes>[] = [];
  // Sealed for every answer, kept only where the token changed: the work is the same.
  const token = sealToken({
    ...sealing(decider),
    version: (records.token?.version ?? 0) + 1,
    token: result.token ?? job.state,
    entropy: decider.random.tokenRow,
  });
  // A refusal that counts nothing rests on nothing of the token: it needs no comparison.
  if (records.token !== undefined && result.token !== undefined) {
    const { id, version: expected } = records.token;
    puts.push({ kind: 'token', id, expected, value: token });
  }
  if (records.customer !== undefined) {
    const { id, version: expected, value } = records.customer;
    const key = { kind: 'customer', id, expected } as const;
    const refusal = result.customerRefusal;
    if (refusal === undefined) checks.push(key);
    else if (!isRemembered(value.lastRefusal, refusal))
      puts.push({ ...key, value: { ...value, lastRefusal: refusal } });
  }
  if (nextChallenge !== undefined) {
    const value = sealChallenge({
      ...sealing(decider),
      version: 1,
      challenge: nextChallenge,
      entropy: decider.random.challengeRow,
    });
    puts.push({ kind: 'challenge', id: nextChallenge.challengeId, expected: 0, value });
  }
  if (session !== undefined) {
    const id = sessionId(decider.crypto, sessionTokenOf(decider, result.challenge));
    puts.push({ kind: 'session', id, expected: 0, value: session });
  }
  return changeOf({ puts, checks, audit: auditOf(records, result), mails: result.mails });
}

/** The token that the browser holds of the one session that a challenge can open: made again, never stored. */
export function sessionTokenOf(
  decider: Decider,
  challenge: Pick<ChallengeState, 'challengeId' | 'portalSession'>,
): string {
  const input = concatBytes(
    SESSION_LABEL,
    new TextEncoder().encode(`${challenge.challengeId} ${challenge.portalSession}`),
  );
  return toHex(decider.crypto.hmacSha256(decider.keys.hedgeKey, input));
}

/** The record's id of a session: who reads the store learns no session token. */
export function sessionId(crypto: Crypto, sessionToken: string): string {
  return toHex(crypto.sha256(new TextEncoder().encode(sessionToken)));
}

/** Tells one attempt from another under the same idempotency key, and gives no code away. */
export function requestMark(decider: Decider, attempt: CodeAttempt): Uint8Array {
  const text = (part: string): Uint8Array => new TextEncoder().encode(part);
  const input = concatBytes(
    REQUEST_LABEL,
    decider.crypto.sha256(text(attempt.portalSession)),
    decider.crypto.sha256(text(attempt.code)),
    u8(attempt.nextCode === undefined ? 0 : 1),
    decider.crypto.sha256(text(attempt.nextCode ?? '')),
  );
  return decider.crypto.hmacSha256(decider.keys.hedgeKey, input);
}

function challengePut(
  decider: Decider,
  job: {
    readonly records: CodeRecords;
    readonly attempt: CodeAttempt;
    readonly mark: Uint8Array;
    readonly result: CodeResult;
  },
): { readonly put: Put<RecordTypes>; readonly isAnswerNew: boolean } {
  const { id, version } = job.records.challenge;
  const { idempotencyKey } = job.attempt;
  const { challenge, answer } = job.result;
  const isKept =
    idempotencyKey !== undefined && !challenge.answers.some((one) => one.idempotencyKey === idempotencyKey);
  const answers = isKept
    ? [...challenge.answers, { idempotencyKey, requestMark: job.mark, answer }].slice(-ANSWERS_KEPT)
    : challenge.answers;
  const value = sealChallenge({
    ...sealing(decider),
    version: version + 1,
    challenge: { ...challenge, answers },
    // Not the randomness of the token's row: each row's nonces have their own.
    entropy: decider.random.hedge,
  });
  return { put: { kind: 'challenge', id, expected: version, value }, isAnswerNew: isKept };
}

/** A burst of equal refusals writes the customer's record once; each of them is in the audit. */
function isRemembered(last: Refusal | undefined, refusal: Refusal): boolean {
  return last?.reason === refusal.reason && refusal.atMs - last.atMs < SAME_REFUSAL_MS;
}

function auditOf(records: CodeRecords, result: CodeResult): Change<RecordTypes>['audit'] {
  const customer = records.customer?.id;
  const serial = records.token?.id;
  const subject = serial ?? (customer === undefined ? 'store' : `customer:${customer}`);
  return result.audit.map((draft) => ({
    subject,
    ...(customer === undefined ? {} : { customer }),
    ...(serial === undefined ? {} : { serial }),
    ...draft,
  }));
}

function sealing(decider: Decider): Pick<Decider, 'crypto' | 'keys'> {
  return { crypto: decider.crypto, keys: decider.keys };
}
