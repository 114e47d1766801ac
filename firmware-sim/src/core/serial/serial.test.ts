import { OPERATIONS } from '@chiavetta/protocol/keys';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import { encodeFrame, FRAME_TYPES } from '@chiavetta/protocol/wire';
import { describe, expect, it } from 'vitest';
import { issueAuthority } from '../../factory/index.ts';
import type { VirtualToken } from '../../runtime/virtual-token.ts';
import { createVirtualToken } from '../../runtime/virtual-token.ts';
import type { BenchBank } from '../../testing/bench-bank.ts';
import { benchBank, benchSerial, benchTicket, benchToken, benchTxid } from '../../testing/bench-bank.ts';
import { prepareFob, provisionFob } from '../../testing/bench-fob.ts';
import type { BenchAnswer } from '../../testing/bench-host.ts';
import { benchHost } from '../../testing/bench-host.ts';

const bank = benchBank();
const { provision } = OPERATIONS;

function freshFob(): VirtualToken {
  return createVirtualToken({ made: benchToken(bank), seed: 'serial test', tracing: 'off' });
}

/** Tries to get to READY with another bank's papers or with a wrong ticket. */
function attempt(
  fob: VirtualToken,
  options: {
    readonly as?: BenchBank;
    readonly ticket?: Uint8Array;
    readonly seedEpoch?: number;
    readonly txid?: number;
  } = {},
): BenchAnswer {
  const { as = bank, seedEpoch = 1, txid = 1 } = options;
  const host = benchHost(fob, as);
  host.hello();
  return host.open({
    ticket: options.ticket ?? benchTicket(as, { operation: provision, serial: fob.serial, txid }),
    prepare: prepareFob(seedEpoch),
    person: () => {
      fob.press('button');
    },
  }).answer;
}

function refusal(code: number): BenchAnswer {
  return { tag: 'message', message: { tag: 'refused', code } };
}

const AUTHORITY = 5;
const TICKET = 6;
const BAD_STATE = 2;

describe('what a token says in HELLO', () => {
  it('tells its serial, model and epoch, and that nothing is pending', () => {
    const fob = freshFob();
    expect(benchHost(fob, bank).hello()).toMatchObject({
      serial: 4_711n,
      model: 1,
      seedEpoch: 0,
      pending: 0,
      maxFrameBytes: 512,
    });
  });

  it('names the staged transaction after the cable was pulled before COMMIT', () => {
    const fob = freshFob();
    attempt(fob, { txid: 9 });
    fob.power('battery');
    expect(benchHost(fob, bank).hello()).toMatchObject({
      seedEpoch: 0,
      pending: 1,
      pendingTxid: benchTxid(9),
    });
  });
});

describe('a token refuses, and nothing in its flash has changed', () => {
  const other = benchBank('another bank');
  const refusals: readonly (readonly [string, number, (fob: VirtualToken) => BenchAnswer])[] = [
    ['an authority of another bank', AUTHORITY, (fob) => attempt(fob, { as: other })],
    [
      'a copied authority certificate whose Noise key the other end does not have',
      AUTHORITY,
      (fob) => attempt(fob, { as: { ...bank, noiseSecret: other.noiseSecret } }),
    ],
    [
      "a token's certificate in the place of an authority's",
      AUTHORITY,
      (fob) => attempt(fob, { as: { ...bank, authorityCertificate: benchToken(bank).certificate } }),
    ],
    [
      'an authority certificate with one bit changed',
      AUTHORITY,
      (fob) => attempt(fob, { as: { ...bank, authorityCertificate: flipped(bank.authorityCertificate) } }),
    ],
    [
      'a ticket signed by someone else',
      TICKET,
      (fob) =>
        attempt(fob, {
          ticket: benchTicket(bank, {
            operation: provision,
            serial: fob.serial,
            txid: 1,
            ticketSecret: other.ticketSecret,
          }),
        }),
    ],
    [
      "another token's ticket",
      TICKET,
      (fob) =>
        attempt(fob, {
          ticket: benchTicket(bank, { operation: provision, serial: benchSerial(4_712n), txid: 1 }),
        }),
    ],
    [
      'an operation that a fob does not have',
      11,
      (fob) =>
        attempt(fob, {
          ticket: benchTicket(bank, { operation: OPERATIONS.export, serial: fob.serial, txid: 1 }),
        }),
    ],
    [
      'a PREPARE of another operation than the ticket allows',
      4,
      (fob) =>
        attempt(fob, {
          ticket: benchTicket(bank, { operation: OPERATIONS.unlock, serial: fob.serial, txid: 1 }),
        }),
    ],
    ['an epoch that is not new', BAD_STATE, (fob) => attempt(fob, { seedEpoch: 0 })],
  ];

  it.each(refusals)('%s', (_name, code, tryIt) => {
    const fob = freshFob();
    const before = fob.nvm();
    expect(tryIt(fob)).toEqual(refusal(code));
    expect(fob.nvm()).toEqual(before);
    expect(fob.screen().id).toBe('fob.dark');
  });

  it('when the person holds the button instead of pressing it', () => {
    const fob = freshFob();
    const before = fob.nvm();
    const host = benchHost(fob, bank);
    host.hello();
    const { answer } = host.open({
      ticket: benchTicket(bank, { operation: provision, serial: fob.serial, txid: 1 }),
      prepare: prepareFob(1),
      person: () => {
        expect(fob.screen()).toEqual({ id: 'fob.ask', fields: { serialEnd: '004711' } });
        fob.press('button', { holdMs: 6_000 });
      },
    });
    expect(answer).toEqual(refusal(7));
    expect(fob.nvm()).toEqual(before);
  });

  it('when nobody answers for two minutes', () => {
    const fob = freshFob();
    const host = benchHost(fob, bank);
    host.hello();
    const { answer } = host.open({
      ticket: benchTicket(bank, { operation: provision, serial: fob.serial, txid: 1 }),
      prepare: prepareFob(1),
      person: () => {
        expect(fob.advance(119_999).screen.id).toBe('fob.ask');
        expect(fob.advance(1).screen.id).toBe('fob.dark');
      },
    });
    expect(answer).toEqual(refusal(7));
  });
});

