import { assert, SecretKey } from '@chiavetta/protocol/bytes';
import { hotp } from '@chiavetta/protocol/otp';
import type { Crypto } from '@chiavetta/protocol/ports';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import type { ManualClock } from '@chiavetta/protocol/testing';
import { manualClock, seededEntropy } from '@chiavetta/protocol/testing';
import { memoryStore } from '../adapters/memory/index.ts';
import { bindFob, bindOtc } from '../core/binding-changes.ts';
import type { CustomerRecord } from '../core/customer-record.ts';
import type { Policy } from '../core/policy.ts';
import { DEFAULT_POLICY } from '../core/policy.ts';
import type { RecordTypes } from '../core/records.ts';
import type { FobToken, OpenSecret, TokenState } from '../core/token-record.ts';
import type { Store } from '../ports/store.ts';
import { changeOf } from '../ports/store.ts';
import type { ValidatorKeys, ValidatorPorts } from '../ports/validator-ports.ts';
import type { CustomerSession } from '../service/customer-session.ts';
import { customerSession } from '../service/customer-session.ts';
import type { Portal } from '../service/portal.ts';
import { markOf, portal } from '../service/portal.ts';
import { littleRows } from './little-rows.ts';
import type { LittleToken } from './little-token.ts';
import { littleToken } from './little-token.ts';

/** A validator without staff: customers and tokens appear by themselves. For tests of the customer's side. */
export interface LittleBank {
  readonly ports: ValidatorPorts;
  readonly clock: ManualClock;
  readonly portal: Portal;
  readonly session: CustomerSession;
  readonly addCustomer: (customer: NewCustomer) => Promise<string>;
  readonly customer: (customerId: string) => Promise<CustomerRecord>;
  readonly editCustomer: (
    customerId: string,
    edit: (before: CustomerRecord) => CustomerRecord,
  ) => Promise<void>;
  readonly addFob: (customerId: string, fob?: NewFob) => Promise<LittleFob>;
  readonly addOtc: (customerId: string) => Promise<LittleToken>;
  /** Binds a further customer to a token. */
  readonly bindSlot: (token: LittleToken, customerId: string, slot: number) => Promise<void>;
  readonly token: (serial: string) => Promise<TokenState>;
  readonly editToken: (serial: string, edit: (before: TokenState) => TokenState) => Promise<void>;
  readonly random: (byteCount: number) => Uint8Array;
}

export type NewCustomer = {
  readonly userCode: string;
  readonly pin: string;
  readonly initial?: boolean;
  readonly birthDate?: string;
  readonly referente?: string;
};
export type NewFob = { readonly mode?: 'hotp' | 'totp'; readonly twoCodesNeeded?: boolean };
export type LittleFob = {
  readonly serial: string;
  /** The code at a counter or time step. */
  readonly codeAt: (counter: number) => string;
};

const START_MS = 1_800_000_000_000;

/** A bank with nothing in it. The same seed gives the same bytes. */
export function littleBank(
  options: {
    readonly seed?: number;
    readonly crypto?: Crypto;
    readonly store?: Store<RecordTypes>;
    readonly policy?: Policy;
    /** Of a validator whose store this is. */
    readonly keys?: ValidatorKeys;
    readonly scrypt?: ValidatorPorts['scrypt'];
  } = {},
): LittleBank {
  const crypto = options.crypto ?? nobleCrypto;
  const clock = manualClock(START_MS);
  const entropy = seededEntropy('little bank', options.seed ?? 1);
  const random = (byteCount: number): Uint8Array => entropy.randomBytes(byteCount);
  const key = (): SecretKey => SecretKey.from(random(32));
  const ports: ValidatorPorts = {
    store: options.store ?? memoryStore<RecordTypes>({ clock }),
    clock,
    entropy: random,
    crypto,
    policy: options.policy ?? DEFAULT_POLICY,
    bankLabel: 'Little Bank',
    // Not scrypt: one SHA-256 keeps tests quick. The real function is the shell's.
    scrypt: options.scrypt ?? (async (pin, salt) => crypto.sha256(Uint8Array.from([...pin, 0, ...salt]))),
    keys: options.keys ?? {
      kek: key(),
      hedgeKey: key(),
      deadKey: key(),
      pepper: key(),
      noiseStatic: key(),
      ticketKey: key(),
      authorityCertificate: new Uint8Array(158),
      authorityId: 1,
      pairingStatic: { keyId: 1, secret: key() },
      checkpointKey: key(),
      makerRoots: [],
      issuerCertificates: [],
    },
  };
  return { ports, clock, random, portal: portal(ports), session: customerSession(ports), ...staff(ports) };
}

