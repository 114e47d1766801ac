import { OPERATIONS } from '@chiavetta/protocol/keys';
import { describe, expect, it } from 'vitest';
import type { VirtualToken } from '../../runtime/virtual-token.ts';
import { attempt, freshFob, refusal } from '../../testing/bench-attempt.ts';
import { benchBank, benchTicket, benchTxid } from '../../testing/bench-bank.ts';
import { prepareFob, provisionFob } from '../../testing/bench-fob.ts';
import { benchHost } from '../../testing/bench-host.ts';

const bank = benchBank();
const { provision } = OPERATIONS;
const TICKET = 6;
const BAD_STATE = 2;

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
