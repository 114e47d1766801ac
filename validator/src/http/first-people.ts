import { randomBytes } from 'node:crypto';
import type { Actor, StaffAnswer } from '../core/staff/staff-answer.ts';
import { ChiavettaError } from '../ports/failure.ts';
import type { Outbox } from '../ports/store.ts';
import type { StaffServices } from '../service/staff/staff-services.ts';

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
const MAILS_MAX = 100;

/** The program itself, before there is anybody. */
const FIRST_START: Actor = { name: 'first start', role: 'supervisor', operatorId: 0 };

const DEV_CUSTOMERS = [
  { name: 'Anna Fob', email: 'anna@example.com', label: 'Anna' },
  { name: 'Otto Optical', email: 'otto@example.com', label: 'Otto' },
] as const;

/**
 * Adds the first operators to a store that has none: one supervisor, who adds the others; in a developer's directory a
 * clerk and a supervisor, and two customers. `undefined` when there is somebody already.
 */
export async function addFirstPeople(parts: {
  readonly staff: StaffServices;
  readonly outbox: Outbox;
  readonly dev: boolean;
}): Promise<FirstPeople | undefined> {
  const { staff, outbox, dev } = parts;
  const known = granted(await staff.operators.list(FIRST_START, { limit: 1 }));
  if (known.length > 0) return undefined;
  const operators: FirstPeople['operators'][number][] = [];

  for (const role of dev ? (['clerk', 'supervisor'] as const) : (['supervisor'] as const)) {
    const password = randomBytes(PASSWORD_BYTES).toString('base64url');
    granted(await staff.operators.add(FIRST_START, { name: role, role, password }));
    operators.push({ name: role, role, password });
  }
  const customers: FirstPeople['customers'][number][] = [];
  for (const customer of dev ? DEV_CUSTOMERS : []) {
    const added = granted(await staff.customers.add(FIRST_START, customer));
    customers.push({ ...added, name: customer.name, pin: await mailedPin(outbox, customer.email) });
  }
  return { operators, customers };
}

/** The PIN in the message that waits for this customer. */
async function mailedPin(outbox: Outbox, to: string): Promise<string> {
  const mails = await outbox.claim(MAILS_MAX);
  return mails.find((mail) => mail.to === to && mail.kind === 'initial-pin')?.fields['pin'] ?? '';
}

function granted<T>(answer: StaffAnswer<T>): T {
  if (answer.ok) return answer.value;
  throw new ChiavettaError({
    code: 'FIRST_START_FAILED',
    message: `The first operators and customers could not be added: ${answer.error.reason}.`,
    next: 'Start again with an empty data directory.',
  });
}
