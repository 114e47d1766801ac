import { assert } from '@chiavetta/protocol/bytes';
import type { VirtualToken } from '../runtime/virtual-token.ts';
import type { BenchBank } from './bench-bank.ts';
import type { BenchOperation, BenchOtc } from './bench-otc.ts';
import { benchLogin, benchPair1, benchPair2, benchPaired, operateOtc } from './bench-otc.ts';
import { choosePin, codeOn, confirmLogin, givePin, wakeOtc } from './bench-person.ts';

/** A token in the hands of a person and of a bank, and what both remember. */
export type OtcScene = {
  readonly bank: BenchBank;
  readonly token: VirtualToken;
  readonly server: BenchOtc;
  pin: string;
  /** Login pictures that were issued. */
  readonly issued: Uint8Array[];
  /** How many PINs the token has told to be wrong. */
  wrongPinsTold: number;
  /** Cuts at the last try may block the token: then the branch unlocks it. */
  readonly mayBlock?: boolean;
};

/** One act of a life. It copes with a token that loses its power in the middle, as person and bank would. */
export type OtcAct = { readonly name: string; readonly run: (scene: OtcScene) => void };

const ROUNDS_MAX = 32;
const WRONG_PIN = '99991';
const BLOCKED_SCREENS: ReadonlySet<string> = new Set(['otc.blocked', 'otc.picture.blocked']);

/** An operation at the branch. */
export function branchAct(operation: BenchOperation, slot = 0): OtcAct {
  return {
    name: operation,
    run: ({ bank, token, server }) => {
      const restore = (): void => {
        wakeOtc(token);
      };
      wakeOtc(token);
      const done = operateOtc(bank, token, server, { operation, slot, restore });
      assert(done?.tag === 'done', `${operation} is done after any interruption`);
    },
  };
}

/** A whole pairing: goes on where the display says, or starts again with a new first picture. */
export function pairAct(mode: 'new_pin' | 'keep_pin', pin: string, slot = 0): OtcAct {
  return {
    name: `pair ${mode}`,
    run: (scene) => {
      const { token, server } = scene;
      let pair2: Uint8Array | undefined;
      const show = (): void => {
        token.scan({ payload: pair2 ?? benchPair1(server, { slot, mode }) });
      };
      for (let round = 0; round < ROUNDS_MAX; round += 1) {
        const { id } = token.screen();
        if (id === 'off') wakeOtc(token);
        else if (id === 'otc.pin') {
          if (givePin(token, pin) === 'otc.pin.wrong') {
            // The new PIN never came into force, so neither did the pairing.
            scene.wrongPinsTold += 1;
            pair2 = undefined;
          }
        } else if (id === 'otc.continue') token.press('ok');
        else if (id === 'otc.pair.intro') agree(token, mode, pin);
        else if (id === 'otc.pair.code') {
          pair2 = benchPair2(server, codeOn(token) ?? '', slot);
          assert(pair2 !== undefined, 'the 10 digits are those of the last first picture');
          token.press('ok');
        } else if (id === 'otc.pair.finish') {
          assert(benchPaired(server, codeOn(token) ?? '', slot), 'the 6 digits are right');
          scene.pin = pin;
          token.press('ok');
          return;
        } else show();
      }
      assert(false, `a pairing ends, not at ${token.screen().id}`);
    },
  };
}

/** A login; a token that lost its power gets a new picture. */
export function loginAct(order: 'scan first' | 'pin first', slot = 0): OtcAct {
  return {
    name: `login ${order}`,
    run: (scene) => {
      const { token, server } = scene;
      for (let round = 0; round < ROUNDS_MAX; round += 1) {
        if (token.screen().id !== 'off') token.press('power');
        wakeOtc(token);
        if (token.screen().id === 'off') continue;
        const { payload, code } = benchLogin(server, slot);
        scene.issued.push(payload);
        if (order === 'pin first') givePin(token, scene.pin);
        token.scan({ payload });
        if (order === 'scan first') givePin(token, scene.pin);
        const shown = confirmLogin(token);
        if (shown === undefined && scene.mayBlock && BLOCKED_SCREENS.has(token.screen().id)) {
          branchAct('unlock').run(scene);
          continue;
        }
        if (shown === undefined) {
          assert(token.screen().id === 'off', `only a lost picture shows no code: ${token.screen().id}`);
          continue;
        }
        assert(shown === code, 'a code is that of the picture that was just issued');
        return;
      }
      assert(false, 'a login succeeds');
    },
  };
}

/** One wrong PIN; done when the token has said so, or has lost its power over it. */
export const WRONG_PIN_ACT: OtcAct = {
  name: 'wrong pin',
  run: (scene) => {
    const { token } = scene;
    if (token.screen().id !== 'off') token.press('power');
    if (wakeOtc(token) !== 'otc.pin') return;
    const answer = givePin(token, WRONG_PIN);
    if (answer === 'otc.pin.wrong' || answer === 'otc.blocked') scene.wrongPinsTold += 1;
  },
};

function agree(token: VirtualToken, mode: 'new_pin' | 'keep_pin', pin: string): void {
  if (mode === 'new_pin') {
    choosePin(token, pin);
    return;
  }
  token.press('ok');
  givePin(token, pin);
}
