import { assert, toHex } from '@chiavetta/protocol/bytes';
import { pinVerifier } from '../../core/account-pin.ts';
import { accountState } from '../../core/customer-record.ts';
import type { Decider } from '../../core/decision.ts';
import { describeToken, explainLastRefusal } from '../../core/describe-token.ts';
import type { CustomerRecords, FreshPin } from '../../core/staff/customer-changes.ts';
import {
  decideAddCustomer,
  decideBlockCustomer,
  decideNewPin,
  decideReinstate,
} from '../../core/staff/customer-changes.ts';
import { firstPinFrom, userCodeFrom } from '../../core/staff/customer-form.ts';
import type { StaffAct } from '../../core/staff/permission-matrix.ts';
import type { Actor, StaffAnswer } from '../../core/staff/staff-answer.ts';
import { refuse } from '../../core/staff/staff-answer.ts';
import { checkAct, checkReason, relationTo } from '../../core/staff/staff-check.ts';
import type { StaffDecision } from '../../core/staff/staff-decision.ts';
import { unchanged } from '../../core/staff/staff-decision.ts';
import type { StoredCustomer } from '../../core/stored.ts';
import { decideAndCommit } from '../commit-loop.ts';
import type { CustomerService, CustomerView, StaffPorts } from './staff-services.ts';
import { viewJob } from './token-views.ts';

const DIGIT_RANDOM_BYTES = 64;
const ID_BYTES = 8;
const SALT_BYTES = 16;
const DRAWS_MAX = 100;

/** Customers as staff handle them. Nobody is ever asked for a PIN or a code, and no answer has one. */
export function customerService(ports: StaffPorts): CustomerService {
  return {
    add: async (actor, customer) => await add(ports, actor, customer),
    show: async (actor, idOrUserCode) => {
      const customer = await find(ports, idOrUserCode);
      const allowed = checkCustomerAct(actor, 'customer.show', customer);
      if (!allowed.ok) return allowed;
      return { ok: true, value: await view(ports, allowed.value) };
    },
    block: async (actor, job) =>
      await act(
        ports,
        { actor, act: 'customer.block', ...job },
        {
          prepare: async () => undefined,
          decide: (decider, records, reason) =>
            decideBlockCustomer(decider, records, { actor, reason, what: job.what ?? 'all' }),
        },
      ),
    reinstate: async (actor, job) =>
      await act(
        ports,
        { actor, act: 'customer.reinstate', ...job },
        {
          prepare: async () => (job.newPin ? await freshPin(ports) : undefined),
          decide: (decider, records, reason, pin) =>
            decideReinstate(decider, records, { actor, reason, ...(pin === undefined ? {} : { pin }) }),
        },
      ),
    newPin: async (actor, job) =>
      await act(
        ports,
        { actor, act: 'customer.new_pin', ...job },
        {
          prepare: async () => await freshPin(ports),
          decide: (decider, records, reason, pin) => {
            assert(pin !== undefined, 'a PIN was drawn');
            return decideNewPin(decider, records, { actor, reason, pin });
          },
        },
      ),
  };
}

async function add(
  ports: StaffPorts,
  actor: Actor,
  form: Parameters<CustomerService['add']>[1],
): ReturnType<CustomerService['add']> {
  const allowed = checkAct(actor, 'customer.add');
  if (!allowed.ok) return allowed;
  for (let draws = 0; draws < DRAWS_MAX; draws += 1) {
    const customerId = `c${toHex(ports.entropy(ID_BYTES))}`;
    const added = await decideAndCommit(ports, {
      read: async () => {
        const userCode = drawn(() => userCodeFrom(ports.entropy(DIGIT_RANDOM_BYTES)));
        const pin = await freshPin(ports);
        return { known: await ports.store.read('userCode', userCode), userCode, pin };
      },
      decide: (decider, { known, userCode, pin }) =>
        decideAddCustomer(decider, { userCode: known }, { actor, form, customerId, userCode, pin }),
    });
    if (!added.ok) return added;
    if (added.value !== 'again') return { ok: true, value: { customerId, userCode: added.value.userCode } };
  }
  return refuse('SERVER_REFUSED', 'no User Code is free');
}