describe('the order of tickets on a token without a clock', () => {
  it('takes the same transaction again after a lost session, and no ticket issued before it', () => {
    const fob = freshFob();
    const first = benchTicket(bank, { operation: provision, serial: fob.serial, txid: 1, issued: 2_000 });
    expect(attempt(fob, { ticket: first })).toMatchObject({ message: { tag: 'ready' } });
    expect(attempt(fob, { ticket: first })).toMatchObject({ message: { tag: 'ready' } });
    const older = benchTicket(bank, { operation: provision, serial: fob.serial, txid: 2, issued: 1_999 });
    expect(attempt(fob, { ticket: older })).toEqual(refusal(TICKET));
    const newer = benchTicket(bank, { operation: provision, serial: fob.serial, txid: 3, issued: 2_000 });
    expect(attempt(fob, { ticket: newer })).toMatchObject({ message: { tag: 'ready' } });
  });

  it('remembers the last ticket over DISCARD and a change of battery', () => {
    const fob = freshFob();
    const host = benchHost(fob, bank);
    const ticket = benchTicket(bank, { operation: provision, serial: fob.serial, txid: 1, issued: 2_000 });
    host.hello();
    const session = host.open({ ticket, prepare: prepareFob(1), person: () => fob.press('button') });
    expect(session.send({ tag: 'discard', txid: benchTxid(1) })).toMatchObject({
      message: { tag: 'discarded' },
    });
    fob.power('battery');
    expect(benchHost(fob, bank).hello()?.pending).toBe(0);
    const older = benchTicket(bank, { operation: provision, serial: fob.serial, txid: 2, issued: 1_999 });
    expect(attempt(fob, { ticket: older })).toEqual(refusal(TICKET));
  });
});

