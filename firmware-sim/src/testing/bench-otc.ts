import { asciiBytes, assert, concatBytes, u32, u64 } from '@chiavetta/protocol/bytes';
import { OPERATIONS, readCertificate } from '@chiavetta/protocol/keys';
import type { Hedge, PendingPairing, PublicPrekey, ServerGeneration } from '@chiavetta/protocol/otc';
import {
  nextGeneration,
  responseCodeFromKey,
  sealLogin,
  sealPair1,
  sealPair2,
  verifyPrekeys,
} from '@chiavetta/protocol/otc';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import type { PrekeyBlock, PrepareBody, SessionMessage } from '@chiavetta/protocol/wire';
import { TRANSACTION_STATES } from '@chiavetta/protocol/wire';
import type { MadeToken } from '../factory/index.ts';
import type { VirtualToken } from '../runtime/virtual-token.ts';
import type { BenchBank } from './bench-bank.ts';
import { benchTicket, benchTxid } from './bench-bank.ts';
import { benchHost } from './bench-host.ts';

/** What a bank keeps of one slot of one token. */
export type BenchBinding = {
  readonly hintKey: Uint8Array;
  active: ServerGeneration | undefined;
  lastGeneration: number;
  pairing: (PendingPairing & { readonly m: Uint8Array; readonly ck: Uint8Array }) | undefined;
  code6: string | undefined;
};

/** What a bank keeps of one OTC token: plain data, so that a test can copy it and go two ways from there. */
export type BenchOtc = {
  readonly serial: bigint;
  readonly deviceKey: Uint8Array;
  readonly identityKey: Uint8Array;
  readonly serverSecret: Uint8Array;
  seedEpoch: number;
  pairingCounter: number;
  prekeys: readonly PublicPrekey[];
  readonly slots: Record<number, BenchBinding>;
  draws: number;
};

const crypto = nobleCrypto;

/** A bank that knows the token from its maker and has not bound it. */
export function benchOtc(made: MadeToken): BenchOtc {
  const certificate = readCertificate(made.certificate);
  assert(certificate.ok, 'the factory makes readable certificates');
  return {
    serial: made.serial,
    deviceKey: certificate.value.x25519,
    identityKey: certificate.value.ed25519,
    serverSecret: crypto.sha256(asciiBytes('bench pairing static')),
    seedEpoch: 0,
    pairingCounter: 0,
    prekeys: [],
    slots: {},
    draws: 0,
  };
}

/** The operations of a branch. */
export type BenchOperation = 'bind' | 'reset' | 'rekey' | 'unlock' | 'revoke';

/**
 * Carries out an operation over the serial line; `person` answers the token's question. Interrupted operations are
 * taken up again as a validator would: STATUS, then COMMIT again or a new start.
 */
export function operateOtc(
  bank: BenchBank,
  token: VirtualToken,
  server: BenchOtc,
  job: {
    readonly operation: BenchOperation;
    readonly slot?: number;
    readonly person?: () => void;
    /** Called when the token has lost its power. */
    readonly restore?: () => void;
  },
): SessionMessage | undefined {
  const { operation, slot = 0, person = () => token.press('ok'), restore } = job;
  const seedEpoch = server.seedEpoch + 1;
  const hintKey = crypto.sha256(concatBytes(asciiBytes('bench hint'), u64(server.serial), u32(seedEpoch)));
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const host = benchHost(token, bank);
    const txid = seedEpoch;
    const ticket = benchTicket(bank, {
      operation: OPERATIONS[operation],
      serial: token.serial,
      txid,
      slot: operation === 'unlock' ? 0 : slot,
      issued: 1_800_000_000 + seedEpoch,
    });
    if (restore !== undefined && token.screen().id === 'off') restore();
    host.hello();
    const looked = attempt === 0 ? undefined : host.open({ ticket });
    const found = looked?.answer.tag === 'message' ? looked.answer.message : undefined;
    let answer = found;
    let session = looked;
    if (found?.tag !== 'statusReply' || found.state === TRANSACTION_STATES.unknown) {
      host.hello();
      const prepare = prepareOf(operation, { seedEpoch, slot, hintKey, server });
      session = host.open({ ticket, prepare, person });
      answer = session.answer.tag === 'message' ? session.answer.message : undefined;
      if (answer?.tag === 'refused') return answer;
    }
    const done = answer === undefined ? undefined : session?.send({ tag: 'commit', txid: benchTxid(txid) });
    if (done?.tag === 'message' && done.message.tag === 'done') {
      server.seedEpoch = seedEpoch;
      const prekeys = answer !== undefined && 'prekeys' in answer ? answer.prekeys : undefined;
      settle(server, { operation, slot, hintKey, prekeys });
      return done.message;
    }
    if (restore === undefined) return undefined;
  }
  return undefined;
}

function prepareOf(
  operation: BenchOperation,
  job: {
    readonly seedEpoch: number;
    readonly slot: number;
    readonly hintKey: Uint8Array;
    readonly server: BenchOtc;
  },
): PrepareBody {
  const { seedEpoch, slot, hintKey, server } = job;
  if (operation === 'unlock') return { tag: 'unlock', seedEpoch };
  if (operation === 'revoke') return { tag: 'revoke', seedEpoch, slot };
  return {
    tag: operation,
    seedEpoch,
    slot,
    keyId: 1,
    serverKey: crypto.x25519PublicKey(server.serverSecret),
    hintKey,
    label: 'Banca Esempio',
    customerLabel: 'Ada Rossi',
  };
}