/** One act of staff on a customer: who may, why, and then the decision on fresh records. */
async function act(
  ports: StaffPorts,
  job: {
    readonly actor: Actor;
    readonly act: StaffAct;
    readonly customerId: string;
    readonly reason: string;
  },
  steps: {
    readonly prepare: () => Promise<FreshPin | undefined>;
    readonly decide: (
      decider: Decider,
      records: CustomerRecords,
      reason: string,
      pin: FreshPin | undefined,
    ) => StaffDecision<unknown>;
  },
): Promise<StaffAnswer<CustomerView>> {
  const reason = checkReason(job.reason);
  if (!reason.ok) return reason;
  const done = await decideAndCommit(ports, {
    read: async () => {
      const customer = await find(ports, job.customerId);
      const keys = (customer?.value.factors ?? []).map(({ serial }) => serial);
      const ids = [...new Set(keys)].map((id) => ({ kind: 'token', id }) as const);
      const tokens = (await ports.store.readMany(ids)).filter((one) => one !== undefined);
      return { customer, tokens, pin: await steps.prepare() };
    },
    decide: (decider, { customer, tokens, pin }) => {
      const allowed = checkCustomerAct(job.actor, job.act, customer);
      if (!allowed.ok) return unchanged(allowed);
      return steps.decide(decider, { customer: allowed.value, tokens }, reason.value, pin);
    },
  });
  if (!done.ok) return done;
  const customer = await find(ports, job.customerId);
  assert(customer !== undefined, 'a customer is never removed');
  return { ok: true, value: await view(ports, customer) };
}

/** A referente learns nothing about customers of others: not even whether they exist. */
function checkCustomerAct(
  actor: Actor,
  act: StaffAct,
  customer: StoredCustomer | undefined,
): StaffAnswer<StoredCustomer> {
  const allowed = checkAct(actor, act, relationTo(actor, customer?.value));
  if (!allowed.ok) return allowed;
  return customer === undefined
    ? refuse('SERVER_REFUSED', 'there is no such customer')
    : { ok: true, value: customer };
}

async function find(ports: StaffPorts, idOrUserCode: string): Promise<StoredCustomer | undefined> {
  if (idOrUserCode === '') return undefined;
  const code = idOrUserCode.replaceAll(/[ -]/g, '');
  const byCode = /^[0-9]{8}$/.test(code) ? await ports.store.read('userCode', code) : undefined;
  return await ports.store.read('customer', byCode?.value.customerId ?? idOrUserCode);
}

async function view(ports: StaffPorts, { value }: StoredCustomer): Promise<CustomerView> {
  const { customerId, userCode, name, email, label, referente, block, birthDate } = value;
  const serials = [...new Set(value.factors.map((factor) => factor.serial))];
  const keys = serials.map((id) => ({ kind: 'token', id }) as const);
  const tokens = (await ports.store.readMany(keys)).filter((one) => one !== undefined);
  const job = viewJob(ports);
  const lastRefusal = explainLastRefusal({ customer: value, tokens: tokens.map((one) => one.value) }, job);
  return {
    ...{ customerId, userCode, name, email, label },
    ...(referente === undefined ? {} : { referente }),
    account: accountState(value),
    ...(block === undefined ? {} : { blockReason: `${block.reason} (${job.timeOf(block.atMs)})` }),
    asksBirthDate: birthDate !== undefined,
    tokens: tokens.map((one) => describeToken(one.value, job)),
    ...(lastRefusal === undefined ? {} : { lastRefusal }),
  };
}

async function freshPin(ports: StaffPorts): Promise<FreshPin> {
  const digits = drawn(() => firstPinFrom(ports.entropy(DIGIT_RANDOM_BYTES), ports.policy));
  const salt = ports.entropy(SALT_BYTES);
  const stretched = await ports.scrypt(new TextEncoder().encode(digits), salt);
  return {
    digits,
    salt,
    verifier: pinVerifier(ports.crypto, { pepper: ports.keys.pepper.expose(), stretched }),
  };
}

function drawn(draw: () => string | undefined): string {
  for (let draws = 0; draws < DRAWS_MAX; draws += 1) {
    const digits = draw();
    if (digits !== undefined) return digits;
  }
  assert(false, 'random bytes give digits');
}
