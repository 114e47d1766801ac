import { assert } from '@chiavetta/protocol/bytes';
import type { TokenSerial } from '@chiavetta/protocol/keys';
import {
  certificateFingerprint,
  issueCertificate,
  MODEL_AUTHORITY,
  MODEL_ISSUER,
  parseSerial,
  signManifest,
} from '@chiavetta/protocol/keys';
import { nodeCrypto } from '../adapters/node-crypto/index.ts';
import type { RecordTypes } from '../core/records.ts';
import type { Actor, StaffAnswer } from '../core/staff/staff-answer.ts';
import type { DeviceOperation } from '../core/token-record.ts';
import type { Store } from '../ports/store.ts';
import { staffServices } from '../service/staff/compose-staff-services.ts';
import type {
  SerialAnswer,
  SerialResult,
  StaffPorts,
  StaffServices,
} from '../service/staff/staff-services.ts';
import type { LittleBank } from './little-bank.ts';
import { littleBank } from './little-bank.ts';
import type { LittleSerialToken } from './little-serial-token.ts';
import { littleSerialToken } from './little-serial-token.ts';

/** What a serial session is begun with. */
export type LittleTask = {
  readonly operation: DeviceOperation;
  readonly requestId?: string;
  readonly expectedSerial?: string;
  readonly slot?: number;
};

/** A maker's keys. */
export type LittleMaker = {
  readonly rootSecret: Uint8Array;
  readonly rootPublicKey: Uint8Array;
  readonly issuerSecret: Uint8Array;
  readonly issuerCertificate: Uint8Array;
};

/** A bank with staff, a maker and tokens on the counter. */
export interface LittleBranch {
  readonly bank: LittleBank;
  readonly ports: StaffPorts;
  readonly staff: StaffServices;
  readonly maker: LittleMaker;
  readonly clerk: Actor;
  readonly supervisor: Actor;
  /** The same bank after its process was started again: open sessions are gone. */
  readonly restarted: () => StaffServices;
  readonly makeToken: (
    kind: 'fob' | 'otc',
    more?: Partial<Parameters<typeof littleSerialToken>[0]>,
  ) => LittleSerialToken;
  /** A token of stock: made and announced by a manifest. */
  readonly stockToken: (kind: 'fob' | 'otc') => Promise<LittleSerialToken>;
  readonly manifestOf: (
    tokens: readonly Pick<LittleSerialToken, 'serial' | 'certificate'>[],
    manifestId?: number,
  ) => Uint8Array;
  readonly addCustomer: (more?: { readonly referente?: string }) => Promise<string>;
  /** A request that two people wanted. */
  readonly approved: (request: Parameters<StaffServices['requests']['make']>[1]) => Promise<string>;
}

/** Twelve digits. */
export function serialText(serial: TokenSerial): string {
  return serial.toString().padStart(12, '0');
}

/** The value of an answer that has to be one. */
export function granted<T>(answer: StaffAnswer<T>): T {
  assert(answer.ok, `the answer is yes: ${JSON.stringify(answer.ok ? '' : answer.error)}`);
  return answer.value;
}

const DAY_S = 86_400;

/** A branch in which nothing happened yet. The same seed gives the same bytes. */
export async function littleBranch(
  options: {
    readonly seed?: number;
    readonly store?: Store<RecordTypes>;
    readonly manifestSource?: StaffPorts['manifestSource'];
    readonly bankMail?: string;
  } = {},
): Promise<LittleBranch> {
  const { seed = 1, store } = options;
  const bank = littleBank({ seed, crypto: nodeCrypto, ...(store === undefined ? {} : { store }) });
  const { crypto } = bank.ports;
  const nowS = Math.floor(bank.clock.nowMs() / 1000);
  const maker = littleMaker(bank, nowS);
  const ticketPublicKey = crypto.ed25519PublicKey(bank.ports.keys.ticketKey.expose());
  const ports = branchPorts(bank, maker, options);
  const staff = staffServices(ports);
  const first: Actor = { name: 'first', role: 'supervisor', operatorId: 0 };
  const actor = async (name: string, role: 'clerk' | 'supervisor'): Promise<Actor> => {
    granted(await staff.operators.add(first, { name, role, password: 'a long password' }));
    const stored = await ports.store.read('operator', name);
    assert(stored !== undefined, 'the operator was added');
    return { name, role, operatorId: stored.value.operatorId };
  };
  const clerk = await actor('clerk', 'clerk');
  const supervisor = await actor('supervisor', 'supervisor');
  let lastSerial = 500;
  let lastManifest = 0;
  const makeToken: LittleBranch['makeToken'] = (kind, more = {}) => {
    lastSerial += 1;
    return littleSerialToken({
      ...{ crypto, kind, serial: serialOf(lastSerial), random: bank.random, ticketPublicKey },
      issuer: { secret: maker.issuerSecret, issuerId: 1 },
      ...{ notBefore: nowS - DAY_S, notAfter: nowS + 3650 * DAY_S },
      ...more,
    });
  };
  const manifestOf: LittleBranch['manifestOf'] = (tokens, manifestId) => {
    lastManifest += 1;
    return signManifest({
      crypto,
      makerSecret: maker.rootSecret,
      manifest: {
        ...{ makerId: 1, manifestId: manifestId ?? lastManifest, issuedAt: nowS },
        entries: tokens.map(({ serial, certificate }) => ({
          serial,
          certificateHash: certificateFingerprint(crypto, certificate),
        })),
      },
    });
  };
  return {
    ...{ bank, ports, staff, maker, clerk, supervisor, makeToken, manifestOf },
    restarted: () => staffServices(ports),
    stockToken: async (kind) => {
      const token = makeToken(kind);
      granted(await staff.stock.importManifest(clerk, manifestOf([token])));
      return token;
    },
    addCustomer: async (more = {}) =>
      granted(await staff.customers.add(clerk, { name: 'Ada Byron', email: 'ada@example.com', ...more }))
        .customerId,
    approved: async (request) => {
      const { requestId } = granted(await staff.requests.make(clerk, request));
      granted(await staff.requests.approve(supervisor, requestId));
      return requestId;
    },
  };
}

