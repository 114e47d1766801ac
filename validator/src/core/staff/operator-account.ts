import { asciiBytes, concatBytes, equalConstantTime } from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { StoredRecord } from '../../ports/store.ts';
import { changeOf } from '../../ports/store.ts';
import type { Decider } from '../decision.ts';
import type { RecordTypes } from '../records.ts';
import type { OperatorRecord, OperatorRole, OperatorSessionRecord } from '../staff-records.ts';
import type { Actor, StaffAnswer } from './staff-answer.ts';
import { refuse } from './staff-answer.ts';
import type { StaffDecision } from './staff-decision.ts';
import { refuseDecision, unchanged } from './staff-decision.ts';

type Stored<K extends keyof RecordTypes & string> = StoredRecord<RecordTypes, K> | undefined;

const PASSWORD_LABEL = asciiBytes('chiavetta/v1 operator password');
const PASSWORD_CHARACTERS_MIN = 10;
const PASSWORD_CHARACTERS_MAX = 128;
const NAME = /^[a-z0-9][a-z0-9._@+-]{1,63}$/;
const MAIL_NAME = /^[^@]+@[^@]+$/;
/** However busy, nobody stays signed in longer. */
const SESSION_HOURS_MAX = 12;
/** A session in use is written down again at most this often. */
const TOUCH_MS = 60_000;
const OPERATOR_ID_MAX = 0xffff_ffff;
/** Of the program itself, which adds the first operators. People have higher numbers. */
const PROGRAM_ID = 0;

/** Names are compared as they are stored: two spellings of one name would be two people. */
export function operatorName(name: string): string {
  return name.trim().toLowerCase();
}

/** What is stored of a password: HMAC(pepper, scrypt(password, salt)). */
export function passwordVerifier(
  crypto: Crypto,
  job: { readonly pepper: Uint8Array; readonly stretched: Uint8Array },
): Uint8Array {
  return crypto.hmacSha256(job.pepper, concatBytes(PASSWORD_LABEL, job.stretched));
}

/** Adds a person or program that works at the bank's side. */
export function decideAddOperator(
  decider: Decider,
  records: { readonly operator: Stored<'operator'>; readonly count: Stored<'meta'> },
  job: {
    readonly actor: Actor;
    readonly name: string;
    readonly role: OperatorRole;
    readonly password: string;
    readonly salt: Uint8Array;
    readonly verifier: Uint8Array;
  },
): StaffDecision<OperatorRecord> {
  const { name, role, password, salt, verifier } = job;
  if (!NAME.test(name)) {
    return refuseDecision('SERVER_REFUSED', 'a name has 2 to 64 of the characters a-z 0-9 . _ @ + -');
  }
  if (role === 'referente' && !MAIL_NAME.test(name)) {
    return refuseDecision(
      'SERVER_REFUSED',
      'the name of a referente is the mail address that customers carry',
    );
  }
  if (password.length < PASSWORD_CHARACTERS_MIN || password.length > PASSWORD_CHARACTERS_MAX) {
    return refuseDecision(
      'SERVER_REFUSED',
      `a password has ${PASSWORD_CHARACTERS_MIN} to ${PASSWORD_CHARACTERS_MAX} characters`,
    );
  }
  if (records.operator !== undefined) return refuseDecision('SERVER_REFUSED', 'this name is taken');
  const operatorId = (records.count?.value.value ?? 0) + 1;
  if (operatorId > OPERATOR_ID_MAX)
    return refuseDecision('SERVER_REFUSED', 'there is no operator number left');
  const value: OperatorRecord = {
    ...{ name, operatorId, role, salt, verifier },
    createdAtMs: decider.nowMs,
    ...(job.actor.operatorId === PROGRAM_ID ? {} : { addedBy: job.actor.name }),
    disabled: false,
    wrongPasswords: 0,
  };
  return {
    answer: { ok: true, value },
    change: changeOf({
      puts: [
        { kind: 'operator', id: name, expected: 0, value },
        {
          kind: 'meta',
          id: 'operators',
          expected: records.count?.version ?? 0,
          value: { value: operatorId },
        },
      ],
      audit: [
        {
          subject: `operator:${name}`,
          event: 'operator.added',
          operator: job.actor.name,
          detail: { role, operatorId },
        },
      ],
    }),
  };
}

