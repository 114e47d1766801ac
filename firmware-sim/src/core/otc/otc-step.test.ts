import { nobleCrypto } from '@chiavetta/protocol/ports';
import { describe, expect, it } from 'vitest';
import { OTC_PROFILE } from '../../profiles/otc.ts';
import { benchLogin, benchPair1, benchPair2 } from '../../testing/bench-otc.ts';
import type { OtcBench } from '../../testing/bench-otc-start.ts';
import { boundOtcBench, pairedOtcBench } from '../../testing/bench-otc-start.ts';
import { BENCH_PIN, choosePin } from '../../testing/bench-person.ts';
import type { DeviceEvent, Effect, Key, Screen } from '../device.ts';
import { afterOp } from '../flash-image.ts';
import { stepOtc } from './otc.ts';
import type { OtcOn, OtcState } from './otc-state.ts';
import { otcOff } from './otc-state.ts';

/** The firmware without hardware: flash operations wait until the test acknowledges them. */
function bare(bench: OtcBench): {
  readonly send: (event: DeviceEvent) => void;
  readonly key: (...keys: readonly string[]) => void;
  readonly ackAll: () => number;
  readonly waiting: () => number;
  readonly screens: () => readonly Screen[];
  readonly effects: () => readonly Effect[];
  readonly state: () => OtcState;
} {
  let state: OtcState = otcOff();
  const waiting: Extract<Effect, { readonly id: number }>[] = [];
  const seen: Effect[] = [];
  let image = bench.token.nvm();
  function send(event: DeviceEvent): void {
    const step = stepOtc(state, event);
    state = step.state;
    for (const effect of step.effects) {
      seen.push(effect);
      if (effect.tag === 'nvm.program' || effect.tag === 'nvm.erase') waiting.push(effect);
    }
  }
  function ackAll(): number {
    let count = 0;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      image = afterOp(
        image,
        next.tag === 'nvm.erase' ? { tag: 'erase', page: next.page } : { ...next, tag: 'program' },
      );
      send({ tag: 'nvm.done', id: next.id });
      count += 1;
    }
    return count;
  }
  send({
    tag: 'power.on',
    nvm: image,
    element: bench.made.elementKey,
    entropy: new Uint8Array(32).fill(3),
    nowMs: 0,
  });
  ackAll();
  send({ tag: 'key.down', key: 'ok' });
  return {
    send,
    key: (...keys) => {
      for (const name of keys) if (isKey(name)) send({ tag: 'key.down', key: name });
    },
    ackAll,
    waiting: () => waiting.length,
    screens: () => seen.flatMap((effect) => (effect.tag === 'display' ? [effect.screen] : [])),
    effects: () => seen,
    state: () => state,
  };
}

function isKey(name: string): name is Key {
  return /^([0-9]|ok|clear|scan|menu|power)$/.test(name);
}

function onState(state: OtcState): OtcOn {
  if (state.tag !== 'on') throw new Error('the token is on');
  return state;
}

