import { assert } from '@chiavetta/protocol/bytes';
import { sealPair2 } from '@chiavetta/protocol/otc';
import type { AuditDraft } from '../ports/audit-log.ts';
import type { Mail } from '../ports/mail.ts';
import { putOtcBinding } from './binding-changes.ts';
import type { ChallengeState, SessionRecord, StoredAnswer } from './challenge-record.ts';
import {
  fobAccepted,
  loginAccepted,
  loginFailed,
  overChallenge,
  pairingDone,
  pairingFailed,
} from './code-effects.ts';
import type { CustomerRecord } from './customer-record.ts';
import type { Decider } from './decision.ts';
import { unpackPairing } from './generation-secrets.ts';
import { hedgeFor, pictureSession } from './issue-challenge.ts';
import { blockMails, noticeMails } from './notices.ts';
import type { Refusal } from './refusal.ts';
import { bindingIn } from './send-checks.ts';
import { basisOf } from './session-basis.ts';
import type { OpenSecret, OtcBinding, OtcToken, TokenState } from './token-record.ts';
import type { Evaluation } from './typed-code.ts';

/** Everything that one code changes; `code-change.ts` makes one commit of it. */
export type CodeResult = {
  readonly answer: StoredAnswer['answer'];
  readonly challenge: ChallengeState;
  /** False: a refusal that changes nothing of the challenge. */
  readonly isChallengeChanged: boolean;
  /** Absent: the token stays as it is. */
  readonly token?: TokenState;
  /** PAIR2. */
  readonly nextChallenge?: ChallengeState;
  readonly session?: SessionRecord;
  /** What the customer's record remembers for staff. */
  readonly customerRefusal?: Refusal;
  readonly audit: readonly Omit<AuditDraft, 'subject'>[];
  readonly mails: readonly Mail[];
};

/** A code that may be evaluated: its challenge is live and current, and nothing is blocked. */
export type LiveCode = {
  readonly challenge: ChallengeState;
  readonly customer: CustomerRecord;
  readonly token: TokenState;
  readonly slot: number;
  /** As typed, cleaned: one, or two consecutive ones. */
  readonly codes: readonly string[];
};

type Right = Exclude<Evaluation, { readonly outcome: 'wrong' }>;
type Wrong = Extract<Evaluation, { readonly outcome: 'wrong' }>;

/** A right code: it opens one session, or the second half of a pairing. */
export function codeAccepted(decider: Decider, live: LiveCode, right: Right): CodeResult {
  const { token, challenge } = live;
  if (token.kind === 'fob') {
    assert(right.outcome === 'right_fob', 'a fob is asked for a fob code');
    const after = fobAccepted(decider, token, { ...right, codes: live.codes });
    const detail = { offset: right.offset, codes: live.codes.length };
    return sessionOpened(decider, live, { token: after, detail, mails: [], event: 'code.accepted' });
  }
  const binding = otcBinding(token, live.slot);
  if (challenge.task.tag === 'pair1') return pair2Issued(decider, live, { token, binding });
  if (challenge.task.tag === 'pair2') {
    const after = pairingDone(decider, token, binding);
    const mails = noticeMails(live.customer, { kind: 'pairing-done', fields: { serial: token.serial } });
    const detail = { generation: challenge.task.generation };
    return sessionOpened(decider, live, { token: after, detail, mails, event: 'pairing.done' });
  }
  const after = loginAccepted(decider, token, binding);
  return sessionOpened(decider, live, { token: after, detail: {}, mails: [], event: 'code.accepted' });
}

