import { asciiBytes, toHex } from '@chiavetta/protocol/bytes';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import { describe, expect, it } from 'vitest';
import type { VirtualToken } from '../../runtime/virtual-token.ts';
import { createVirtualToken } from '../../runtime/virtual-token.ts';
import { benchLogin, benchPair1, operateOtc } from '../../testing/bench-otc.ts';
import { branchAct, loginAct, pairAct } from '../../testing/bench-otc-life.ts';
import type { OtcBench } from '../../testing/bench-otc-start.ts';
import { pairedOtcBench } from '../../testing/bench-otc-start.ts';
import { BENCH_PIN, choosePin, givePin, restartOtc, wakeOtc } from '../../testing/bench-person.ts';
import { viewOtcFlash } from '../../testing/otc-flash-view.ts';
import { boardStart } from '../board.ts';
import { readIdentity } from '../identity-record.ts';
import { readTransaction } from '../serial/index.ts';
import { openStaged } from '../serial/transaction-record.ts';
import { OTC_FLASH } from './otc-flash.ts';
import { openStagedPairing } from './staged-operation.ts';
import type { Vault } from './vault.ts';

function secretsOf(vault: Vault): readonly Uint8Array[] {
  return [
    vault.stagingKey,
    ...(vault.pin === undefined ? [] : [vault.pin.verifier]),
    ...vault.prekeys.map(({ secret }) => secret),
    ...vault.slots.flatMap((slot) => [
      slot.hintKey,
      ...[slot.active, slot.pending].flatMap((held) =>
        held === undefined ? [] : [held.ck, held.m, held.kHdr],
      ),
      ...(slot.pending === undefined ? [] : [slot.pending.kRoot, asciiBytes(slot.pending.code10)]),
    ]),
  ];
}

function boardOf(bench: OtcBench): ReturnType<typeof boardStart> {
  return boardStart(nobleCrypto, OTC_FLASH, {
    tag: 'power.on',
    nvm: bench.token.nvm(),
    element: bench.made.elementKey,
    entropy: new Uint8Array(32),
    nowMs: 0,
  });
}

describe('the flash image of an OTC token', () => {
  it('never holds a secret in clear, at any operation of a life, nor the PIN', () => {
    const bench = pairedOtcBench();
    const { token, made } = bench;
    const images = new Set<string>();
    const secrets = new Set<string>();
    const identity = readIdentity(nobleCrypto, OTC_FLASH, boardOf(bench));
    if (identity === undefined) throw new Error('the identity can be read');
    for (const secret of [identity.ed25519Secret, identity.x25519Secret, made.elementKey]) {
      secrets.add(toHex(secret));
    }
    const take = (image: Uint8Array): void => {
      images.add(toHex(image));
      for (const secret of secretsOf(viewOtcFlash(image, made.elementKey).vault)) secrets.add(toHex(secret));
    };
    take(token.nvm());
    token.onNvm(take);
    branchAct('rekey').run(bench);
    restartOtc(token);
    givePin(token);
    token.scan({ payload: benchPair1(bench.server, { mode: 'keep_pin' }) });
    token.press('ok');
    givePin(token);
    pairAct('keep_pin', BENCH_PIN).run(bench);
    loginAct('pin first').run(bench);
    branchAct('reset').run(bench);
    pairAct('new_pin', '80264').run(bench);
    secrets.add(toHex(asciiBytes(BENCH_PIN)));
    secrets.add(toHex(asciiBytes('80264')));
    // The scan does find what stands in clear: the certificate is no secret.
    const [first = ''] = images;
    expect(first).toContain(toHex(made.certificate));
    expect(images.size).toBeGreaterThan(80);
    expect(secrets.size).toBeGreaterThan(40);
    for (const image of images) for (const secret of secrets) expect(image.includes(secret)).toBe(false);
  });

  it('keeps no way back to a prekey that was used: what the transaction record still holds opens no more', () => {
    const bench = pairedOtcBench();
    const board = boardOf(bench);
    const { vault } = viewOtcFlash(bench.token.nvm(), bench.made.elementKey);
    expect(vault.prekeys.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const record = readTransaction(board);
    if (record === undefined) throw new Error('the transaction record can be read');
    const sealed = openStaged(nobleCrypto, OTC_FLASH, { board, sealed: record.sealed });
    expect(sealed.length).toBeGreaterThan(256);
    expect(openStagedPairing(nobleCrypto, { stagingKey: vault.stagingKey, sealed })).toBeUndefined();
  });

  it('of one token is worth nothing in another: without its element the token says that it is damaged', () => {
    const bench = pairedOtcBench();
    const thief = createVirtualToken({
      made: { ...bench.made, image: bench.token.nvm(), elementKey: new Uint8Array(32) },
      seed: 'thief',
      tracing: 'off',
    });
    expect(thief.press('power').screen.id).toBe('otc.damaged');
  });
});

/** Every screen that a token shows from now on. */
function recorded(bench: OtcBench): { readonly token: VirtualToken; readonly texts: string[] } {
  const texts: string[] = [];
  const token = createVirtualToken({
    made: { ...bench.made, image: bench.token.nvm() },
    seed: 'recorded',
    onTraceLine: (line) => {
      if ('step' in line) texts.push(JSON.stringify(line));
    },
  });
  return { token, texts };
}

describe('screens and traces', () => {
  it('never hold a PIN, typed, chosen, confirmed or wrong', () => {
    const bench = pairedOtcBench();
    const { token, texts } = recorded(bench);
    wakeOtc(token);
    givePin(token, '97531');
    givePin(token);
    const scene: OtcBench = { ...bench, token };
    loginAct('scan first').run(scene);
    operateOtc(bench.bank, token, bench.server, { operation: 'reset' });
    token.scan({ payload: benchPair1(bench.server) });
    choosePin(token, '80264');
    expect(texts.length).toBeGreaterThan(60);
    for (const pin of [BENCH_PIN, '97531', '80264']) {
      const alone = new RegExp(`(?<![0-9a-f])${pin}(?![0-9a-f])`);
      expect(texts.filter((text) => alone.test(text))).toEqual([]);
    }
  });

  it('show a code only while the token is on and unlocked', () => {
    const bench = pairedOtcBench();
    const { token } = bench;
    restartOtc(token);
    const { payload } = benchLogin(bench.server);
    token.scan({ payload });
    for (const key of ['ok', 'clear', 'menu', 'ok', 'scan', 'clear', 'ok'] as const) {
      token.press(key);
      expect(token.screen().fields['code']).toBeUndefined();
      expect(token.screen().id).not.toBe('otc.login');
    }
    token.power('cut');
    expect(token.screen()).toEqual({ id: 'off', fields: {} });
  });
});
