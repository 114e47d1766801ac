import type { Hex } from './otc-primitives.ts';
import { ascii, ed25519Verify, expand, extract, hmac, open, seal, uint } from './otc-primitives.ts';
import type { ReferenceFrame } from './reference-frame.ts';
import { frameFrom, frameOnLine } from './reference-frame.ts';
import { noiseNonce, ReferenceResponder } from './reference-noise.ts';

/** What the factory writes into a token. */
export type ReferenceIdentity = {
  readonly serial: bigint;
  readonly model: number;
  readonly certificate: Hex;
  readonly staticSecret: Hex;
  readonly anchorPublicKey: Hex;
};

/** One operation between PREPARE and COMMIT, and after it. */
export type ReferenceTransaction = {
  readonly txid: Hex;
  readonly operation: number;
  readonly prepare: Hex;
  readonly seedEpoch: Hex;
  readonly seed: Hex;
  readonly ready: Hex;
};

/** What differs between a key fob and an optical token. */
export type ReferenceModel = {
  readonly capabilities: number;
  /** Bytes of the seed that the operation makes; `undefined`: the operation is refused. */
  readonly seedBytes: (operation: number, prepare: Hex) => number | undefined;
  /** What follows READY's MAC: nothing, or a prekey block. */
  readonly readyTail: (operation: number) => Hex;
  readonly apply: (transaction: ReferenceTransaction) => void;
};

const FRAME_LIMIT_BYTES = 512;
const FIRST_LIMIT_BYTES = 256;
const CERTIFICATE_HEX = 2 * 158;
const TICKET_HEX = 2 * 122;

type Session = { readonly receive: Hex; readonly send: Hex; received: number; sent: number };

/**
 * The serial side of a token, written from docs/spec/wire.md and docs/spec/provisioning.md alone, on `node:crypto` and
 * hexadecimal text: it shares no line with the product.
 */
export class ReferenceToken {
  readonly #identity: ReferenceIdentity;
  readonly #model: ReferenceModel;
  readonly #ephemeralSecrets: Iterator<Hex>;
  readonly #frameLimitBytes: number;
  #inside: Hex = '';
  #last: { frame: ReferenceFrame; reply: Hex } | undefined;
  #limitBytes = FIRST_LIMIT_BYTES;
  #prologue: Hex | undefined;
  #noise: ReferenceResponder | undefined;
  #session: Session | undefined;
  #assembled: Hex[] = [];
  #parts: Hex[] = [];
  #putOff: Hex | undefined;
  #staged: ReferenceTransaction | undefined;
  #committed: ReferenceTransaction | undefined;
  #lastIssued: Hex = '00000000';

  constructor(options: {
    readonly identity: ReferenceIdentity;
    readonly model: ReferenceModel;
    readonly ephemeralSecrets: Iterator<Hex>;
    readonly frameLimitBytes?: number;
  }) {
    this.#identity = options.identity;
    this.#model = options.model;
    this.#ephemeralSecrets = options.ephemeralSecrets;
    this.#frameLimitBytes = options.frameLimitBytes ?? FRAME_LIMIT_BYTES;
  }

  /** Bytes from the host; what goes back on the line. */
  hear(chunk: Hex): Hex {
    let answer = '';
    for (const byte of chunk.match(/../g) ?? []) {
      if (byte !== '00') {
        this.#inside += byte;
        continue;
      }
      const frame = frameFrom(this.#inside);
      this.#inside = '';
      if (frame !== undefined) answer += this.#execute(frame);
    }
    return answer;
  }

  /** The epoch in force, as four bytes. */
  get seedEpoch(): Hex {
    return this.#committed?.seedEpoch ?? '00000000';
  }

  #execute(frame: ReferenceFrame): Hex {
    const last = this.#last;
    if (last !== undefined && sameFrame(last.frame, frame)) return last.reply;
    const [type, body] = this.#answer(frame);
    const reply = frameOnLine(type, frame.seq, body);
    this.#last = { frame, reply };
    return reply;
  }