/** A wrong code: counted exactly once, in the same change that refuses it. */
export function codeFailed(decider: Decider, live: LiveCode, wrong: Wrong): CodeResult {
  const { challenge, token, slot } = live;
  const refusal: Refusal = {
    reason: wrong.reason,
    atMs: decider.nowMs,
    ...(wrong.usedAtMs === undefined ? {} : { usedAtMs: wrong.usedAtMs }),
  };
  const triesLeft = challenge.triesLeft - 1;
  const isVoid = triesLeft <= 0;
  const left = { ...challenge, triesLeft };
  const base = {
    answer: { outcome: 'refused' },
    isChallengeChanged: true,
    challenge: isVoid ? overChallenge(left, 'void', decider.nowMs) : left,
  } as const;
  const refused = { event: 'code.refused', reason: wrong.reason, detail: { kind: challenge.task.tag } };
  if (token.kind === 'otc' && challenge.task.tag !== 'login') {
    const after = pairingFailed(token, otcBinding(token, slot), { refusal, isVoid });
    const fields = { serial: token.serial };
    return {
      ...base,
      token: after,
      audit: isVoid ? [refused, { event: 'pairing.failed', reason: 'no tries left' }] : [refused],
      mails: isVoid ? noticeMails(live.customer, { kind: 'pairing-failed', fields }) : [],
    };
  }
  const after = loginFailed(decider, token, { slot, refusal, isVoid });
  const lock = bindingIn(after, slot)?.lock;
  const event =
    lock?.tag === 'LOCKED' ? 'factor.locked' : lock?.tag === 'COOLING' ? 'factor.cooling' : undefined;
  const detail = { failures: lock?.failures ?? 0 };
  return {
    ...base,
    token: after,
    audit: event === undefined ? [refused] : [refused, { event, reason: 'wrong codes in a row', detail }],
    mails:
      event === undefined
        ? []
        : blockMails(decider, live.customer, {
            kind: 'codes-blocked',
            fields: { serial: token.serial, until: event === 'factor.locked' ? 'branch' : '15 minutes' },
          }),
  };
}

function sessionOpened(
  decider: Decider,
  live: LiveCode,
  done: {
    readonly token: TokenState;
    readonly event: string;
    readonly detail: Readonly<Record<string, number>>;
    readonly mails: readonly Mail[];
  },
): CodeResult {
  const { customer, challenge } = live;
  const pinChangeOnly = customer.pin.initial;
  const binding = bindingIn(done.token, live.slot);
  assert(binding !== undefined, 'the challenge names a bound slot');
  return {
    answer: { outcome: 'session', pinChangeOnly },
    isChallengeChanged: true,
    challenge: overChallenge(challenge, 'used', decider.nowMs),
    token: done.token,
    session: {
      customerId: customer.customerId,
      serial: done.token.serial,
      portalSession: challenge.portalSession,
      challengeId: challenge.challengeId,
      openedAtMs: decider.nowMs,
      lastSeenMs: decider.nowMs,
      pinChangeOnly,
      wrongPins: 0,
      basis: basisOf(customer, binding),
    },
    audit: [{ event: done.event, detail: { ...done.detail, kind: challenge.task.tag, pinChangeOnly } }],
    mails: done.mails,
  };
}

/** The 10 digits were right: PAIR2 is made once, stored with its state, and re-sent byte for byte. */
function pair2Issued(
  decider: Decider,
  live: LiveCode,
  at: { readonly token: OtcToken<OpenSecret>; readonly binding: OtcBinding<OpenSecret> },
): CodeResult {
  const { challenge } = live;
  const { binding, token } = at;
  const { pairing } = binding;
  assert(pairing !== undefined, 'a current PAIR1 has its attempt');
  const secrets = unpackPairing(pairing.keys);
  const sealed = sealPair2(decider.crypto, {
    slot: binding.slot,
    hintKey: binding.hintKey.bytes,
    pending: { ...secrets, generation: pairing.generation, pairingCounter: pairing.counter },
    content: {
      timeS: Math.floor(decider.nowMs / 1000),
      session: pictureSession(decider, challenge.portalSession),
      label: binding.label,
    },
    hedge: hedgeFor(decider, at),
  });
  assert(sealed.ok, 'a label that a PAIR1 carried fits a PAIR2');
  const { challengeId } = decider.random;
  const expiresAtMs = decider.nowMs + decider.policy.challenge.pair1Ms;
  const { payload } = sealed.value;
  return {
    answer: { outcome: 'continue', challengeId, payload, expiresAtMs },
    isChallengeChanged: true,
    challenge: overChallenge(challenge, 'used', decider.nowMs),
    token: putOtcBinding(token, {
      ...binding,
      state: 'P2',
      pairing: { ...pairing, challengeId, expiresAtMs },
    }),
    nextChallenge: {
      ...challenge,
      challengeId,
      issuedAtMs: decider.nowMs,
      expiresAtMs,
      triesLeft: decider.policy.pairing.triesPerStep,
      answers: [],
      task: { tag: 'pair2', payload, generation: pairing.generation, secret: { bytes: secrets.kRoot } },
    },
    audit: [{ event: 'pairing.first_code', detail: { generation: pairing.generation } }],
    mails: [],
  };
}

function otcBinding(token: OtcToken<OpenSecret>, slot: number): OtcBinding<OpenSecret> {
  const binding = token.bindings.find((one) => one.slot === slot);
  assert(binding !== undefined, 'the challenge names a bound slot');
  return binding;
}
