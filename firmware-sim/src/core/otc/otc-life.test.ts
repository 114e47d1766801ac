import { describe, expect, it } from 'vitest';
import type { VirtualToken } from '../../runtime/virtual-token.ts';
import { createVirtualToken } from '../../runtime/virtual-token.ts';
import { benchBank, benchToken } from '../../testing/bench-bank.ts';
import type { BenchOtc } from '../../testing/bench-otc.ts';
import {
  benchLogin,
  benchOtc,
  benchPair1,
  benchPair2,
  benchPaired,
  operateOtc,
} from '../../testing/bench-otc.ts';
import {
  BENCH_PIN,
  choosePin,
  codeOn,
  confirmLogin,
  givePin,
  restartOtc,
  wakeOtc,
} from '../../testing/bench-person.ts';

const bank = benchBank();

function freshOtc(): { readonly token: VirtualToken; readonly server: BenchOtc } {
  const made = benchToken(bank, { kind: 'otc', serial: 900_001n });
  const token = createVirtualToken({ made, seed: 'otc life', tracing: 'off' });
  return { token, server: benchOtc(made) };
}

function pairSlot(
  token: VirtualToken,
  server: BenchOtc,
  options: { readonly slot?: number; readonly mode?: 'new_pin' | 'keep_pin'; readonly pin?: string } = {},
): void {
  const { slot = 0, mode = 'new_pin', pin = BENCH_PIN } = options;
  token.scan({ payload: benchPair1(server, { slot, mode }) });
  expect(token.screen()).toMatchObject({
    id: 'otc.pair.intro',
    fields: { label: 'Banca Esempio', serial: '000000900001' },
  });
  if (mode === 'new_pin') choosePin(token, pin);
  else {
    token.press('ok');
    givePin(token, pin);
  }
  expect(token.screen().id).toBe('otc.pair.code');
  const pair2 = benchPair2(server, codeOn(token) ?? '', slot);
  expect(pair2).toBeDefined();
  token.press('ok');
  token.scan({ payload: pair2 ?? new Uint8Array(0) });
  expect(token.screen().id).toBe('otc.pair.finish');
  expect(benchPaired(server, codeOn(token) ?? '', slot)).toBe(true);
  token.press('ok');
}

function paired(): { readonly token: VirtualToken; readonly server: BenchOtc } {
  const { token, server } = freshOtc();
  wakeOtc(token);
  expect(operateOtc(bank, token, server, { operation: 'bind' })?.tag).toBe('done');
  pairSlot(token, server);
  return { token, server };
}

describe('the life of an OTC token', () => {
  it('is bound, paired, and logs in 50 times in both orders, with the codes that the server expects', () => {
    const { token, server } = paired();
    for (let login = 0; login < 50; login += 1) {
      expect(restartOtc(token)).toBe('otc.pin');
      const { payload, code, counter } = benchLogin(server);
      expect(counter).toBe(login);
      if (login % 2 === 0) {
        token.scan({ payload });
        expect(token.screen()).toMatchObject({ id: 'otc.pin', fields: { reason: 'picture' } });
        givePin(token);
      } else {
        expect(givePin(token)).toBe('otc.scanning');
        token.scan({ payload });
      }
      expect(token.screen()).toEqual({
        id: 'otc.login',
        fields: { label: 'Banca Esempio', text: 'Portal login' },
      });
      expect(confirmLogin(token)).toBe(code);
      token.press('ok');
      expect(token.scan({ payload }).screen.id).toBe('otc.picture.used');
    }
  });

  it('blocks after five wrong PINs, is unlocked at the branch, reset, paired again and rekeyed', () => {
    const { token, server } = paired();
    restartOtc(token);
    for (let left = 4; left >= 1; left -= 1) {
      expect(givePin(token, '99999')).toBe('otc.pin.wrong');
      expect(token.screen().fields).toEqual({ left });
      restartOtc(token);
    }
    expect(givePin(token, '99999')).toBe('otc.blocked');
    const lockCode = token.screen().fields['lockCode'];
    expect(lockCode).toMatch(/^[0-9]{8}$/);
    expect(restartOtc(token)).toBe('otc.blocked');
    expect(token.screen().fields['lockCode']).toBe(lockCode);
    givePin(token);
    expect(token.screen().id).toBe('otc.blocked');

    expect(operateOtc(bank, token, server, { operation: 'unlock' })?.tag).toBe('done');
    expect(token.screen().id).toBe('otc.pin');
    expect(givePin(token)).toBe('otc.scanning');
    const login = benchLogin(server);
    token.scan({ payload: login.payload });
    expect(confirmLogin(token)).toBe(login.code);

    expect(operateOtc(bank, token, server, { operation: 'reset' })?.tag).toBe('done');
    restartOtc(token);
    pairSlot(token, server, { pin: '80264' });
    restartOtc(token);
    expect(givePin(token)).toBe('otc.pin.wrong');
    expect(givePin(token, '80264')).toBe('otc.scanning');
    loginOnce(token, server);

    expect(operateOtc(bank, token, server, { operation: 'rekey' })?.tag).toBe('done');
    restartOtc(token);
    givePin(token, '80264');
    // Until the new generation is active the old one logs in.
    loginOnce(token, server);
    pairSlot(token, server, { mode: 'keep_pin', pin: '80264' });
    loginOnce(token, server);
  });

  it('is reset while it is blocked, and the new PIN brings the tries back', () => {
    const { token, server } = paired();
    restartOtc(token);
    for (let wrong = 0; wrong < 5; wrong += 1) givePin(token, '99999');
    expect(token.screen().id).toBe('otc.blocked');
    expect(operateOtc(bank, token, server, { operation: 'reset' })?.tag).toBe('done');
    pairSlot(token, server, { pin: '80264' });
    restartOtc(token);
    expect(givePin(token, '99999')).toBe('otc.pin.wrong');
    expect(token.screen().fields).toEqual({ left: 4 });
  });

  it('keeps eight slots apart, and a new PIN erases the keys of all of them', () => {
    const { token, server } = freshOtc();
    wakeOtc(token);
    for (let slot = 0; slot < 8; slot += 1) {
      expect(operateOtc(bank, token, server, { operation: 'bind', slot })?.tag).toBe('done');
    }
    for (let slot = 0; slot < 8; slot += 1) {
      pairSlot(token, server, { slot, mode: slot === 0 ? 'new_pin' : 'keep_pin' });
    }
    for (let slot = 7; slot >= 0; slot -= 1) loginOnce(token, server, slot);
    const before = benchLogin(server, 5);
    operateOtc(bank, token, server, { operation: 'reset', slot: 3 });
    pairSlot(token, server, { slot: 3, pin: '80264' });
    expect(token.scan({ payload: before.payload }).screen.id).toBe('otc.picture.unpaired');
    loginOnce(token, server, 3);
    operateOtc(bank, token, server, { operation: 'revoke', slot: 3 });
    expect(token.scan({ payload: before.payload }).screen.id).toBe('otc.picture.unpaired');
  });
});

function loginOnce(token: VirtualToken, server: BenchOtc, slot = 0): void {
  const { payload, code } = benchLogin(server, slot);
  token.scan({ payload });
  expect(confirmLogin(token)).toBe(code);
}
