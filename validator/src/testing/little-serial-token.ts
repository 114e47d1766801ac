import { asciiBytes, assert, concatBytes, equalConstantTime, u8, u64 } from '@chiavetta/protocol/bytes';
import type { OperatorTicket, TokenSerial } from '@chiavetta/protocol/keys';
import { issueCertificate, MODEL_FOB, MODEL_OTC, OPERATIONS, verifyTicket } from '@chiavetta/protocol/keys';
import { LABELS, signPrekeys } from '@chiavetta/protocol/otc';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { NoiseState, TransportState } from '@chiavetta/protocol/session';
import {
  deriveProvisioning,
  noiseResponder,
  openTransport,
  readMessage,
  readyMac,
  sealTransport,
  serialPrologue,
  sessionOf,
  writeMessage,
} from '@chiavetta/protocol/session';
import type { PrekeyBlock, PrepareBody, SessionMessage } from '@chiavetta/protocol/wire';
import {
  decodeAuthorityPayload,
  decodePrepare,
  decodeSessionMessage,
  encodeSessionMessage,
  helloLayout,
  helloReplyLayout,
  TRANSACTION_STATES,
  WIRE_ERRORS,
} from '@chiavetta/protocol/wire';

type Operation = PrepareBody['tag'];
/** What a token keeps over a power cut. */
export type LittleFlash = {
  readonly seedEpoch: number;
  readonly seed?: Uint8Array;
  readonly slots: readonly { readonly slot: number; readonly hintKey: Uint8Array }[];
  readonly staged?: Staged;
  readonly done?: Pick<Staged, 'txid' | 'mac' | 'seedEpoch' | 'prekeys'>;
};
type Staged = {
  readonly txid: Uint8Array;
  readonly operation: Operation;
  readonly seedEpoch: number;
  readonly mac: Uint8Array;
  readonly seed: Uint8Array;
  readonly prepare: PrepareBody;
  readonly prekeys?: PrekeyBlock;
};

/** How a forged or broken token differs from a good one. */
export type LittleTokenTwist = {
  readonly certificate?: Uint8Array;
  readonly helloSerial?: bigint;
  readonly helloModel?: number;
  readonly staticSecret?: Uint8Array;
  /** Proves with a key that it made up. */
  readonly falseProof?: boolean;
  readonly falsePrekeys?: boolean;
  /** Changes the eight public keys before they are signed. */
  readonly prekeyPublics?: (publics: Uint8Array) => Uint8Array;
  readonly refuses?: keyof typeof WIRE_ERRORS;
};

/** The serial side of a token, one opaque message at a time: no frames, no screen, no flash words. */
export interface LittleSerialToken {
  readonly kind: 'fob' | 'otc';
  readonly serial: TokenSerial;
  readonly certificate: Uint8Array;
  readonly identitySecret: Uint8Array;
  readonly staticSecret: Uint8Array;
  readonly hello: () => { readonly hello: Uint8Array; readonly helloReply: Uint8Array };
  /** `undefined`: the token hears nothing of it, because it has no session. */
  readonly receive: (message: Uint8Array) => Uint8Array | undefined;
  readonly cutPower: () => void;
  readonly flash: () => LittleFlash;
  readonly restoreFlash: (flash: LittleFlash) => void;
  readonly twist: (twist: LittleTokenTwist) => void;
}

const OPERATION_NAMES: ReadonlyMap<number, Operation> = new Map([
  [OPERATIONS.provision, 'provision'],
  [OPERATIONS.bind, 'bind'],
  [OPERATIONS.unlock, 'unlock'],
  [OPERATIONS.reset, 'reset'],
  [OPERATIONS.rekey, 'rekey'],
  [OPERATIONS.revoke, 'revoke'],
]);

