import type { RequestRecord } from '../staff-records.ts';
import type { DeviceOperation, Token } from '../token-record.ts';
import type { StaffAnswer } from './staff-answer.ts';
import { refuse } from './staff-answer.ts';

/** A request with the state that it has now: one that waited too long is expired. */
export function requestAt(request: RequestRecord, nowMs: number, lifetimeMs: number): RequestRecord {
  const isOpen = request.state === 'waiting' || request.state === 'approved';
  const sinceMs = request.decidedAtMs ?? request.atMs;
  return isOpen && nowMs - sinceMs >= lifetimeMs ? { ...request, state: 'expired' } : request;
}

/** Operations that one person may start without a request: a fresh seed in an unbound fob, and taking keys away. */
export function needsRequest(operation: DeviceOperation): boolean {
  return operation !== 'provision' && operation !== 'revoke';
}

/** Whether the request, as it stands now, lets this operation begin on this device. */
export function checkRequest(
  request: RequestRecord | undefined,
  job: { readonly operation: DeviceOperation; readonly serial: string },
): StaffAnswer<RequestRecord> {
  if (request === undefined) return refuse('SERVER_REFUSED', 'there is no such request');
  const wanted = operationsOf(request);
  if (!wanted.includes(job.operation)) {
    return refuse('SERVER_REFUSED', `the request is for ${request.operation}, not for ${job.operation}`);
  }
  if (request.serial !== job.serial) {
    return refuse('WRONG_DEVICE', 'the request is for another device', {
      expected: request.serial,
      found: job.serial,
    });
  }
  switch (request.state) {
    case 'approved':
      return { ok: true, value: request };
    case 'waiting':
      return refuse('WAITS_FOR_APPROVAL', 'a second person, a supervisor, has not approved the request yet', {
        requestId: request.requestId,
      });
    case 'rejected':
      return refuse('SERVER_REFUSED', 'the request was rejected');
    case 'used':
      return refuse('SERVER_REFUSED', 'the request was carried out before: there is nothing left to do');
    default:
      return refuse('SERVER_REFUSED', 'the request has expired: make a new one');
  }
}

/** Which serial operations carry a request out: a fob's binding may ride on its provisioning. */
function operationsOf(request: RequestRecord): readonly DeviceOperation[] {
  const { operation } = request;
  return operation === 'bind' || operation === 'replace' ? ['bind', 'provision'] : [operation];
}

/** Whether some customer still uses the token. */
export function isInUse(token: Pick<Token<unknown>, 'bindings'>): boolean {
  return token.bindings.some((one) => one.overlay !== 'REVOKED');
}

/** Whether a customer's binding may lie in this slot of the token. */
export function isSlotFree(token: Pick<Token<unknown>, 'bindings'>, slot: number): boolean {
  return !token.bindings.some((one) => one.slot === slot && one.overlay !== 'REVOKED');
}
