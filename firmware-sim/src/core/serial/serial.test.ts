import { issueCertificate, MODEL_ISSUER, OPERATIONS, readCertificate } from '@chiavetta/protocol/keys';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import { encodeFrame, FRAME_TYPES } from '@chiavetta/protocol/wire';
import { describe, expect, it } from 'vitest';
import { issueAuthority } from '../../factory/index.ts';
import type { VirtualToken } from '../../runtime/virtual-token.ts';
import { attempt, freshFob, refusal } from '../../testing/bench-attempt.ts';
import { benchBank, benchSerial, benchTicket, benchToken, benchTxid } from '../../testing/bench-bank.ts';
import { prepareFob } from '../../testing/bench-fob.ts';
import type { BenchAnswer } from '../../testing/bench-host.ts';
import { benchHost } from '../../testing/bench-host.ts';

const bank = benchBank();
const { provision } = OPERATIONS;

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
      'a certificate that the anchor signed for another role than an authority',
      AUTHORITY,
      (fob) => attempt(fob, { as: { ...bank, authorityCertificate: otherRole() } }),
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

/** As an authority's in everything but the model. */
function otherRole(): Uint8Array {
  const authority = readCertificate(bank.authorityCertificate);
  if (!authority.ok) throw new Error('the bench has a well-formed authority');
  const body = { ...authority.value, model: MODEL_ISSUER };
  return issueCertificate({ crypto: nobleCrypto, issuerSecret: bank.anchor.secret, body });
}

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[40] = (copy[40] ?? 0) ^ 1;
  return copy;
}