/** A genuine token with its own keys, certified by the batch issuer. */
export function littleSerialToken(job: {
  readonly crypto: Crypto;
  readonly kind: 'fob' | 'otc';
  readonly serial: TokenSerial;
  readonly random: (byteCount: number) => Uint8Array;
  readonly issuer: { readonly secret: Uint8Array; readonly issuerId: number };
  readonly ticketPublicKey: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
}): LittleSerialToken {
  const { crypto, kind, serial, random } = job;
  const identitySecret = random(32);
  const staticSecret = random(32);
  const model = kind === 'fob' ? MODEL_FOB : MODEL_OTC;
  const certificate = issueCertificate({
    crypto,
    issuerSecret: job.issuer.secret,
    body: {
      ...{ model, serial, firmware: 1, batch: 1, issuerId: job.issuer.issuerId },
      ed25519: crypto.ed25519PublicKey(identitySecret),
      x25519: crypto.x25519PublicKey(staticSecret),
      ...{ notBefore: job.notBefore, notAfter: job.notAfter },
    },
  });
  let flash: LittleFlash = { seedEpoch: 0, slots: [] };
  let twisted: LittleTokenTwist = {};
  let prologue: Uint8Array | undefined;
  let noise: NoiseState | undefined;
  let open: { transport: TransportState; ticket: OperatorTicket } | undefined;

  const stage = (
    ticket: OperatorTicket,
    prepare: PrepareBody,
    body: Uint8Array,
    exporter: Uint8Array,
  ): SessionMessage => {
    if (prepare.seedEpoch <= flash.seedEpoch) return { tag: 'refused', code: WIRE_ERRORS.badState };
    const { seed, readyKey } = deriveProvisioning(crypto, {
      ...{ exporter, txid: ticket.nonce, serial, seedEpoch: prepare.seedEpoch },
      seedBytes: prepare.tag === 'provision' ? 20 : 0,
    });
    const key = twisted.falseProof === true ? random(32) : readyKey;
    const mac = readyMac(crypto, { readyKey: key, txid: ticket.nonce, prepareBody: body });
    const isPairing = prepare.tag === 'bind' || prepare.tag === 'reset' || prepare.tag === 'rekey';
    const prekeys = isPairing ? prekeyBlock() : undefined;
    const { seedEpoch } = prepare;
    const common = { txid: ticket.nonce, operation: prepare.tag, seedEpoch, mac, seed, prepare };
    flash = { ...flash, staged: { ...common, ...(prekeys === undefined ? {} : { prekeys }) } };
    return { tag: 'ready', mac, ...(prekeys === undefined ? {} : { prekeys }) };
  };

  const prekeyBlock = (): PrekeyBlock => {
    const secret = twisted.falsePrekeys === true ? random(32) : identitySecret;
    const secrets = Array.from({ length: 8 }, () => random(32));
    const block = signPrekeys(crypto, { identitySecret: secret, serial, firstId: 0, secrets });
    const publicKeys = twisted.prekeyPublics?.(block.publics) ?? block.publics;
    const message = concatBytes(LABELS.prekeys, u64(serial), u8(block.firstId), publicKeys);
    const signature = crypto.ed25519Sign({ secret, message });
    return { firstPrekeyId: block.firstId, publicKeys, signature };
  };

  const status = (txid: Uint8Array): SessionMessage => {
    const { staged, done, seedEpoch } = flash;
    const held = [staged, done].find((one) => one !== undefined && equalConstantTime(one.txid, txid));
    const { unknown, staged: isStaged, committed } = TRANSACTION_STATES;
    if (held === undefined) return { tag: 'statusReply', state: unknown, mac: new Uint8Array(32), seedEpoch };
    const { mac, prekeys } = held;
    const state = held === staged ? isStaged : committed;
    return { tag: 'statusReply', state, mac, seedEpoch, ...(prekeys === undefined ? {} : { prekeys }) };
  };

  const commit = (txid: Uint8Array): SessionMessage => {
    const { staged, done } = flash;
    if (staged !== undefined && equalConstantTime(staged.txid, txid)) {
      const { prepare, seedEpoch, mac, prekeys } = staged;
      const slots =
        'hintKey' in prepare
          ? [
              ...flash.slots.filter((one) => one.slot !== prepare.slot),
              { slot: prepare.slot, hintKey: prepare.hintKey },
            ]
          : prepare.tag === 'revoke'
            ? flash.slots.filter((one) => one.slot !== prepare.slot)
            : flash.slots;
      const seed = prepare.tag === 'provision' ? staged.seed : flash.seed;
      flash = {
        ...{ seedEpoch, slots },
        ...(seed === undefined ? {} : { seed }),
        done: { txid: staged.txid, mac, seedEpoch, ...(prekeys === undefined ? {} : { prekeys }) },
      };
      return { tag: 'done', txid, seedEpoch };
    }
    return done !== undefined && equalConstantTime(done.txid, txid)
      ? { tag: 'done', txid, seedEpoch: done.seedEpoch }
      : { tag: 'refused', code: WIRE_ERRORS.badState };
  };

  const inside = (message: SessionMessage): SessionMessage => {
    if (message.tag === 'commit') return commit(message.txid);
    if (message.tag !== 'discard') return { tag: 'refused', code: WIRE_ERRORS.badState };
    const { staged, ...rest } = flash;
    if (staged !== undefined && equalConstantTime(staged.txid, message.txid)) flash = rest;
    return { tag: 'discarded', txid: message.txid };
  };

  const third = (state: NoiseState, payload: Uint8Array): Uint8Array => {
    const { transport, exporter } = sessionOf(state);
    const parts = decodeAuthorityPayload(payload);
    assert(parts.ok, 'the validator sends its papers');
    const ticket = verifyTicket({ crypto, ticket: parts.value.ticket, ticketPublicKey: job.ticketPublicKey });
    if (!ticket.ok || ticket.value.serial !== serial)
      return reply(transport, { tag: 'refused', code: WIRE_ERRORS.ticket });
    const tag = OPERATION_NAMES.get(ticket.value.operation);
    assert(tag !== undefined, 'the ticket names an operation of tokens');
    open = { transport, ticket: ticket.value };
    if (parts.value.prepare.length === 0) return reply(transport, status(ticket.value.nonce));
    if (twisted.refuses !== undefined)
      return reply(transport, { tag: 'refused', code: WIRE_ERRORS[twisted.refuses] });
    const prepare = decodePrepare(tag, parts.value.prepare);
    assert(prepare.ok, 'the validator sends well-formed PREPAREs');
    return reply(transport, stage(ticket.value, prepare.value, parts.value.prepare, exporter));
  };

  const reply = (transport: TransportState, message: SessionMessage): Uint8Array => {
    const sealed = sealTransport(crypto, transport, encodeSessionMessage(message));
    if (open !== undefined) open = { ...open, transport: sealed.transport };
    return sealed.sealed;
  };

  return {
    ...{ kind, serial, certificate, identitySecret, staticSecret },
    hello: () => {
      const hello = helloLayout.encode({ minVersion: 1, maxVersion: 1, maxFrameBytes: 512 });
      const helloReply = helloReplyLayout.encode({
        ...{ version: 1, firmware: 1, capabilities: 1, maxFrameBytes: 512, opTimeMs: 100 },
        serial: twisted.helloSerial ?? serial,
        model: twisted.helloModel ?? model,
        seedEpoch: flash.seedEpoch,
        pending: flash.staged === undefined ? 0 : 1,
        pendingTxid: flash.staged?.txid ?? new Uint8Array(16),
      });
      prologue = serialPrologue(hello, helloReply);
      noise = undefined;
      open = undefined;
      return { hello, helloReply };
    },
    receive: (message) => {
      if (open !== undefined) {
        const opened = openTransport(crypto, open.transport, message);
        if (!opened.ok) return undefined;
        open = { ...open, transport: opened.value.transport };
        const decoded = decodeSessionMessage(opened.value.plaintext);
        assert(decoded.ok, 'the validator sends well-formed messages');
        return reply(opened.value.transport, inside(decoded.value));
      }
      if (noise !== undefined) {
        const read = readMessage(crypto, noise, message);
        return read.ok ? third(read.value.state, read.value.payload) : undefined;
      }
      if (prologue === undefined) return undefined;
      const secret = twisted.staticSecret ?? staticSecret;
      const responder = noiseResponder({
        crypto,
        prologue,
        staticSecret: secret,
        ephemeralSecret: random(32),
      });
      const read = readMessage(crypto, responder, message);
      if (!read.ok) return undefined;
      const written = writeMessage(crypto, read.value.state, twisted.certificate ?? certificate);
      noise = written.state;
      return written.message;
    },
    cutPower: () => {
      prologue = undefined;
      noise = undefined;
      open = undefined;
    },
    flash: () => flash,
    restoreFlash: (image) => {
      flash = image;
    },
    twist: (twist) => {
      twisted = { ...twisted, ...twist };
    },
  };
}

/** The seed in force; words in the place of one that is not there. */
export function seedOf(flash: LittleFlash): Uint8Array {
  return flash.seed ?? asciiBytes('no seed');
}
