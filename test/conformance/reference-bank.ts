import { issueAuthority, makeAnchor, makeMaker, signShippingManifest } from '@chiavetta/firmware-sim/factory';
import { SecretKey, toHex } from '@chiavetta/protocol/bytes';
import type { TokenSerial } from '@chiavetta/protocol/keys';
import { issueCertificate, tokenSerial } from '@chiavetta/protocol/keys';
import type {
  CeremonyOutcome,
  SerialLink,
  SerialOperation,
  ServerAnswer,
  Timer,
} from '@chiavetta/provisioning';
import { provisionDevice } from '@chiavetta/provisioning';
import type { ValidatorKeys } from '@chiavetta/validator';
import { nodeCrypto as crypto } from '@chiavetta/validator/node-crypto';
import type { Actor, SerialAnswer, StaffAnswer, StaffServices } from '@chiavetta/validator/staff';
import { staffServices } from '@chiavetta/validator/staff';
import type { LittleBank } from '@chiavetta/validator/testing';
import { littleBank } from '@chiavetta/validator/testing';
import type { Hex } from './otc-primitives.ts';
import { bytes, ed25519Public, hex, x25519Public } from './otc-primitives.ts';
import type { ReferenceIdentity, ReferenceToken } from './reference-token.ts';

const CLERK: Actor = { name: 'clerk', role: 'clerk', operatorId: 1 };
const SUPERVISOR: Actor = { name: 'supervisor', role: 'supervisor', operatorId: 2 };
const FIRST_START: Actor = { name: 'first start', role: 'supervisor', operatorId: 0 };
const PASSWORD = 'a long password of a test';
const CUSTOMER = { userCode: '12345678', pin: '27183' };

const maker = makeMaker(new Uint8Array(32).fill(1), { crypto });
const anchor = makeAnchor(new Uint8Array(32).fill(2), crypto);

/** The product's whole other side: validator, branch tool, factory. Only the token is not the product's. */
export class ReferenceBank {
  readonly #bank: LittleBank = littleBank({ crypto, keys: bankKeys() });
  readonly #staff: StaffServices = staffServices(this.#bank.ports);
  #customerId = '';

