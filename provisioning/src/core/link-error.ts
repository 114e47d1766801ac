import { assertNever } from '@chiavetta/protocol/bytes';
import type { LinkFailure, WireErrorName } from '@chiavetta/protocol/wire';
import { wireErrorName } from '@chiavetta/protocol/wire';
import type { OperatorError } from './operator-error.ts';

/** What a failed exchange means to the person at the port. */
export function linkError(failure: LinkFailure, path: string): OperatorError {
  switch (failure.code) {
    case 'no_answer':
    case 'too_slow':
      return { id: 'NO_ANSWER', fields: { path } };
    case 'not_a_token':
      return { id: 'NOT_A_TOKEN', fields: { path } };
    case 'noise':
      return { id: 'NOISE', fields: { path } };
    case 'wait_expired':
      return { id: 'TOKEN_REFUSED', fields: { path, reason: 'nobody pressed OK on it in time' } };
    case 'broken_rule':
      return failure.rule === 'bad_version'
        ? { id: 'VERSION', fields: { path } }
        : { id: 'NOT_A_TOKEN', fields: { path } };
    case 'refused':
      return refusal(wireErrorName(failure.errorCode), failure.errorCode, path);
    default:
      return assertNever(failure);
  }
}

function refusal(name: WireErrorName | undefined, errorCode: number, path: string): OperatorError {
  switch (name) {
    case 'version':
      return { id: 'VERSION', fields: { path } };
    // A frame that arrived whole but did not open under the session's key was changed by somebody: never retried.
    case 'sessionDead':
    case 'tamper':
      return { id: 'TAMPER', fields: { path } };
    case 'authority':
      return { id: 'AUTH_REJECTED', fields: { path, reason: "its anchor is another bank's" } };
    case 'ticket':
      return { id: 'AUTH_REJECTED', fields: { path, reason: 'the ticket does not fit this token' } };
    case 'storage':
      return { id: 'STORAGE', fields: { path } };
    case 'refusedByPerson':
      return { id: 'TOKEN_REFUSED', fields: { path, reason: 'it was refused at the token' } };
    case 'blocked':
      return { id: 'TOKEN_REFUSED', fields: { path, reason: 'it is blocked' } };
    case 'unsupported':
      return { id: 'TOKEN_REFUSED', fields: { path, reason: 'this model cannot do it' } };
    case 'badState':
      return { id: 'TOKEN_REFUSED', fields: { path, reason: 'it is in the middle of something else' } };
    case 'badLength':
      return { id: 'NOISE', fields: { path } };
    case undefined:
      return { id: 'TOKEN_REFUSED', fields: { path, reason: `it gave error ${errorCode}` } };
    default:
      return assertNever(name);
  }
}
