import { sessionId } from '../core/code-change.ts';
import type { AccountState } from '../core/customer-record.ts';
import { accountState } from '../core/customer-record.ts';
import type { BlockAnswer, PinChangeAnswer, SessionRecords } from '../core/portal-session.ts';
import { decideOwnBlock, decidePinChange, decideTouch, openSession } from '../core/portal-session.ts';
import { changeOf } from '../ports/store.ts';
import type { ValidatorPorts } from '../ports/validator-ports.ts';
import { decideAndCommit } from './commit-loop.ts';
import { markOf } from './portal.ts';

const SALT_BYTES = 16;

/** What the customer sees of their own session; with the mailed PIN nothing but that a new one has to be chosen. */
export type SessionView =
  | { readonly mustChangePin: true; readonly expiresInS: number }
  | {
      readonly mustChangePin: false;
      readonly expiresInS: number;
      readonly customerId: string;
      readonly name: string;
      readonly account: AccountState;
      readonly serials: readonly string[];
    };

/** What a customer can do once a code opened a session. */
export interface CustomerSession {
  /** `undefined`: no session, or one that is over. Asking counts as use, unless a new PIN has to be chosen first. */
  readonly show: (sessionToken: string) => Promise<SessionView | undefined>;
  readonly changePin: (
    sessionToken: string,
    pins: { readonly oldPin: string; readonly newPin: string },
  ) => Promise<PinChangeAnswer>;
  /** Blocks the account, or one device of it, at once. */
  readonly block: (sessionToken: string, what: 'all' | { readonly serial: string }) => Promise<BlockAnswer>;
  readonly close: (sessionToken: string) => Promise<void>;
}

/** The customer's own use cases over a store, a clock and the keys. */
export function customerSession(ports: ValidatorPorts): CustomerSession {
  return {
    show: (token) => show(ports, token),
    changePin: (token, pins) => changePin(ports, token, pins),
    block: (token, what) => block(ports, token, what),
    close: (token) => close(ports, token),
  };
}

async function show(ports: ValidatorPorts, sessionToken: string): Promise<SessionView | undefined> {
  const found = await decideAndCommit(ports, {
    read: async () => await sessionRecords(ports, sessionToken),
    decide: decideTouch,
  });
  if (found === undefined) return undefined;
  const expiresInS = Math.ceil(found.restMs / 1000);
  if (found.pinChangeOnly) return { mustChangePin: true, expiresInS };
  const { customer } = found;
  return {
    customerId: customer.customerId,
    name: customer.name,
    account: accountState(customer),
    mustChangePin: false,
    serials: customer.factors.map((factor) => factor.serial),
    expiresInS,
  };
}

async function changePin(
  ports: ValidatorPorts,
  sessionToken: string,
  pins: { readonly oldPin: string; readonly newPin: string },
): Promise<PinChangeAnswer> {
  return await decideAndCommit(ports, {
    read: async () => {
      const records = await sessionRecords(ports, sessionToken);
      const pin = records.customer?.value.pin;
      if (pin === undefined) return { records, attempt: undefined };
      const newSalt = ports.entropy(SALT_BYTES);
      const known = [pin, ...(records.customer?.value.oldPins ?? [])];
      const knownMarks: Uint8Array[] = [];
      for (const { salt } of known) knownMarks.push(await markOf(ports, { pin: pins.newPin, salt }));
      const attempt = {
        newPin: pins.newPin,
        oldMark: await markOf(ports, { pin: pins.oldPin, salt: pin.salt }),
        knownMarks,
        newSalt,
        newMark: await markOf(ports, { pin: pins.newPin, salt: newSalt }),
      };
      return { records, attempt };
    },
    decide: (decider, { records, attempt }) =>
      attempt === undefined
        ? { answer: { outcome: 'no_session' }, change: changeOf({}) }
        : decidePinChange(decider, records, attempt),
  });
}

async function block(
  ports: ValidatorPorts,
  sessionToken: string,
  what: 'all' | { readonly serial: string },
): Promise<BlockAnswer> {
  return await decideAndCommit(ports, {
    read: async () => ({
      ...(await sessionRecords(ports, sessionToken)),
      token: what === 'all' ? undefined : await ports.store.read('token', what.serial),
    }),
    decide: (decider, records) => decideOwnBlock(decider, records, what),
  });
}

async function close(ports: ValidatorPorts, sessionToken: string): Promise<void> {
  await decideAndCommit(ports, {
    read: async () => await sessionRecords(ports, sessionToken),
    decide: (decider, records) => {
      const open = openSession(decider, records);
      if (open === undefined) return { answer: undefined, change: changeOf({}) };
      const { id, version: expected } = open.session;
      return { answer: undefined, change: changeOf({ removes: [{ kind: 'session', id, expected }] }) };
    },
  });
}

async function sessionRecords(ports: ValidatorPorts, sessionToken: string): Promise<SessionRecords> {
  const session = await ports.store.read('session', sessionId(ports.crypto, sessionToken));
  if (session === undefined) return { session, customer: undefined, device: undefined };
  const { customerId, serial } = session.value;
  const [customer, device] = await ports.store.readMany([
    { kind: 'customer', id: customerId },
    { kind: 'token', id: serial },
  ]);
  return { session, customer, device };
}
