import { randomBytes } from 'node:crypto';
import { assert } from '@chiavetta/protocol/bytes';
import type { Actor, StaffAnswer } from '../core/staff/staff-answer.ts';
import { ChiavettaError } from '../ports/failure.ts';
import { changeOf } from '../ports/store.ts';
import { mailOpener } from '../service/mail-opener.ts';
import { renewPassword } from '../service/staff/renew-password.ts';
import type { StaffPorts, StaffServices } from '../service/staff/staff-services.ts';

/** Whoever was added at the first start. Passwords and PINs stand nowhere else: they are told once. */
export type FirstPeople = {
  readonly operators: readonly {
    readonly name: string;
    readonly role: 'clerk' | 'supervisor';
    readonly password: string;
  }[];
  readonly customers: readonly {
    readonly customerId: string;
    readonly name: string;
    readonly userCode: string;
    /** The mailed first PIN. */
    readonly pin: string;
  }[];
};

const PASSWORD_BYTES = 12;
const PAGE = 100;

/** The program itself, before there is anybody. */
const FIRST_START: Actor = { name: 'first start', role: 'supervisor', operatorId: 0 };

/** The record that says how far the first start came. */
const PROGRESS = { kind: 'meta', id: 'first people' } as const;
const BEGUN = 1;
const TOLD = 2;

const DEV_CUSTOMERS = [
  { name: 'Anna Fob', email: 'anna@example.com', label: 'Anna' },
  { name: 'Otto Optical', email: 'otto@example.com', label: 'Otto' },
] as const;

type Parts = { readonly ports: StaffPorts; readonly staff: StaffServices; readonly dev: boolean };

/**
 * Adds the first operators to a store that has none: one supervisor, who adds the others; in a developer's directory a
 * clerk and a supervisor, and two customers. `undefined` when somebody was told of them already. As long as nobody was,
 * because a start was cut off, those who are there get new passwords and PINs and those who are missing are added.
 */
export async function addFirstPeople(
  parts: Parts,
): Promise<{ readonly people: FirstPeople; readonly told: () => Promise<void> } | undefined> {
  const { store } = parts.ports;
  const progress = await store.read(PROGRESS.kind, PROGRESS.id);
  if (progress?.value.value === TOLD) return undefined;
  if (progress === undefined) {
    const known = granted(await parts.staff.operators.list(FIRST_START, { limit: 1 }));
    if (known.length > 0) return undefined;
    await note(store, BEGUN);
  }
  const people = { operators: await firstOperators(parts), customers: await firstCustomers(parts) };
  return { people, told: async () => await note(store, TOLD) };
}

async function note(store: StaffPorts['store'], value: number): Promise<void> {
  const before = await store.read(PROGRESS.kind, PROGRESS.id);
  if (before?.value.value === value) return;
  const put = { ...PROGRESS, expected: before?.version ?? 0, value: { value } };
  const { outcome } = await store.commit(changeOf({ puts: [put] }));
  assert(outcome === 'committed', 'nobody else writes how far the first start came');
}

async function firstOperators({ ports, staff, dev }: Parts): Promise<FirstPeople['operators']> {
  const operators: FirstPeople['operators'][number][] = [];
  for (const role of dev ? (['clerk', 'supervisor'] as const) : (['supervisor'] as const)) {
    const password = randomBytes(PASSWORD_BYTES).toString('base64url');
    const known = await ports.store.read('operator', role);
    if (known === undefined) granted(await staff.operators.add(FIRST_START, { name: role, role, password }));
    else granted(await renewPassword(ports, { actor: FIRST_START, name: role, password }));
    operators.push({ name: role, role, password });
  }
  return operators;
}

async function firstCustomers({ ports, staff, dev }: Parts): Promise<FirstPeople['customers']> {
  if (!dev) return [];
  const customers: FirstPeople['customers'][number][] = [];
  const known = await ports.store.list({ kind: 'customer', limit: PAGE });
  for (const customer of DEV_CUSTOMERS) {
    const { customerId, userCode } =
      known.find(({ value }) => value.email === customer.email)?.value ??
      granted(await staff.customers.add(FIRST_START, customer));
    if (known.some(({ id }) => id === customerId)) {
      const reason = 'the first start was cut off';
      granted(await staff.customers.newPin(FIRST_START, { customerId, reason }));
    }
    const pin = await mailedPin(ports, customerId);
    customers.push({ customerId, userCode, name: customer.name, pin });
  }
  return customers;
}

/** The PIN in the newest message with one that waits for this customer. */
async function mailedPin(ports: StaffPorts, customerId: string): Promise<string> {
  const mails = await ports.store.outbox.claim(PAGE);
  const mail = mails.findLast(({ sealed }) => sealed?.customerId === customerId);
  const pin = mail === undefined ? undefined : mailOpener(ports)(mail)?.fields['pin'];
  assert(pin !== undefined, 'a PIN was mailed just now');
  return pin;
}

function granted<T>(answer: StaffAnswer<T>): T {
  if (answer.ok) return answer.value;
  throw new ChiavettaError({
    code: 'FIRST_START_FAILED',
    message: `The first operators and customers could not be added: ${answer.error.reason}.`,
    next: 'Start again with an empty data directory.',
  });
}
