import { OPERATIONS } from '@chiavetta/protocol/keys';
import { describe, expect, it } from 'vitest';
import { benchTicket, benchTxid } from '../../testing/bench-bank.ts';
import { benchHost } from '../../testing/bench-host.ts';
import { benchPair1, operateOtc } from '../../testing/bench-otc.ts';
import { branchAct, pairAct } from '../../testing/bench-otc-life.ts';
import { boundOtcBench, freshOtcBench, pairedOtcBench } from '../../testing/bench-otc-start.ts';
import { BENCH_PIN, choosePin, wakeOtc } from '../../testing/bench-person.ts';
import { viewOtcFlash } from '../../testing/otc-flash-view.ts';

const BAD_STATE = 2;
const REFUSED_BY_PERSON = 7;
const UNSUPPORTED = 11;

describe('an operation over the serial line', () => {
  it('shows serial, operation and customer, and happens only after the OK on the token', () => {
    const { bank, token, server } = freshOtcBench();
    const before = token.nvm();
    const answer = operateOtc(bank, token, server, {
      operation: 'bind',
      person: () => {
        expect(token.screen()).toEqual({
          id: 'otc.ask',
          fields: { serial: '000000900001', operation: 'bind', customer: 'Ada Rossi' },
        });
        token.press('7');
        token.press('scan');
        expect(token.screen().id).toBe('otc.ask');
        expect(token.nvm()).toEqual(before);
        token.press('clear');
      },
    });
    expect(answer).toEqual({ tag: 'refused', code: REFUSED_BY_PERSON });
    expect(token.nvm()).toEqual(before);
    expect(operateOtc(bank, token, server, { operation: 'bind' })?.tag).toBe('done');
  });

  it('is refused before anyone is asked when it makes no sense on this token', () => {
    const fresh = freshOtcBench();
    for (const operation of ['reset', 'rekey', 'unlock'] as const) {
      expect(operateOtc(fresh.bank, fresh.token, fresh.server, { operation })).toEqual({
        tag: 'refused',
        code: BAD_STATE,
      });
    }
    // A slot with keys is not bound over; it has to be revoked first.
    const { bank, token, server } = pairedOtcBench();
    const before = token.nvm();
    expect(operateOtc(bank, token, server, { operation: 'bind' })).toEqual({
      tag: 'refused',
      code: BAD_STATE,
    });
    expect(operateOtc(bank, token, server, { operation: 'bind', slot: 8 })).toEqual({
      tag: 'refused',
      code: BAD_STATE,
    });
    expect(token.nvm()).toEqual(before);
    branchAct('revoke').run({ ...pairedOtcBench(), bank, token, server });
    expect(operateOtc(bank, token, server, { operation: 'bind' })?.tag).toBe('done');
  });

  it('does not know a seed: PROVISION is for fobs', () => {
    const { bank, token } = freshOtcBench();
    const host = benchHost(token, bank);
    host.hello();
    const { answer } = host.open({
      ticket: benchTicket(bank, { operation: OPERATIONS.provision, serial: token.serial, txid: 1 }),
      prepare: {
        tag: 'provision',
        seedEpoch: 1,
        algorithm: 1,
        mode: 1,
        digits: 6,
        stepSeconds: 0,
      },
    });
    expect(answer).toEqual({ tag: 'message', message: { tag: 'refused', code: UNSUPPORTED } });
  });

  it('keeps the token on while the line is in use, and works on a token that a cable switched on', () => {
    const { bank, token, server } = freshOtcBench();
    token.press('power');
    expect(operateOtc(bank, token, server, { operation: 'bind' })?.tag).toBe('done');
    for (let beat = 0; beat < 6; beat += 1) {
      token.advance(20_000);
      benchHost(token, bank).hello();
    }
    expect(token.screen().id).not.toBe('off');
  });
});

describe('prekeys', () => {
  it('count from COMMIT on: a discarded block changes nothing', () => {
    const { bank, token, server, made } = boundOtcBench();
    const before = viewOtcFlash(token.nvm(), made.elementKey).vault;
    const host = benchHost(token, bank);
    host.hello();
    const session = host.open({
      ticket: benchTicket(bank, {
        operation: OPERATIONS.reset,
        serial: token.serial,
        txid: 9,
        issued: 1_800_000_009,
      }),
      prepare: {
        tag: 'reset',
        seedEpoch: 9,
        slot: 0,
        keyId: 1,
        serverKey: new Uint8Array(32).fill(9),
        hintKey: new Uint8Array(32),
        label: 'Banca',
        customerLabel: 'Ada',
      },
      person: () => token.press('ok'),
    });
    expect(session.answer).toMatchObject({ message: { tag: 'ready', prekeys: { firstPrekeyId: 8 } } });
    const discarded = session.send({ tag: 'discard', txid: benchTxid(9) });
    expect(discarded).toMatchObject({ message: { tag: 'discarded' } });
    expect(viewOtcFlash(token.nvm(), made.elementKey).vault).toEqual(before);
    token.scan({ payload: benchPair1(server) });
    expect(choosePin(token)).toBe(server.slots[0]?.pairing?.code10);
  });

  it('are numbered 0 to 254 and then 0 again, and pair on both sides of that edge and without any', () => {
    const bench = boundOtcBench();
    const { token, server, made } = bench;
    for (let made8 = 1; made8 < 31; made8 += 1) branchAct('reset').run(bench);
    expect(server.prekeys.map(({ id }) => id)).toEqual([240, 241, 242, 243, 244, 245, 246, 247]);
    branchAct('reset').run(bench);
    expect(server.prekeys.map(({ id }) => id)).toEqual([248, 249, 250, 251, 252, 253, 254, 0]);
    const held = (): readonly number[] =>
      viewOtcFlash(token.nvm(), made.elementKey).vault.prekeys.map(({ id }) => id);
    expect(held()).toEqual([248, 249, 250, 251, 252, 253, 254, 0]);
    for (const left of [
      [249, 250, 251, 252, 253, 254, 0],
      [250, 251, 252, 253, 254, 0],
    ]) {
      token.scan({ payload: benchPair1(server) });
      expect(choosePin(token)).toBe(server.slots[0]?.pairing?.code10);
      expect(held()).toEqual(left);
    }
    // The last one, after 254: it and all before it go.
    server.prekeys = server.prekeys.slice(-1);
    token.scan({ payload: benchPair1(server) });
    expect(choosePin(token)).toBe(server.slots[0]?.pairing?.code10);
    expect(held()).toEqual([]);
    // 255: none.
    token.scan({ payload: benchPair1(server, { noPrekey: true }) });
    expect(choosePin(token)).toBe(server.slots[0]?.pairing?.code10);
    branchAct('reset').run(bench);
    expect(held()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('of an abandoned attempt are gone: the next first picture takes the next one', () => {
    const bench = boundOtcBench();
    const { token, server } = bench;
    const abandoned = benchPair1(server);
    token.scan({ payload: abandoned });
    token.press('clear');
    // Nothing was staged, so the same picture still opens.
    token.scan({ payload: abandoned });
    expect(choosePin(token)).toBe(server.slots[0]?.pairing?.code10);
    expect(token.scan({ payload: abandoned }).screen.id).toBe('otc.picture.old-pairing');
    pairAct('new_pin', BENCH_PIN).run(bench);
    expect(wakeOtc(token)).toBe('otc.ready');
  });
});
