import { describe, expect, it } from 'vitest';
import { createVirtualToken } from '../../runtime/virtual-token.ts';
import { benchBank, benchToken } from '../../testing/bench-bank.ts';
import { benchLogin, benchPair1, benchPair2, benchPaired, operateOtc } from '../../testing/bench-otc.ts';
import { boundOtcBench, freshOtcBench, pairedOtcBench } from '../../testing/bench-otc-start.ts';
import { BENCH_PIN, codeOn, confirmLogin, givePin, restartOtc } from '../../testing/bench-person.ts';
import { viewOtcFlash } from '../../testing/otc-flash-view.ts';

describe('switching on', () => {
  it('asks for the language until one is chosen, and keeps it over power-off and a battery change', () => {
    const made = benchToken(benchBank(), { kind: 'otc' });
    const token = createVirtualToken({ made, seed: 'language', tracing: 'off' });
    expect(token.press('power').screen.id).toBe('otc.language');
    token.press('9');
    token.press('ok');
    token.press('power');
    expect(token.press('power').screen.id).toBe('otc.language');
    expect(token.press('3').screen).toEqual({
      id: 'otc.boot',
      fields: { firmware: '1.0.0', battery: 'good' },
    });
    token.power('battery');
    expect(token.press('power').screen.id).toBe('otc.boot');
    expect(token.advance(2_000).screen.id).toBe('otc.ready');
  });

  it('says so when the flash is damaged, instead of starting half', () => {
    const made = benchToken(benchBank(), { kind: 'otc' });
    const broken = { ...made, image: new Uint8Array(made.image.length).fill(0xff) };
    const token = createVirtualToken({ made: broken, seed: 'damaged', tracing: 'off' });
    expect(token.press('power').screen.id).toBe('otc.damaged');
    expect(token.press('power').screen.id).toBe('off');
  });
});

describe('auto-off', () => {
  it('comes 30 to 40 seconds after the last key when nobody is busy', () => {
    const { token } = pairedOtcBench();
    restartOtc(token);
    token.advance(20_000);
    token.press('menu');
    expect(token.advance(30_000).screen.id).toBe('otc.info');
    expect(token.advance(10_000).screen.id).toBe('off');
  });

  it('leaves a person at one digit in four seconds the time to type, and a code on the display', () => {
    const { token, server } = pairedOtcBench();
    restartOtc(token);
    const { payload, code } = benchLogin(server);
    token.scan({ payload });
    for (const digit of BENCH_PIN) {
      token.advance(4_000);
      token.type(digit);
    }
    token.advance(45_000);
    token.press('ok');
    token.advance(45_000);
    expect(confirmLogin(token)).toBe(code);
    token.advance(120_000);
    expect(codeOn(token)).toBe(code);
  });
});

describe('typing', () => {
  it('deletes one digit with a short clear and all with a long one', () => {
    const { token } = pairedOtcBench();
    restartOtc(token);
    token.type('1234567');
    expect(token.screen().fields).toEqual({ typed: 5, reason: 'unlock' });
    expect(token.press('clear').screen.fields['typed']).toBe(4);
    expect(token.press('clear', { holdMs: 1_500 }).screen.fields['typed']).toBe(0);
    expect(givePin(token)).toBe('otc.scanning');
  });

  it('takes no PIN that is too short', () => {
    const { token } = pairedOtcBench();
    restartOtc(token);
    const before = token.nvm();
    expect(givePin(token, BENCH_PIN.slice(0, 4))).toBe('otc.pin');
    expect(token.nvm()).toEqual(before);
  });
});

describe('choosing a PIN', () => {
  it('refuses a weak one and tells a mismatch, and goes on from there', () => {
    const { token, server } = boundOtcBench();
    token.scan({ payload: benchPair1(server) });
    token.press('ok');
    const before = token.nvm();
    expect(givePin(token, '12345')).toBe('otc.pin.weak');
    expect(token.press('ok').screen.id).toBe('otc.pin.choose');
    expect(givePin(token, BENCH_PIN)).toBe('otc.pin.confirm');
    expect(givePin(token, '40618')).toBe('otc.pin.mismatch');
    expect(token.nvm()).toEqual(before);
    token.press('ok');
    givePin(token, BENCH_PIN);
    expect(givePin(token, BENCH_PIN)).toBe('otc.pair.code');
  });

  it('leaves a token that is switched off in the middle as it was', () => {
    const { token, server } = pairedOtcBench();
    const before = token.nvm();
    chooseHalfway(token, server);
    token.press('power');
    expect(token.nvm()).toEqual(before);
    restartOtc(token);
    expect(givePin(token)).toBe('otc.scanning');
  });
});

