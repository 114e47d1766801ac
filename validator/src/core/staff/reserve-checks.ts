import type { StoredRecord } from '../../ports/store.ts';
import type { Decider } from '../decision.ts';
import type { RecordTypes } from '../records.ts';
import type { RequestRecord } from '../staff-records.ts';
import type { StoredCustomer, StoredToken } from '../stored.ts';
import type { DeviceOperation, TokenState } from '../token-record.ts';
import type { ShownDevice } from './device-check.ts';
import { checkRequest, isInUse, isSlotFree, needsRequest, requestAt } from './device-request.ts';
import type { Actor, StaffAnswer } from './staff-answer.ts';
import { refuse } from './staff-answer.ts';

/** A record as it was read, if there was one. */
export type Stored<K extends keyof RecordTypes & string> = StoredRecord<RecordTypes, K> | undefined;

/** Everything that a reservation is decided on, read at one moment. */
export type ReserveRecords = {
  readonly token: StoredToken | undefined;
  readonly shipped: Stored<'shipped'>;
  readonly keys: readonly [Stored<'deviceKey'>, Stored<'deviceKey'>];
  readonly request: Stored<'request'>;
  readonly customer: StoredCustomer | undefined;
  readonly requester: Stored<'operator'>;
  readonly approver: Stored<'operator'>;
  readonly epoch: Stored<'meta'>;
};

/** What a person at the branch asked for, and what the device showed. */
export type ReserveJob = {
  readonly actor: Actor;
  readonly operation: DeviceOperation;
  readonly requestId?: string;
  readonly expectedSerial?: string;
  readonly slot?: number;
  readonly shown: ShownDevice;
  readonly makerRoots: readonly Uint8Array[];
  readonly issuerCertificates: readonly Uint8Array[];
  readonly ticketSecret: Uint8Array;
};

/** What an operation that may begin is about, and who wanted it. */
export type Allowed = {
  readonly slot: number;
  readonly customerId?: string;
  readonly request: RequestRecord | undefined;
  readonly approvers: readonly [number, number];
  readonly operators: readonly string[];
};

/** Whether the operation may begin on this genuine device: what it is, what was approved, and what state it is in. */
export function checkOperation(job: {
  readonly decider: Decider;
  readonly records: Pick<ReserveRecords, 'request' | 'requester' | 'approver'>;
  readonly job: ReserveJob;
  readonly token: TokenState;
}): StaffAnswer<Allowed> {
  const { decider, records, token } = job;
  const { operation, requestId, actor } = job.job;
  if (token.kind === 'fob' && operation !== 'provision') {
    return refuse(
      'SERVER_REFUSED',
      'a key fob is bound and unlocked by the approval alone: no cable is needed',
    );
  }
  if (token.kind === 'otc' && operation === 'provision') {
    return refuse('SERVER_REFUSED', 'an optical token gets its keys by BIND: there is no seed to provision');
  }
  let request: RequestRecord | undefined;
  if (requestId !== undefined || needsRequest(operation)) {
    if (requestId === undefined) {
      return refuse('WAITS_FOR_APPROVAL', `${operation} needs a request that a second person has approved`);
    }
    const stored = records.request?.value;
    const now = stored && requestAt(stored, decider.nowMs, decider.policy.staff.requestMs);
    const checked = checkRequest(now, { operation, serial: token.serial });
    if (!checked.ok) return checked;
    request = checked.value;
  }
  const slot = request?.slot ?? job.job.slot ?? 0;
  const fits = checkState({ job: job.job, token, slot, request });
  if (!fits.ok) return fits;
  const binding = token.bindings.find((one) => one.slot === slot && one.overlay !== 'REVOKED');
  const customerId = request?.customerId ?? binding?.customerId;
  const people = request === undefined ? [actor.name] : [request.requester, request.approver ?? ''];
  const first = request === undefined ? actor.operatorId : records.requester?.value.operatorId;
  const second = request === undefined ? 0 : records.approver?.value.operatorId;
  if (first === undefined || second === undefined || people.includes('')) {
    return refuse('SERVER_REFUSED', 'the people who made and approved the request are not known any more');
  }
  return {
    ok: true,
    value: {
      slot,
      ...(customerId === undefined ? {} : { customerId }),
      request,
      approvers: [first, second],
      operators: [...new Set([...people, actor.name])],
    },
  };
}

function checkState(job: {
  readonly job: ReserveJob;
  readonly token: TokenState;
  readonly slot: number;
  readonly request: RequestRecord | undefined;
}): StaffAnswer<undefined> {
  const { token, slot } = job;
  const { operation, expectedSerial } = job.job;
  if (operation === 'provision' && token.kind === 'fob') {
    const fields = { serial: token.serial };
    if (isInUse(token)) {
      return refuse(
        'ALREADY_PROVISIONED',
        'a customer uses this key fob: a new seed would lock them out',
        fields,
      );
    }
    if (token.otp !== undefined && expectedSerial === undefined) {
      return refuse(
        'ALREADY_PROVISIONED',
        'this key fob has a seed: name its serial to give it a new one',
        fields,
      );
    }
  }
  if (operation === 'bind' && !isSlotFree(token, slot)) {
    return refuse('SERVER_REFUSED', `slot ${slot} of the device is in use`);
  }
  if ((operation === 'reset' || operation === 'rekey') && isSlotFree(token, slot)) {
    return refuse('SERVER_REFUSED', `no customer uses slot ${slot} of the device`);
  }
  if (operation === 'unlock' && !isInUse(token)) {
    return refuse('SERVER_REFUSED', 'no customer uses the device');
  }
  return { ok: true, value: undefined };
}