  /** A token that the maker certified and shipped. */
  async ship(
    kind: 'fob' | 'otc',
    secrets: { readonly identity: Hex; readonly d: Hex },
  ): Promise<ReferenceIdentity> {
    const model = kind === 'fob' ? 1 : 2;
    const serial = serialOf(BigInt(700_000 + model));
    const certificate = issueCertificate({
      crypto,
      issuerSecret: maker.issuerSecret,
      body: {
        ...{ model, serial, firmware: 0x0100_0000, batch: 1, issuerId: 1 },
        ed25519: bytes(ed25519Public(secrets.identity)),
        x25519: bytes(x25519Public(secrets.d)),
        ...{ notBefore: 1_767_225_600, notAfter: 2_082_758_400 },
      },
    });
    granted(await this.#staff.operators.add(FIRST_START, { ...CLERK, password: PASSWORD }));
    granted(await this.#staff.operators.add(FIRST_START, { ...SUPERVISOR, password: PASSWORD }));
    const manifest = signShippingManifest(maker, [{ serial, certificate }], { crypto });
    granted(await this.#staff.stock.importManifest(CLERK, manifest));
    this.#customerId = await this.#bank.addCustomer(CUSTOMER);
    const anchorPublicKey = toHex(anchor.publicKey);
    return { serial, model, certificate: toHex(certificate), staticSecret: secrets.d, anchorPublicKey };
  }

  /** Two people give the token to the customer. */
  async give(serial: bigint): Promise<string> {
    const request = {
      operation: 'bind',
      serial: twelveDigits(serial),
      customerId: this.#customerId,
    } as const;
    const made = granted(await this.#staff.requests.make(CLERK, { ...request, reason: 'at the counter' }));
    granted(await this.#staff.requests.approve(SUPERVISOR, made.requestId));
    return made.requestId;
  }

  /**
   * The branch tool's own ceremony over a cable to the token. `frameLimitBytes`: what the PC announces; `pullAt`: the
   * frame of the PC, from 1, whose answer is lost because the cable is pulled, and plugged in again at once.
   */
  async ceremony(
    token: ReferenceToken,
    task: {
      readonly operation: SerialOperation;
      readonly requestId?: string;
      readonly frameLimitBytes: number;
      readonly pullAt?: number;
    },
  ): Promise<CeremonyOutcome> {
    const { serial } = this.#staff;
    const sent = { frames: 0, pullAt: task.pullAt };
    return await provisionDevice({
      ...task,
      ports: { open: async () => cableTo(token, sent) },
      server: {
        open: async (request) => answerOf(await serial.start(CLERK, request)),
        frame: async (sessionId, frame) => answerOf(await serial.frame(CLERK, { sessionId, frame })),
      },
      timer: virtualTimer(),
      firstSeq: 250,
      path: 'the only port',
      signal: new AbortController().signal,
    });
  }

  /** User Code and PIN: the picture, if the portal shows one, and the page to type a code into. */
  async send(): Promise<{ readonly kind: string; readonly picture: Hex; readonly page: CodePage }> {
    const { kind, payload, ...page } = await this.#bank.portal.send(CUSTOMER);
    return { kind, picture: payload === undefined ? '' : hex(payload), page };
  }

  /** Types a code; `session` when it was accepted, else the next picture or a refusal. */
  async type(page: CodePage, code: string): Promise<{ readonly outcome: string; readonly next?: NextPage }> {
    const { challengeId, portalSession } = page;
    const answer = await this.#bank.portal.code(challengeId, { portalSession, code });
    if (answer.outcome !== 'continue') return { outcome: answer.outcome };
    const { payload = new Uint8Array(0), ...next } = answer.next;
    return { outcome: answer.outcome, next: { picture: hex(payload), page: next } };
  }
}

type CodePage = { readonly challengeId: string; readonly portalSession: string };
type NextPage = { readonly picture: Hex; readonly page: CodePage };

/** Frames that the PC has sent so far, over all its openings of the port. */
type Sent = { frames: number; readonly pullAt: number | undefined };

/** Virtual time: when nobody has anything to do any more, the next timer is due. */
function virtualTimer(): Timer {
  let nowMs = 0;
  let waiting: readonly { readonly atMs: number; readonly callback: () => void }[] = [];
  const pump = (): void => {
    const next = waiting.toSorted((one, other) => one.atMs - other.atMs)[0];
    if (next === undefined) return;
    waiting = waiting.filter((one) => one !== next);
    nowMs = Math.max(nowMs, next.atMs);
    next.callback();
    setImmediate(pump);
  };
  return {
    nowMs: () => nowMs,
    after: (delayMs, callback) => {
      const timer = { atMs: nowMs + delayMs, callback };
      waiting = [...waiting, timer];
      setImmediate(pump);
      return () => {
        waiting = waiting.filter((one) => one !== timer);
      };
    },
  };
}

function cableTo(token: ReferenceToken, sent: Sent): SerialLink {
  let pulled: () => void = () => undefined;
  let listen: (chunk: Uint8Array) => void = () => undefined;
  return {
    // The answer comes after the call that asked, as on a real line, and in two pieces.
    write: (asked) => {
      const answer = token.hear(hex(asked));
      sent.frames += 1;
      if (sent.frames === sent.pullAt) {
        queueMicrotask(() => pulled());
        return;
      }
      queueMicrotask(() => {
        listen(bytes(answer.slice(0, 10)));
        listen(bytes(answer.slice(10)));
      });
    },
    onBytes: (listener) => {
      listen = listener;
    },
    onGone: (listener) => {
      pulled = listener;
    },
    close: async () => undefined,
  };
}

function answerOf(answer: StaffAnswer<SerialAnswer>): ServerAnswer {
  const { frame, result, ...rest } = granted(answer);
  return { ...rest, frame, ...(result === undefined ? {} : { result }) };
}

function granted<T>(answer: StaffAnswer<T>): T {
  if (answer.ok) return answer.value;
  throw new Error(`${answer.error.id}: ${answer.error.reason}`);
}

function bankKeys(): ValidatorKeys {
  const secret = (number: number): SecretKey => SecretKey.from(new Uint8Array(32).fill(number));
  const [noiseStatic, ticketKey] = [secret(11), secret(12)];
  return {
    ...{ kek: secret(3), hedgeKey: secret(4), deadKey: secret(5), pepper: secret(6) },
    ...{ noiseStatic, ticketKey, authorityId: 1, checkpointKey: secret(14) },
    authorityCertificate: issueAuthority(anchor, {
      crypto,
      authorityId: 1,
      ticketPublicKey: crypto.ed25519PublicKey(ticketKey.expose()),
      noisePublicKey: crypto.x25519PublicKey(noiseStatic.expose()),
    }),
    pairingStatic: { keyId: 1, secret: secret(13) },
    makerRoots: [maker.rootPublicKey],
    issuerCertificates: [maker.issuerCertificate],
  };
}

function serialOf(value: bigint): TokenSerial {
  const serial = tokenSerial(value);
  if (!serial.ok) throw new Error(serial.error.code);
  return serial.value;
}

function twelveDigits(serial: bigint): string {
  return serial.toString().padStart(12, '0');
}
