import type { RequestOperation, RequestRecord } from '../staff-records.ts';
import type { StoredCustomer, StoredToken } from '../stored.ts';
import type { TokenRecord } from '../token-record.ts';
import { isInUse, isSlotFree } from './device-request.ts';
import type { StaffAnswer } from './staff-answer.ts';
import { refuse } from './staff-answer.ts';

/** What a clerk asks for. Serials are in 12 digits. */
export type RequestForm = {
  readonly operation: RequestOperation;
  readonly serial: string;
  readonly customerId?: string;
  readonly oldSerial?: string;
  readonly slot?: number;
  readonly reason: string;
};

/** The rows that a request is checked against. */
export type RequestRecords = {
  readonly token: StoredToken | undefined;
  /** Whether a manifest announced the serial. */
  readonly isShipped: boolean;
  readonly customer: StoredCustomer | undefined;
  readonly oldToken: StoredToken | undefined;
};

const SLOTS = [0, 1, 2, 3, 4, 5, 6, 7];

/** What the request says once its gaps are filled, or why it makes no sense: asked before it is stored, and before it is done. */
export function checkRequestForm(
  form: RequestForm,
  records: RequestRecords,
): StaffAnswer<Pick<RequestRecord, 'slot' | 'customerId' | 'oldSerial'>> {
  const token = records.token?.value;
  if (form.slot !== undefined && !SLOTS.includes(form.slot)) {
    return refuse('SERVER_REFUSED', 'a slot is a number from 0 to 7');
  }
  if (token === undefined && !records.isShipped) {
    return refuse('SERVER_REFUSED', `the serial ${form.serial} is not known: no manifest has announced it`);
  }
  if (token?.device === 'RETIRED') return refuse('SERVER_REFUSED', 'the device was retired');
  if (form.operation === 'bind' || form.operation === 'replace') return checkBinding(form, records);
  if (token === undefined || !isInUse(token)) return refuse('SERVER_REFUSED', 'no customer uses the device');
  if (token.kind === 'fob' && form.operation !== 'unlock') {
    return refuse('SERVER_REFUSED', `a key fob has no ${form.operation}: replace it`);
  }
  const theirs = token.bindings.filter(
    (one) =>
      one.overlay !== 'REVOKED' &&
      (form.customerId === undefined || one.customerId === form.customerId) &&
      (form.slot === undefined || one.slot === form.slot),
  );
  const binding = theirs[0];
  if (binding === undefined) return refuse('SERVER_REFUSED', 'the customer does not use this device');
  return { ok: true, value: { slot: binding.slot, customerId: binding.customerId } };
}

function checkBinding(
  form: RequestForm,
  records: RequestRecords,
): StaffAnswer<Pick<RequestRecord, 'slot' | 'customerId' | 'oldSerial'>> {
  const token = records.token?.value;
  if (records.customer === undefined) return refuse('SERVER_REFUSED', 'there is no such customer');
  if (token?.blocked !== undefined) {
    return refuse('SERVER_REFUSED', `the device is blocked: ${token.blocked.reason}`);
  }
  const customerId = records.customer.id;
  const slot = token === undefined ? (form.slot ?? 0) : freeSlot(token, form.slot);
  if (slot === undefined) return refuse('SERVER_REFUSED', 'the device is in use');
  if (form.operation === 'bind') return { ok: true, value: { slot, customerId } };
  const { oldToken } = records;
  if (oldToken === undefined || oldToken.id === form.serial) {
    return refuse(
      'SERVER_REFUSED',
      'a replacement names the device that is replaced, another than the new one',
    );
  }
  const isTheirs = oldToken.value.bindings.some(
    (one) => one.customerId === customerId && one.overlay !== 'REVOKED',
  );
  if (!isTheirs)
    return refuse('SERVER_REFUSED', 'the customer does not use the device that is to be replaced');
  return { ok: true, value: { slot, customerId, oldSerial: oldToken.id } };
}

/** The slot for a new customer. One that never held keys comes first: the token refuses BIND over keys. */
function freeSlot(token: TokenRecord, wanted: number | undefined): number | undefined {
  if (token.kind === 'fob') return isInUse(token) ? undefined : 0;
  if (wanted !== undefined) return isSlotFree(token, wanted) ? wanted : undefined;
  const unused = SLOTS.find((slot) => !token.bindings.some((one) => one.slot === slot));
  return unused ?? SLOTS.find((slot) => isSlotFree(token, slot));
}