  #answer({ type, body }: ReferenceFrame): readonly [Hex, Hex] {
    switch (type) {
      case '01':
        return ['81', this.#hello(body)];
      case '02':
        return this.#message(body);
      case '03':
        return this.#fragment(body);
      case '04':
        return this.#part(Number.parseInt(body, 16));
      case '05':
        return this.#polled();
      case '06':
        this.#forget();
        return ['86', ''];
      default:
        return ['8f', '0b'];
    }
  }

  #hello(body: Hex): Hex {
    this.#forget();
    this.#limitBytes = Math.min(Number.parseInt(body.slice(4), 16), this.#frameLimitBytes);
    const { serial, model } = this.#identity;
    const staged = this.#staged;
    const reply =
      `01${uint(serial, 8)}${uint(model, 1)}01000000${uint(this.#model.capabilities, 2)}` +
      `${uint(this.#frameLimitBytes, 2)}0064${this.seedEpoch}` +
      (staged === undefined ? `00${'00'.repeat(16)}` : `01${staged.txid}`);
    this.#prologue = ascii('chiavetta/v1') + body + reply;
    return reply;
  }

  #forget(): void {
    this.#noise = undefined;
    this.#session = undefined;
    this.#prologue = undefined;
    this.#assembled = [];
    this.#parts = [];
    this.#putOff = undefined;
  }

  #fragment(body: Hex): readonly [Hex, Hex] {
    const [index, total] = [Number.parseInt(body.slice(0, 2), 16), Number.parseInt(body.slice(2, 4), 16)];
    if (index === 0) this.#assembled = [];
    if (index !== this.#assembled.length) return ['8f', '02'];
    this.#assembled.push(body.slice(4));
    if (index < total - 1) return ['83', body.slice(0, 4)];
    return this.#message(this.#assembled.join(''));
  }

  /** A whole message of the session: the first, the third, or a transport message. */
  #message(message: Hex): readonly [Hex, Hex] {
    this.#assembled = [];
    if (this.#prologue === undefined) return ['8f', '02'];
    if (this.#session !== undefined) return this.#told(this.#session, message);
    if (this.#noise !== undefined) return this.#asked(this.#noise, message);
    const { staticSecret, certificate } = this.#identity;
    const ephemeralSecret: Hex = this.#ephemeralSecrets.next().value;
    this.#noise = new ReferenceResponder(this.#prologue, { staticSecret, ephemeralSecret });
    return this.#say(this.#noise.answer(message, certificate));
  }

  #asked(noise: ReferenceResponder, message: Hex): readonly [Hex, Hex] {
    const payload = noise.finish(message);
    const { exporter, ...keys } = noise.split();
    const session = { ...keys, received: 0, sent: 0 };
    this.#session = session;
    const reply = this.#decide(payload, { exporter, remoteStatic: noise.remoteStatic });
    const sealed = this.#sealed(session, reply);
    if (!reply.startsWith('90')) return this.#say(sealed);
    // A person has to say OK first: reason 1, ask again in 100 ms.
    this.#putOff = sealed;
    return ['85', '010064'];
  }

  #polled(): readonly [Hex, Hex] {
    const reply = this.#putOff;
    this.#putOff = undefined;
    return reply === undefined ? ['8f', '02'] : this.#say(reply);
  }

  /** READY, STATUS_REPLY or REFUSED. */
  #decide(payload: Hex, session: { readonly exporter: Hex; readonly remoteStatic: Hex }): Hex {
    const authority = payload.slice(0, CERTIFICATE_HEX);
    const ticket = payload.slice(CERTIFICATE_HEX, CERTIFICATE_HEX + TICKET_HEX);
    const prepare = payload.slice(CERTIFICATE_HEX + TICKET_HEX);
    if (!this.#isAuthority(authority, session.remoteStatic)) return '9f05';
    if (!this.#isTicket(ticket, authority)) return '9f06';
    const [operation, txid] = [Number.parseInt(ticket.slice(0, 2), 16), ticket.slice(84, 116)];
    this.#lastIssued = ticket.slice(68, 76);
    if (prepare === '') return this.#status(txid);
    const seedBytes = this.#model.seedBytes(operation, prepare);
    if (seedBytes === undefined) return '9f0b';
    const seedEpoch = prepare.slice(0, 8);
    if (Number.parseInt(seedEpoch, 16) <= Number.parseInt(this.seedEpoch, 16)) return '9f02';
    const info = ascii('chiavetta/v1 seed') + uint(this.#identity.serial, 8) + seedEpoch;
    const okm = hkdf(extract(txid, session.exporter), info, seedBytes + 32);
    const seed = okm.slice(0, 2 * seedBytes);
    const mac = hmac(okm.slice(2 * seedBytes), ascii('ready') + txid + prepare);
    const ready = mac + this.#model.readyTail(operation);
    this.#staged = { txid, operation, prepare, seedEpoch, seed, ready };
    return `90${ready}`;
  }

  #isAuthority(certificate: Hex, remoteStatic: Hex): boolean {
    const [signed, signature] = [certificate.slice(0, 188), certificate.slice(188)];
    const isSigned = ed25519Verify(
      this.#identity.anchorPublicKey,
      ascii('chiavetta/v1 cert') + signed,
      signature,
    );
    return isSigned && certificate.slice(2, 4) === 'fe' && certificate.slice(100, 164) === remoteStatic;
  }

  #isTicket(ticket: Hex, authority: Hex): boolean {
    const [signed, signature] = [ticket.slice(0, 116), ticket.slice(116)];
    const isSigned = ed25519Verify(
      authority.slice(36, 100),
      ascii('chiavetta/v1 ticket') + signed,
      signature,
    );
    const isOurs = ticket.slice(2, 18) === uint(this.#identity.serial, 8);
    return isSigned && isOurs && ticket.slice(68, 76) >= this.#lastIssued;
  }

  #status(txid: Hex): Hex {
    const known = [this.#committed, this.#staged].find((one) => one?.txid === txid);
    if (known === undefined) return `9100${'00'.repeat(32)}${this.seedEpoch}`;
    const [mac, tail] = [known.ready.slice(0, 64), known.ready.slice(64)];
    return `91${known === this.#staged ? '01' : '02'}${mac}${this.seedEpoch}${tail}`;
  }

  /** COMMIT or DISCARD. */
  #told(session: Session, message: Hex): readonly [Hex, Hex] {
    const plaintext = open(session.receive, '', message, noiseNonce(session.received));
    session.received += 1;
    const txid = plaintext.slice(2);
    const staged = this.#staged;
    if (plaintext.startsWith('12')) {
      if (staged?.txid === txid) this.#staged = undefined;
      return this.#say(this.#sealed(session, `93${txid}`));
    }
    if (staged?.txid === txid) {
      this.#model.apply(staged);
      this.#committed = staged;
      this.#staged = undefined;
    }
    const isDone = this.#committed?.txid === txid;
    return this.#say(this.#sealed(session, isDone ? `92${txid}${this.seedEpoch}` : '9f02'));
  }

  #sealed(session: Session, plaintext: Hex): Hex {
    const sealed = seal(session.send, '', plaintext, noiseNonce(session.sent));
    session.sent += 1;
    return sealed;
  }

  /** A message in one frame, or in parts that the host fetches. */
  #say(message: Hex): readonly [Hex, Hex] {
    if (message.length / 2 + 4 <= this.#limitBytes) return ['82', message];
    const partHex = 2 * (this.#limitBytes - 6);
    this.#parts = message.match(new RegExp(`.{1,${partHex}}`, 'g')) ?? [];
    return this.#part(0);
  }

  #part(index: number): readonly [Hex, Hex] {
    const part = this.#parts[index];
    if (part === undefined) return ['8f', '02'];
    return ['84', uint(index, 1) + uint(this.#parts.length, 1) + part];
  }
}

function sameFrame(a: ReferenceFrame, b: ReferenceFrame): boolean {
  return a.type === b.type && a.seq === b.seq && a.crc === b.crc;
}

/** HKDF-Expand to any length that these keys need: up to 64 bytes. */
function hkdf(pseudoRandomKey: Hex, info: Hex, byteCount: number): Hex {
  const first = expand(pseudoRandomKey, info);
  const second = hmac(pseudoRandomKey, `${first + info}02`);
  return (first + second).slice(0, 2 * byteCount);
}