describe('COMMIT, DISCARD and STATUS', () => {
  function statusSession(fob: VirtualToken, txid: number) {
    const host = benchHost(fob, bank);
    host.hello();
    return host.open({ ticket: benchTicket(bank, { operation: provision, serial: fob.serial, txid }) });
  }

  it('commits again as often as it is told to, also in later sessions, and never discards it then', () => {
    const fob = freshFob();
    provisionFob(fob, bank, { txid: 1 });
    const shown = fob.press('button').screen.fields['code'];
    fob.press('button');
    const later = statusSession(fob, 1);
    expect(later.answer).toMatchObject({ message: { tag: 'statusReply', state: 2, seedEpoch: 1 } });
    for (let times = 0; times < 2; times += 1) {
      expect(later.send({ tag: 'commit', txid: benchTxid(1) })).toMatchObject({
        message: { tag: 'done', seedEpoch: 1 },
      });
    }
    expect(later.send({ tag: 'discard', txid: benchTxid(1) })).toEqual(refusal(BAD_STATE));
    // The counter went on: a repeated COMMIT does not put it back to 0.
    expect(fob.press('button').screen.fields['code']).not.toBe(shown);
  });

  it('finishes a staged transaction in a session of its own', () => {
    const fob = freshFob();
    attempt(fob, { txid: 4 });
    const later = statusSession(fob, 4);
    expect(later.answer).toMatchObject({ message: { tag: 'statusReply', state: 1, seedEpoch: 0 } });
    expect(later.send({ tag: 'commit', txid: benchTxid(4) })).toMatchObject({
      message: { tag: 'done', seedEpoch: 1 },
    });
    expect(fob.press('button').screen.id).toBe('fob.code');
  });

  it('knows nothing of a transaction that was never prepared and refuses to commit it', () => {
    const fob = freshFob();
    const session = statusSession(fob, 5);
    expect(session.answer).toMatchObject({ message: { tag: 'statusReply', state: 0, seedEpoch: 0 } });
    expect(session.send({ tag: 'commit', txid: benchTxid(5) })).toEqual(refusal(BAD_STATE));
    expect(session.send({ tag: 'discard', txid: benchTxid(5) })).toMatchObject({
      message: { tag: 'discarded' },
    });
  });

  it('lets a session touch no other transaction than the one of its ticket', () => {
    const fob = freshFob();
    attempt(fob, { txid: 6 });
    const session = statusSession(fob, 7);
    expect(session.send({ tag: 'commit', txid: benchTxid(6) })).toEqual(refusal(TICKET));
    expect(benchHost(fob, bank).hello()?.seedEpoch).toBe(0);
  });

  it('never takes an epoch again, and still answers for the operation before the last', () => {
    const fob = freshFob();
    provisionFob(fob, bank, { seedEpoch: 5, txid: 1 });
    expect(attempt(fob, { seedEpoch: 5, txid: 2 })).toEqual(refusal(BAD_STATE));
    expect(attempt(fob, { seedEpoch: 4, txid: 2 })).toEqual(refusal(BAD_STATE));
    expect(attempt(fob, { seedEpoch: 6, txid: 2 })).toMatchObject({ message: { tag: 'ready' } });
    expect(statusSession(fob, 1).answer).toMatchObject({
      message: { tag: 'statusReply', state: 2, seedEpoch: 5 },
    });
    expect(attempt(fob, { seedEpoch: 7, txid: 1 })).toEqual(refusal(BAD_STATE));
  });
});

describe('the session and the line', () => {
  it('is dead after one changed bit in a handshake message and says so until the next HELLO', () => {
    const fob = freshFob();
    const host = benchHost(fob, bank);
    host.hello();
    const bad = host.exchange({ type: FRAME_TYPES.session, body: new Uint8Array(32) });
    expect(bad).toMatchObject({ type: FRAME_TYPES.error, body: new Uint8Array([3]) });
    const again = host.exchange({ type: FRAME_TYPES.session, body: new Uint8Array(48).fill(1) });
    expect(again).toMatchObject({ type: FRAME_TYPES.error, body: new Uint8Array([3]) });
    expect(attempt(fob)).toMatchObject({ message: { tag: 'ready' } });
  });

  it('answers a repeated frame from its cache and stages nothing twice', () => {
    const fob = freshFob();
    const sent: Uint8Array[] = [];
    fob.onTransmit((bytes) => sent.push(bytes));
    const hello = encodeFrame({ type: FRAME_TYPES.hello, seq: 1, body: new Uint8Array([1, 1, 2, 0]) });
    fob.receive(hello);
    fob.receive(hello);
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
  });

  it('drops a half frame after two seconds of silence', () => {
    const fob = freshFob();
    const sent: Uint8Array[] = [];
    fob.onTransmit((bytes) => sent.push(bytes));
    const hello = encodeFrame({ type: FRAME_TYPES.hello, seq: 1, body: new Uint8Array([1, 1, 2, 0]) });
    fob.receive(hello.slice(0, 4));
    fob.advance(2_000);
    fob.receive(hello.slice(4));
    expect(sent).toHaveLength(0);
    fob.receive(hello);
    expect(sent).toHaveLength(1);
  });

  it('refuses an authority of the bank whose certificate says another ticket key than signed the ticket', () => {
    const fob = freshFob();
    const rival = issueAuthority(bank.anchor, {
      authorityId: 8,
      ticketPublicKey: nobleCrypto.ed25519PublicKey(new Uint8Array(32).fill(9)),
      noisePublicKey: nobleCrypto.x25519PublicKey(bank.noiseSecret),
    });
    expect(attempt(fob, { as: { ...bank, authorityCertificate: rival } })).toEqual(refusal(TICKET));
  });
});

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[40] = (copy[40] ?? 0) ^ 1;
  return copy;
}