describe('what depends on a flash write', () => {
  it('is not shown before the last operation of that write is acknowledged: PIN, login', () => {
    const bench = pairedOtcBench();
    bench.token.press('power');
    const otc = bare(bench);
    const { payload, code } = benchLogin(bench.server);
    otc.key(...BENCH_PIN, 'ok');
    // The try is not yet used up in flash: the firmware must not have looked at the PIN.
    expect(otc.screens().at(-1)).toEqual({ id: 'otc.wait', fields: {} });
    expect(onState(otc.state()).lock).toBe('LOCKED_PIN');
    expect(otc.waiting()).toBe(1);
    otc.ackAll();
    expect(onState(otc.state()).lock).toBe('UNLOCKED');
    otc.send({ tag: 'camera.payload', payload });
    expect(otc.screens().at(-1)).toEqual({ id: 'otc.wait', fields: {} });
    otc.key('ok', 'ok', 'clear');
    expect(JSON.stringify(otc.screens())).not.toContain(code);
    expect(otc.screens().some(({ id }) => id === 'otc.login')).toBe(false);
    expect(otc.ackAll()).toBeGreaterThan(5);
    expect(otc.screens().at(-1)?.id).toBe('otc.login');
    otc.key('ok');
    expect(otc.screens().at(-1)).toEqual({ id: 'otc.login.code', fields: { code } });
  });

  it('is not shown before the last operation of that write is acknowledged: both codes of a pairing', () => {
    const bench = boundOtcBench();
    bench.token.press('power');
    const otc = bare(bench);
    otc.key('scan');
    otc.send({ tag: 'camera.payload', payload: benchPair1(bench.server) });
    otc.key('ok', ...BENCH_PIN, 'ok', ...BENCH_PIN, 'ok');
    const code10 = bench.server.slots[0]?.pairing?.code10 ?? '';
    expect(otc.screens().at(-1)).toEqual({ id: 'otc.wait', fields: {} });
    expect(JSON.stringify(otc.screens())).not.toContain(code10);
    otc.ackAll();
    expect(otc.screens().at(-1)).toEqual({ id: 'otc.pair.code', fields: { code: code10 } });
    const payload = benchPair2(bench.server, code10) ?? new Uint8Array(0);
    otc.key('ok');
    otc.send({ tag: 'camera.payload', payload });
    expect(otc.screens().at(-1)).toEqual({ id: 'otc.wait', fields: {} });
    otc.ackAll();
    expect(otc.screens().at(-1)?.id).toBe('otc.pair.finish');
    // Scanned again: the same digits, and nothing more to write.
    otc.key('scan');
    otc.send({ tag: 'camera.payload', payload });
    expect(otc.waiting()).toBe(0);
    expect(otc.screens().at(-1)).toEqual({
      id: 'otc.pair.finish',
      fields: { code: bench.server.slots[0]?.code6 },
    });
  });

  it('is finished before a token that is switched off goes dark, and shows nothing any more', () => {
    const bench = pairedOtcBench();
    bench.token.press('power');
    const otc = bare(bench);
    otc.key(...BENCH_PIN, 'ok');
    otc.ackAll();
    otc.send({ tag: 'camera.payload', payload: benchLogin(bench.server).payload });
    otc.key('power');
    expect(otc.screens().at(-1)).toEqual({ id: 'off', fields: {} });
    expect(otc.state().tag).toBe('on');
    otc.key('ok', 'scan');
    otc.ackAll();
    expect(otc.state().tag).toBe('off');
    expect(otc.effects().at(-1)).toEqual({ tag: 'power.off' });
    expect(otc.screens().at(-1)).toEqual({ id: 'off', fields: {} });
  });

  it('never begins once the battery is too weak for writing', () => {
    const bench = pairedOtcBench();
    bench.token.press('power');
    const otc = bare(bench);
    otc.send({ tag: 'battery', level: 'brownout' });
    expect(otc.state().tag).toBe('off');
    expect(otc.waiting()).toBe(0);
  });
});

describe('the camera and the timers', () => {
  it('follow the state: on while a picture is wanted, off with the picture, 30 seconds at most', () => {
    const bench = pairedOtcBench();
    bench.token.press('power');
    const otc = bare(bench);
    const begun = otc.effects().length;
    otc.key('scan');
    expect(otc.effects().slice(begun)).toEqual(
      expect.arrayContaining([
        { tag: 'camera', on: true },
        { tag: 'timer.set', id: 'otc.camera', afterMs: OTC_PROFILE.scanMs },
      ]),
    );
    otc.send({ tag: 'camera.payload', payload: nobleCrypto.sha256(new Uint8Array(0)) });
    expect(otc.effects()).toEqual(
      expect.arrayContaining([
        { tag: 'camera', on: false },
        { tag: 'timer.cancel', id: 'otc.camera' },
      ]),
    );
  });

  it('do not matter to a picture that comes when no picture is wanted', () => {
    const bench = pairedOtcBench();
    bench.token.press('power');
    const otc = bare(bench);
    const before = otc.state();
    otc.send({ tag: 'camera.payload', payload: benchLogin(bench.server).payload });
    expect(otc.state()).toEqual(before);
  });
});

describe('a picture that was opened before a serial operation changed the vault', () => {
  it('is not staged: its prekeys are no longer those of the token', () => {
    const bench = boundOtcBench();
    bench.token.press('power');
    const otc = bare(bench);
    otc.key('scan');
    otc.send({ tag: 'camera.payload', payload: benchPair1(bench.server) });
    otc.key('ok', ...BENCH_PIN, 'ok', ...BENCH_PIN);
    const state = onState(otc.state());
    const changed: OtcState = { ...state, vault: { ...state.vault, seedEpoch: 9 } };
    const step = stepOtc(changed, { tag: 'key.down', key: 'ok' });
    expect(step.effects).toContainEqual({
      tag: 'display',
      screen: { id: 'otc.picture.old-pairing', fields: {} },
    });
    expect(step.effects.some(({ tag }) => tag === 'nvm.program')).toBe(false);
  });

  it('is staged when nothing came in between', () => {
    const bench = boundOtcBench();
    bench.token.scan({ payload: benchPair1(bench.server) });
    expect(choosePin(bench.token)).toBe(bench.server.slots[0]?.pairing?.code10);
  });
});