/** Carries messages between validator and token until there is a result or a refusal. */
export async function carry(
  branch: Pick<LittleBranch, 'clerk'>,
  staff: StaffServices,
  job: { readonly token: LittleSerialToken; readonly task: LittleTask; readonly loss?: MessageLoss },
): Promise<StaffAnswer<SerialResult> | 'lost'> {
  const { token, task, loss } = job;
  const { hello, helloReply } = token.hello();
  let answer: StaffAnswer<SerialAnswer> = await staff.serial.start(branch.clerk, {
    ...task,
    hello,
    helloReply,
  });
  for (let message = 0; ; message += 2) {
    if (!answer.ok) return answer;
    const { sessionId, frame, result } = answer.value;
    if (result !== undefined) return { ok: true, value: result };
    assert(frame !== undefined, 'an answer has a frame or a result');
    if (loss?.atMessage === message) return 'lost';
    const reply = token.receive(frame);
    if (loss?.atMessage === message + 1 || reply === undefined) return 'lost';
    answer = await staff.serial.frame(branch.clerk, { sessionId, frame: reply });
    if (loss?.atMessage === message + 2 && answer.ok && answer.value.result !== undefined) return 'lost';
  }
}

/** The message that is lost, counted from 0 over both directions: even ones go to the token. */
export type MessageLoss = { readonly atMessage: number };

/** Whatever a ceremony does: sessions until one says done. A session that undid something is followed by the next. */
export async function ceremony(
  branch: Pick<LittleBranch, 'clerk'>,
  staff: StaffServices,
  job: { readonly token: LittleSerialToken; readonly task: LittleTask },
): Promise<StaffAnswer<SerialResult>> {
  for (let sessions = 0; sessions < 5; sessions += 1) {
    const result = await carry(branch, staff, job);
    if (result === 'lost') continue;
    if (!result.ok || result.value.outcome !== 'discarded') return result;
  }
  assert(false, 'a ceremony ends');
}

/** The ports of a bank whose keys are certified and whose maker is known. */
function branchPorts(
  bank: LittleBank,
  maker: LittleMaker,
  options: { readonly manifestSource?: StaffPorts['manifestSource']; readonly bankMail?: string },
): StaffPorts {
  const { crypto } = bank.ports;
  const { manifestSource, bankMail } = options;
  const authorityCertificate = issueCertificate({
    crypto,
    issuerSecret: bank.random(32),
    body: {
      ...{ model: MODEL_AUTHORITY, serial: serialOf(7), firmware: 0, batch: 0, issuerId: 0 },
      ed25519: crypto.ed25519PublicKey(bank.ports.keys.ticketKey.expose()),
      x25519: crypto.x25519PublicKey(bank.ports.keys.noiseStatic.expose()),
      ...{ notBefore: 0, notAfter: 0xffff_ffff },
    },
  });
  const { rootPublicKey, issuerCertificate } = maker;
  return {
    ...bank.ports,
    keys: {
      ...bank.ports.keys,
      authorityCertificate,
      makerRoots: [rootPublicKey],
      issuerCertificates: [issuerCertificate],
    },
    ...(manifestSource === undefined ? {} : { manifestSource }),
    ...(bankMail === undefined ? {} : { bankMail }),
  };
}

function littleMaker(bank: LittleBank, nowS: number): LittleMaker {
  const { crypto } = bank.ports;
  const rootSecret = bank.random(32);
  const issuerSecret = bank.random(32);
  const issuerCertificate = issueCertificate({
    crypto,
    issuerSecret: rootSecret,
    body: {
      ...{ model: MODEL_ISSUER, serial: serialOf(1), firmware: 0, batch: 1, issuerId: 0 },
      ed25519: crypto.ed25519PublicKey(issuerSecret),
      x25519: new Uint8Array(32),
      ...{ notBefore: nowS - 300 * DAY_S, notAfter: nowS + 60 * DAY_S },
    },
  });
  return { rootSecret, rootPublicKey: crypto.ed25519PublicKey(rootSecret), issuerSecret, issuerCertificate };
}

/** A serial from a number. */
export function serialOf(value: number): TokenSerial {
  const serial = parseSerial(String(value));
  assert(serial.ok, 'the number is a serial');
  return serial.value;
}
