import { formatSerial, parseSerial } from '@chiavetta/protocol/keys';
import { requestAt } from '../../core/staff/device-request.ts';
import { decideApprove, decideMakeRequest, decideReject } from '../../core/staff/request-changes.ts';
import type { RequestForm, RequestRecords } from '../../core/staff/request-form.ts';
import type { StaffAnswer } from '../../core/staff/staff-answer.ts';
import { refuse } from '../../core/staff/staff-answer.ts';
import { checkAct, checkReason } from '../../core/staff/staff-check.ts';
import type { RequestRecord } from '../../core/staff-records.ts';
import { decideAndCommit } from '../commit-loop.ts';
import { pageOf } from './page.ts';
import type { NewRequest, RequestService, StaffPorts } from './staff-services.ts';
import { findInSource } from './stock.ts';

/** Requests: what two people have to want. */
export function requestService(ports: StaffPorts): RequestService {
  return {
    make: async (actor, request) => {
      const allowed = checkAct(actor, 'request.make');
      if (!allowed.ok) return allowed;
      const form = formOf(request);
      if (!form.ok) return form;
      await findInSource(ports, { actor, serial: form.value.serial });
      return await decideAndCommit(ports, {
        read: async () => await requestRecords(ports, form.value),
        decide: (decider, records) => decideMakeRequest(decider, records, { actor, form: form.value }),
      });
    },
    list: async (actor, page) => {
      const allowed = checkAct(actor, 'request.list');
      if (!allowed.ok) return allowed;
      const found = await ports.store.list(pageOf('request', page));
      return { ok: true, value: found.map((one) => now(ports, one.value)) };
    },
    show: async (actor, requestId) => {
      const allowed = checkAct(actor, 'request.list');
      if (!allowed.ok) return allowed;
      const found = requestId === '' ? undefined : await ports.store.read('request', requestId);
      return found === undefined
        ? refuse('SERVER_REFUSED', 'there is no such request')
        : { ok: true, value: now(ports, found.value) };
    },
    approve: async (actor, requestId) =>
      await decideAndCommit(ports, {
        read: async () => {
          const request = requestId === '' ? undefined : await ports.store.read('request', requestId);
          const [requester, approver] = await ports.store.readMany([
            { kind: 'operator', id: request?.value.requester ?? actor.name },
            { kind: 'operator', id: actor.name },
          ]);
          return { request, requester, approver, ...(await requestRecords(ports, request?.value)) };
        },
        decide: (decider, records) => decideApprove(decider, records, { actor }),
      }),
    reject: async (actor, job) => {
      const reason = checkReason(job.reason);
      if (!reason.ok) return reason;
      return await decideAndCommit(ports, {
        read: async () => {
          const { requestId } = job;
          const request = requestId === '' ? undefined : await ports.store.read('request', requestId);
          return { request, ...(await requestRecords(ports, request?.value)) };
        },
        decide: (decider, records) => decideReject(decider, records, { actor, reason: reason.value }),
      });
    },
  };
}

function formOf(request: NewRequest): StaffAnswer<RequestForm> {
  const reason = checkReason(request.reason);
  if (!reason.ok) return reason;
  const serial = parseSerial(request.serial);
  const oldSerial = request.oldSerial === undefined ? undefined : parseSerial(request.oldSerial);
  if (!serial.ok || oldSerial?.ok === false) {
    return refuse('SERVER_REFUSED', 'a serial is a number of up to 12 digits');
  }
  return {
    ok: true,
    value: {
      ...request,
      serial: formatSerial(serial.value),
      ...(oldSerial === undefined ? {} : { oldSerial: formatSerial(oldSerial.value) }),
      reason: reason.value,
    },
  };
}

async function requestRecords(
  ports: StaffPorts,
  form: Pick<RequestForm, 'serial' | 'customerId' | 'oldSerial'> | RequestRecord | undefined,
): Promise<RequestRecords> {
  const [token, shipped, customer, oldToken] = await ports.store.readMany([
    { kind: 'token', id: form?.serial ?? 'none' },
    { kind: 'shipped', id: form?.serial ?? 'none' },
    { kind: 'customer', id: form?.customerId ?? 'none' },
    { kind: 'token', id: form?.oldSerial ?? 'none' },
  ]);
  const isBlocked = shipped?.value.blocked !== undefined;
  return { token, isShipped: shipped !== undefined && !isBlocked, customer, oldToken };
}

function now(ports: StaffPorts, request: RequestRecord): RequestRecord {
  return requestAt(request, ports.clock.nowMs(), ports.policy.staff.requestMs);
}