type StaffSide = Omit<LittleBank, 'ports' | 'clock' | 'portal' | 'session' | 'random'>;

function staff(ports: ValidatorPorts): StaffSide {
  const rows = littleRows(ports);
  let lastSerial = 100;
  const nextSerial = (): string => {
    lastSerial += 1;
    return String(lastSerial).padStart(12, '0');
  };
  const addFactor = (customerId: string, serial: string, slot: number): Promise<void> =>
    rows.editCustomer(customerId, (before) => ({
      ...before,
      factors: [...before.factors, { tag: 'token', serial, slot }],
    }));
  const bindSlot: StaffSide['bindSlot'] = async (token, customerId, slot) => {
    const hintKey = ports.entropy(32);
    token.deliver(slot, hintKey);
    const delivery = { slot, serverKeyId: 1, hintKey, label: ports.bankLabel, prekeys: token.makePrekeys() };
    await rows.editToken(token.serial, (before) => {
      assert(before.kind === 'otc', 'only an optical token has slots');
      return bindOtc(before, { ...delivery, customerId, nowMs: ports.clock.nowMs() });
    });
    await addFactor(customerId, token.serial, slot);
  };
  return {
    ...rows,
    bindSlot,
    addCustomer: async (customer) => await addCustomer(ports, customer),
    addFob: async (customerId, fob = {}) => {
      const serial = nextSerial();
      const seed = ports.entropy(20);
      await rows.addToken(bindFob(newFob(serial, seed, fob), { customerId, nowMs: ports.clock.nowMs() }));
      await addFactor(customerId, serial, 0);
      const { crypto } = ports;
      return { serial, codeAt: (counter) => hotp({ crypto, secret: seed, counter: BigInt(counter) }) };
    },
    addOtc: async (customerId) => {
      const { crypto, keys } = ports;
      const { keyId, secret } = keys.pairingStatic;
      const serverKey = { keyId, publicKey: crypto.x25519PublicKey(secret.expose()) };
      const token = littleToken({ crypto, serial: nextSerial(), random: ports.entropy, serverKey });
      await rows.addToken({
        ...blankToken(token.serial),
        kind: 'otc',
        devicePublicKey: token.publicKey,
        pairingCounter: 0,
        prekeys: [],
        bindings: [],
      });
      await bindSlot(token, customerId, 0);
      return token;
    },
  };
}

function newFob(serial: string, seed: Uint8Array, fob: NewFob): FobToken<OpenSecret> {
  return {
    ...blankToken(serial),
    kind: 'fob',
    bindings: [],
    otp: {
      seed: { bytes: seed },
      mode: fob.mode ?? 'hotp',
      algorithm: 'sha1',
      digits: 6,
      stepSeconds: 30,
      next: 0,
      driftSteps: 0,
      twoCodesNeeded: fob.twoCodesNeeded ?? false,
      used: [],
    },
  };
}

async function addCustomer(ports: ValidatorPorts, customer: NewCustomer): Promise<string> {
  const customerId = `c${customer.userCode}`;
  const salt = ports.entropy(16);
  const { birthDate, referente } = customer;
  const value: CustomerRecord = {
    customerId,
    userCode: customer.userCode,
    name: 'Customer',
    email: 'customer@example.com',
    label: 'Customer',
    ...(birthDate === undefined ? {} : { birthDate }),
    ...(referente === undefined ? {} : { referente }),
    pin: {
      salt,
      verifier: await markOf(ports, { pin: customer.pin, salt }),
      initial: customer.initial ?? false,
      setAtMs: ports.clock.nowMs(),
    },
    oldPins: [],
    wrongPins: 0,
    factors: [],
  };
  await ports.store.commit(
    changeOf({
      puts: [
        { kind: 'customer', id: customerId, expected: 0, value },
        { kind: 'userCode', id: customer.userCode, expected: 0, value: { customerId } },
      ],
    }),
  );
  return customerId;
}

function blankToken(serial: string): {
  readonly serial: string;
  readonly device: 'PROVISIONED';
  readonly certificate: Uint8Array;
  readonly seedEpoch: number;
  readonly storeEpoch: number;
} {
  return { serial, device: 'PROVISIONED', certificate: new Uint8Array(158), seedEpoch: 1, storeEpoch: 1 };
}
