import type { Result } from '@chiavetta/protocol/bytes';
import { ok } from '@chiavetta/protocol/bytes';
import type { CustomerRecord } from '../customer-record.ts';
import type { Relation, StaffAct } from './permission-matrix.ts';
import { isAllowed } from './permission-matrix.ts';
import type { Actor, StaffRefusal } from './staff-answer.ts';
import { refuse } from './staff-answer.ts';

const REASON_CHARACTERS_MAX = 200;

/** Refuses what the actor's role does not allow. */
export function checkAct(
  actor: Actor,
  act: StaffAct,
  relation: Relation = 'other',
): Result<undefined, StaffRefusal> {
  if (isAllowed({ role: actor.role, act, relation })) return ok(undefined);
  if (act === 'request.approve' && relation === 'own') {
    return refuse(
      'NOT_ALLOWED',
      'the person who made a request cannot approve it: another supervisor has to',
    );
  }
  const isOwnAllowed = isAllowed({ role: actor.role, act, relation: 'own' });
  const whose = actor.role === 'referente' && isOwnAllowed ? ' for customers of other companies' : '';
  return refuse('NOT_ALLOWED', `the role ${actor.role} does not allow this${whose}`);
}

/** A referente's own customers are those that carry the referente's mail address. */
export function relationTo(actor: Actor, customer: Pick<CustomerRecord, 'referente'> | undefined): Relation {
  const { referente } = customer ?? {};
  return referente !== undefined && referente.toLowerCase() === actor.name.toLowerCase() ? 'own' : 'other';
}

/** A reason is asked for whatever touches a customer or a device: it stands in the audit log. */
export function checkReason(reason: string): Result<string, StaffRefusal> {
  const trimmed = reason.trim();
  if (trimmed === '') return refuse('SERVER_REFUSED', 'a reason is needed');
  if (trimmed.length > REASON_CHARACTERS_MAX || /\p{Cc}/u.test(trimmed)) {
    return refuse('SERVER_REFUSED', `a reason is one line of at most ${REASON_CHARACTERS_MAX} characters`);
  }
  return ok(trimmed);
}