function settle(
  server: BenchOtc,
  done: {
    readonly operation: BenchOperation;
    readonly slot: number;
    readonly hintKey: Uint8Array;
    readonly prekeys: PrekeyBlock | undefined;
  },
): void {
  const { operation, slot, hintKey } = done;
  if (operation === 'unlock') return;
  if (operation === 'revoke') {
    delete server.slots[slot];
    return;
  }
  assert(done.prekeys !== undefined, 'a pairing operation brings prekeys');
  const { firstPrekeyId: firstId, publicKeys: publics, signature } = done.prekeys;
  const verified = verifyPrekeys(crypto, {
    identityKey: server.identityKey,
    serial: server.serial,
    block: { firstId, publics, signature },
  });
  assert(verified.ok, 'the token signs its prekeys');
  server.prekeys = verified.value;
  const before = server.slots[slot];
  // A REKEY keeps login with the old generation, under the new hint key.
  const active =
    operation === 'rekey' && before?.active !== undefined ? { ...before.active, hintKey } : undefined;
  const lastGeneration = before?.lastGeneration ?? 0;
  server.slots[slot] = { hintKey, active, lastGeneration, pairing: undefined, code6: undefined };
  if (operation === 'reset') for (const other of Object.values(server.slots)) other.active = undefined;
}

/** A first picture. */
export function benchPair1(
  server: BenchOtc,
  options: {
    readonly slot?: number;
    readonly mode?: 'new_pin' | 'keep_pin';
    readonly noPrekey?: boolean;
  } = {},
): Uint8Array {
  const { slot = 0, mode = 'new_pin', noPrekey = false } = options;
  const binding = bindingOf(server, slot);
  const active = binding.active?.generation ?? 0;
  const newGeneration = nextGeneration({ last: binding.lastGeneration, active });
  const [prekey, ...later] = noPrekey ? [] : server.prekeys;
  server.pairingCounter += 1;
  const sealed = sealPair1(crypto, {
    serial: server.serial,
    slot,
    hintKey: binding.hintKey,
    deviceKey: server.deviceKey,
    serverKey: { keyId: 1, secret: server.serverSecret },
    prekey,
    pairingCounter: server.pairingCounter,
    content: {
      activeGeneration: active,
      newGeneration,
      policy: { digits: 5, mode },
      timeS: 1_800_000_000,
      session: new Uint8Array(8),
      label: 'Banca Esempio',
    },
    hedge: hedge(server),
  });
  assert(sealed.ok, 'a PAIR1 of the bench can be sealed');
  const { keys, code10, payload } = sealed.value;
  if (!noPrekey) server.prekeys = later;
  binding.lastGeneration = newGeneration;
  binding.pairing = {
    ...keys,
    code10,
    pairingCounter: server.pairingCounter,
    ck: keys.ck0,
  };
  binding.code6 = undefined;
  return payload;
}

/** The second picture, if the 10 digits are right. */
export function benchPair2(server: BenchOtc, code10: string, slot = 0): Uint8Array | undefined {
  const binding = bindingOf(server, slot);
  if (binding.pairing?.code10 !== code10) return undefined;
  const sealed = sealPair2(crypto, {
    slot,
    hintKey: binding.hintKey,
    pending: binding.pairing,
    content: { timeS: 1_800_000_060, session: new Uint8Array(8), label: 'Banca Esempio' },
    hedge: hedge(server),
  });
  assert(sealed.ok, 'a PAIR2 of the bench can be sealed');
  binding.code6 = sealed.value.code6;
  return sealed.value.payload;
}

/** The 6 digits that end a pairing: whether they are right, and the new generation is ACTIVE. */
export function benchPaired(server: BenchOtc, code6: string, slot = 0): boolean {
  const binding = bindingOf(server, slot);
  const { pairing, hintKey } = binding;
  if (pairing === undefined || binding.code6 !== code6) return false;
  const { generation, kHdr, m, ck } = pairing;
  binding.active = { slot, generation, hintKey, kHdr, m, ck, next: 0 };
  binding.pairing = undefined;
  return true;
}

/** A login picture and the code that answers it. */
export function benchLogin(
  server: BenchOtc,
  slot = 0,
): { readonly payload: Uint8Array; readonly code: string; readonly counter: number } {
  const binding = bindingOf(server, slot);
  const { active } = binding;
  assert(active !== undefined, 'only a paired token logs in');
  const sealed = sealLogin(crypto, {
    generation: active,
    content: {
      session: new Uint8Array(8),
      timeS: 1_800_000_100,
      previousAccepted: false,
      text: 'Portal login',
    },
    hedge: hedge(server),
  });
  assert(sealed.ok, 'a LOGIN of the bench can be sealed');
  binding.active = { ...active, ck: sealed.value.ck, next: sealed.value.next };
  return {
    payload: sealed.value.payload,
    code: responseCodeFromKey(crypto, sealed.value),
    counter: sealed.value.counter,
  };
}

/** A fresh hedge at each call. */
export function hedge(server: BenchOtc): Hedge {
  server.draws += 1;
  const random = crypto.sha256(concatBytes(asciiBytes('bench hedge'), u32(server.draws)));
  return { key: new Uint8Array(32).fill(7), binding: new Uint8Array(4), random };
}

function bindingOf(server: BenchOtc, slot: number): BenchBinding {
  const binding = server.slots[slot];
  assert(binding !== undefined, 'the slot is bound');
  return binding;
}
