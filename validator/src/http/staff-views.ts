import type { TUnsafe } from 'typebox';
import { Type } from 'typebox';
import type { RequestRecord } from '../core/staff-records.ts';
import type { CustomerView, OperatorView, StockView } from '../service/staff/staff-services.ts';

const text = Type.String();
const optionalText = Type.Optional(Type.String());
const whole = Type.Integer();

/** What staff see of an operator. */
export const operatorSchema: TUnsafe<OperatorView> = Type.Unsafe(
  Type.Object({ name: text, role: text, disabled: Type.Boolean(), createdAtMs: whole }),
);

const bindingSchema = Type.Object({
  customerId: text,
  slot: whole,
  state: text,
  overlay: text,
  lock: text,
  pairingsToday: whole,
  lastAccepted: optionalText,
  lastRefusal: optionalText,
  notes: Type.Array(text),
});

/** What staff see of a token; one that only a manifest announced has no kind and no bindings yet. */
export const tokenSchema: TUnsafe<StockView> = Type.Unsafe(
  Type.Object({
    serial: text,
    kind: optionalText,
    device: text,
    prekeysLeft: Type.Optional(whole),
    bindings: Type.Optional(Type.Array(bindingSchema)),
    notes: Type.Array(text),
  }),
);

/** What staff see of a customer. */
export const customerSchema: TUnsafe<CustomerView> = Type.Unsafe(
  Type.Object({
    customerId: text,
    userCode: text,
    name: text,
    email: text,
    label: text,
    referente: optionalText,
    account: text,
    blockReason: optionalText,
    asksBirthDate: Type.Boolean(),
    tokens: Type.Array(tokenSchema),
    lastRefusal: optionalText,
  }),
);

/** Something that two people have to want. */
export const requestSchema: TUnsafe<RequestRecord> = Type.Unsafe(
  Type.Object({
    requestId: text,
    operation: text,
    serial: text,
    customerId: optionalText,
    oldSerial: optionalText,
    slot: Type.Optional(whole),
    reason: text,
    requester: text,
    approver: optionalText,
    state: text,
    atMs: whole,
    decidedAtMs: Type.Optional(whole),
  }),
);