function chooseHalfway(
  token: Parameters<typeof restartOtc>[0],
  server: Parameters<typeof benchPair1>[0],
): void {
  token.scan({ payload: benchPair1(server, { mode: 'new_pin' }) });
  token.press('ok');
  givePin(token, '80264');
  token.type('802');
}

describe('the slot words of the state table', () => {
  it('go EMPTY, BOUND, PENDING_CODE10, PENDING_CODE6, ACTIVE, and back to EMPTY with REVOKE', () => {
    const bench = freshOtcBench();
    const { token, server, made, bank } = bench;
    const slotNow = (): string => {
      const slot = viewOtcFlash(token.nvm(), made.elementKey).vault.slots[0];
      if (slot === undefined) return 'EMPTY';
      if (slot.active !== undefined) return slot.pending === undefined ? 'ACTIVE' : 'ACTIVE + PENDING';
      if (slot.pending === undefined) return 'BOUND';
      return slot.pending.pair2Opened ? 'PENDING_CODE6' : 'PENDING_CODE10';
    };
    expect(slotNow()).toBe('EMPTY');
    operateOtc(bank, token, server, { operation: 'bind' });
    expect(slotNow()).toBe('BOUND');
    token.scan({ payload: benchPair1(server) });
    token.press('ok');
    givePin(token);
    expect(slotNow()).toBe('BOUND');
    givePin(token);
    expect(slotNow()).toBe('PENDING_CODE10');
    finish(bench);
    expect(slotNow()).toBe('PENDING_CODE6');
    login(bench);
    // k_root and the 10 digits went with the promotion.
    expect(slotNow()).toBe('ACTIVE');
    operateOtc(bank, token, server, { operation: 'rekey' });
    token.scan({ payload: benchPair1(server, { mode: 'keep_pin' }) });
    token.press('ok');
    givePin(token);
    expect(slotNow()).toBe('ACTIVE + PENDING');
    finish(bench);
    login(bench);
    expect(slotNow()).toBe('ACTIVE');
    operateOtc(bank, token, server, { operation: 'revoke' });
    expect(slotNow()).toBe('EMPTY');
  });

  it('promote a pending generation that a later PAIR1 names as the active one, and drop one that it does not', () => {
    const bench = pairedOtcBench();
    const { token, server, made } = bench;
    const generations = (): readonly (number | undefined)[] => {
      const slot = viewOtcFlash(token.nvm(), made.elementKey).vault.slots[0];
      return [slot?.active?.generation, slot?.pending?.generation];
    };
    const stage = (): void => {
      token.scan({ payload: benchPair1(server, { mode: 'keep_pin' }) });
      token.press('ok');
      givePin(token);
    };
    expect(generations()).toEqual([undefined, 1]);
    // The server holds 1 active since the 6 digits, though the token never saw a login of it.
    stage();
    expect(generations()).toEqual([1, 2]);
    // That attempt was given up: the next one still names 1.
    stage();
    expect(generations()).toEqual([1, 3]);
    login(bench);
  });
});

function finish(bench: ReturnType<typeof freshOtcBench>): void {
  const { token, server } = bench;
  const payload = benchPair2(server, codeOn(token) ?? '') ?? new Uint8Array(0);
  token.press('ok');
  token.scan({ payload });
  expect(benchPaired(server, codeOn(token) ?? '')).toBe(true);
  token.press('ok');
}

function login(bench: ReturnType<typeof freshOtcBench>): void {
  const { payload, code } = benchLogin(bench.server);
  bench.token.scan({ payload });
  expect(confirmLogin(bench.token)).toBe(code);
}