/** A new password for an operator who never could be told the one before. */
export function decideRenewPassword(
  records: { readonly operator: Stored<'operator'> },
  job: { readonly actor: Actor; readonly salt: Uint8Array; readonly verifier: Uint8Array },
): StaffDecision<undefined> {
  const { operator } = records;
  if (operator === undefined) return refuseDecision('SERVER_REFUSED', 'there is no such operator');
  const { actor, salt, verifier } = job;
  const value: OperatorRecord = { ...operator.value, salt, verifier };
  return {
    answer: { ok: true, value: undefined },
    change: changeOf({
      puts: [{ kind: 'operator', id: operator.id, expected: operator.version, value }],
      audit: [
        { subject: `operator:${operator.id}`, event: 'operator.password_renewed', operator: actor.name },
      ],
    }),
  };
}

/** A password was typed. Whatever is wrong is answered alike; too many wrong ones make the name rest. */
export function decideSignIn(
  decider: Decider,
  records: { readonly operator: Stored<'operator'> },
  attempt: { readonly mark: Uint8Array; readonly sessionId: string },
): StaffDecision<OperatorRecord> {
  const refused = refuse('SIGN_IN', 'name or password is wrong, or too many wrong ones were typed');
  const { operator } = records;
  const { nowMs, policy } = decider;
  const isRight = equalConstantTime(attempt.mark, operator?.value.verifier ?? new Uint8Array(32));
  if (operator === undefined || operator.value.disabled) return unchanged(refused);
  const { id, version: expected, value } = operator;
  if (value.coolingUntilMs !== undefined && nowMs < value.coolingUntilMs) return unchanged(refused);
  const { coolingUntilMs: _over, ...rest } = value;
  const subject = `operator:${id}`;
  if (!isRight) {
    const wrongPasswords = value.wrongPasswords + 1;
    const isTooMany = wrongPasswords >= policy.staff.wrongPasswordsMax;
    const counted: OperatorRecord = isTooMany
      ? { ...rest, wrongPasswords: 0, coolingUntilMs: nowMs + policy.staff.operatorCoolingMs }
      : { ...rest, wrongPasswords };
    return {
      answer: refused,
      change: changeOf({
        puts: [{ kind: 'operator', id, expected, value: counted }],
        audit: [{ subject, event: 'operator.sign_in_refused', operator: id, detail: { rests: isTooMany } }],
      }),
    };
  }
  const session: OperatorSessionRecord = {
    name: id,
    role: value.role,
    openedAtMs: nowMs,
    lastSeenMs: nowMs,
  };
  return {
    answer: { ok: true, value },
    change: changeOf({
      puts: [
        { kind: 'operatorSession', id: attempt.sessionId, expected: 0, value: session },
        { kind: 'operator', id, expected, value: { ...rest, wrongPasswords: 0 } },
      ],
      audit: [{ subject, event: 'operator.signed_in', operator: id }],
    }),
  };
}

/** Who holds a session, if it is still one. The role is the one that the operator has now. */
export function decideAuthenticate(
  decider: Decider,
  records: { readonly session: Stored<'operatorSession'>; readonly operator: Stored<'operator'> },
): StaffDecision<Actor> {
  const { session, operator } = records;
  const { nowMs, policy } = decider;
  if (session === undefined || operator === undefined || operator.value.disabled) {
    return refuseDecision('SIGN_IN', 'sign in first');
  }
  const { id, version: expected, value } = session;
  const restedMs = nowMs - value.lastSeenMs;
  const isOver =
    restedMs >= policy.staff.operatorInactivityMs ||
    nowMs - value.openedAtMs >= SESSION_HOURS_MAX * 3_600_000;
  if (isOver) {
    return {
      answer: refuse('SIGN_IN', 'the session has rested too long: sign in again'),
      change: changeOf({ removes: [{ kind: 'operatorSession', id, expected }] }),
    };
  }
  const { name, role, operatorId } = operator.value;
  const answer: StaffAnswer<Actor> = { ok: true, value: { name, role, operatorId } };
  if (restedMs < TOUCH_MS) return unchanged(answer);
  return {
    answer,
    change: changeOf({
      puts: [{ kind: 'operatorSession', id, expected, value: { ...value, lastSeenMs: nowMs } }],
    }),
  };
}
