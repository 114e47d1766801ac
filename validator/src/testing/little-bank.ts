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
import { openToken, sealToken } from '../core/sealing.ts';
import type { OpenSecret, OtcToken, TokenRecord, TokenState } from '../core/token-record.ts';
import type { Store } from '../ports/store.ts';
import { changeOf } from '../ports/store.ts';
import type { ValidatorPorts } from '../ports/validator-ports.ts';
import type { CustomerSession } from '../service/customer-session.ts';
import { customerSession } from '../service/customer-session.ts';
import type { Portal } from '../service/portal.ts';
import { markOf, portal } from '../service/portal.ts';
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
    scrypt: async (pin, salt) => crypto.sha256(Uint8Array.from([...pin, 0, ...salt])),
    keys: {
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
  const { store, crypto } = ports;
  const sealing = {
    crypto,
    keys: { kek: ports.keys.kek.expose(), hedgeKey: ports.keys.hedgeKey.expose() },
  };
  let lastSerial = 100;
  const nextSerial = (): string => {
    lastSerial += 1;
    return String(lastSerial).padStart(12, '0');
  };
  const seal = (token: TokenState, version: number): TokenRecord =>
    sealToken({ ...sealing, version, token, entropy: ports.entropy(32) });
  const read = async (serial: string): Promise<{ readonly version: number; readonly token: TokenState }> => {
    const stored = await store.read('token', serial);
    assert(stored !== undefined, 'the token is there');
    const token = openToken({ ...sealing, version: stored.version, record: stored.value });
    assert(token !== undefined, 'the token opens');
    return { version: stored.version, token };
  };
  const write = async (token: TokenState, expected: number): Promise<void> => {
    const value = seal(token, expected + 1);
    const done = await store.commit(
      changeOf({ puts: [{ kind: 'token', id: token.serial, expected, value }] }),
    );
    assert(done.outcome === 'committed', 'nobody else works on it');
  };
  const editToken = async (serial: string, edit: (before: TokenState) => TokenState): Promise<void> => {
    const { token, version } = await read(serial);
    await write(edit(token), version);
  };
  const editCustomer: StaffSide['editCustomer'] = async (customerId, edit) => {
    const stored = await store.read('customer', customerId);
    assert(stored !== undefined, 'the customer is there');
    const put = { kind: 'customer', id: customerId, expected: stored.version } as const;
    await store.commit(changeOf({ puts: [{ ...put, value: edit(stored.value) }] }));
  };
  const addFactor = (customerId: string, serial: string, slot: number): Promise<void> =>
    editCustomer(customerId, (before) => ({
      ...before,
      factors: [...before.factors, { tag: 'token', serial, slot }],
    }));
  const bindSlot: StaffSide['bindSlot'] = async (token, customerId, slot) => {
    const hintKey = ports.entropy(32);
    token.deliver(slot, hintKey);
    const { version, token: before } = await read(token.serial);
    assert(before.kind === 'otc', 'only an optical token has slots');
    const delivery = { slot, serverKeyId: 1, hintKey, label: ports.bankLabel, prekeys: token.makePrekeys() };
    await write(bindOtc(before, { ...delivery, customerId, nowMs: ports.clock.nowMs() }), version);
    await addFactor(customerId, token.serial, slot);
  };
  return {
    editToken,
    editCustomer,
    bindSlot,
    token: async (serial) => (await read(serial)).token,
    customer: async (customerId) => {
      const stored = await store.read('customer', customerId);
      assert(stored !== undefined, 'the customer is there');
      return stored.value;
    },
    addCustomer: async (customer) => await addCustomer(ports, customer),
    addFob: async (customerId, fob = {}) => {
      const serial = nextSerial();
      const seed = ports.entropy(20);
      const token: TokenState = {
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
      await write(bindFob(token, { customerId, nowMs: ports.clock.nowMs() }), 0);
      await addFactor(customerId, serial, 0);
      return { serial, codeAt: (counter) => hotp({ crypto, secret: seed, counter: BigInt(counter) }) };
    },
    addOtc: async (customerId) => {
      const { keyId, secret } = ports.keys.pairingStatic;
      const serverKey = { keyId, publicKey: crypto.x25519PublicKey(secret.expose()) };
      const token = littleToken({ crypto, serial: nextSerial(), random: ports.entropy, serverKey });
      const state: OtcToken<OpenSecret> = {
        ...blankToken(token.serial),
        kind: 'otc',
        devicePublicKey: token.publicKey,
        pairingCounter: 0,
        prekeys: [],
        bindings: [],
      };
      await write(state, 0);
      await bindSlot(token, customerId, 0);
      return token;
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
