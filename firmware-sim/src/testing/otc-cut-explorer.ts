import { assert } from '@chiavetta/protocol/bytes';
import type { MadeToken } from '../factory/index.ts';
import type { CutMoment } from '../runtime/machine.ts';
import { createVirtualToken } from '../runtime/virtual-token.ts';
import { benchBank, benchToken } from './bench-bank.ts';
import { benchOtc } from './bench-otc.ts';
import type { OtcAct, OtcScene } from './bench-otc-life.ts';
import { loginAct } from './bench-otc-life.ts';
import { codeOn, wakeOtc } from './bench-person.ts';
import { risingNumbers, viewOtcFlash } from './otc-flash-view.ts';

/** What an exploration did. */
export type Explored = { readonly operations: number; readonly runs: number };

const bank = benchBank();

/**
 * Lives a life once whole; then, for each flash operation of it, again from the act that contains it with the power
 * cut before, in the middle of and after that operation. Asserts after each cut that the token boots with nothing gone
 * back, that the act can still be done, that no old picture gives a code, and that a login works.
 */
export function exploreCuts(
  acts: readonly OtcAct[],
  options: {
    readonly tornVariants: number;
    /** A second, torn cut so many operations after the first one of the repair; none without it. */
    readonly secondCutAfter?: number;
  },
): Explored {
  const made = benchToken(bank, { kind: 'otc', serial: 900_002n });
  let scene = sceneOf(made, { image: made.image, seed: 'whole' });
  wakeOtc(scene.token);
  let operations = 0;
  let runs = 0;
  for (const [index, act] of acts.entries()) {
    if (scene.token.screen().id !== 'off') scene.token.press('power');
    const start = { made: { ...made, image: scene.token.nvm() }, scene };
    scene = fork(start.made, scene, `act ${index}`);
    const before = structuredClone(remembered(scene));
    act.run(scene);
    const count = scene.token.faults.opCount();
    operations += count;
    for (let opNumber = 1; opNumber <= count; opNumber += 1) {
      // After one operation is before the next: only the last one has an "after" of its own.
      const moments: CutMoment[] = ['before', ...Array<CutMoment>(options.tornVariants).fill('torn')];
      if (opNumber === count) moments.push('after');
      for (const [variant, moment] of moments.entries()) {
        const seed = `${index} ${opNumber} ${variant}`;
        const { secondCutAfter } = options;
        const cut = {
          ...fork(start.made, { ...scene, ...structuredClone(before) }, seed),
          mayBlock: secondCutAfter !== undefined,
        };
        cutDuring(act, cut, { opNumber, moment, elementKey: made.elementKey, secondCutAfter });
        runs += 1;
      }
    }
  }
  return { operations, runs };
}

function cutDuring(
  act: OtcAct,
  scene: OtcScene,
  cut: {
    readonly opNumber: number;
    readonly moment: CutMoment;
    readonly elementKey: Uint8Array;
    readonly secondCutAfter: number | undefined;
  },
): void {
  const where = `${act.name}, operation ${cut.opNumber} ${cut.moment}`;
  const { token, server } = scene;
  const before = viewOtcFlash(token.nvm(), cut.elementKey);
  const numbers = new Map(risingNumbers(before.vault));
  const toldBefore = scene.wrongPinsTold;
  let cuts = 0;
  let triesAtCut = before.tries;
  token.faults.cutAt({ opNumber: cut.opNumber, moment: cut.moment });
  token.onNvm((image) => {
    const isRepairing = token.faults.opCount() === cut.opNumber + 1;
    if (isRepairing && cut.secondCutAfter !== undefined) {
      token.faults.cutAt({ opNumber: cut.opNumber + 1 + cut.secondCutAfter, moment: 'torn' });
    }
    if (token.faults.opCount() !== cut.opNumber) return;
    cuts += 1;
    const now = viewOtcFlash(image, cut.elementKey);
    triesAtCut = now.tries;
    assertRising(numbers, now.vault, where);
  });
  act.run(scene);
  assert(cuts === 1, `the power was cut once: ${where}`);
  const after = viewOtcFlash(token.nvm(), cut.elementKey);
  assertRising(numbers, after.vault, where);
  const told = scene.wrongPinsTold - toldBefore;
  if (act.name === 'wrong pin' && after.tries.epoch === before.tries.epoch) {
    assert(after.tries.left <= before.tries.left - told, `no PIN is tried for nothing: ${where}`);
    assert(triesAtCut.left <= before.tries.left, `no try comes back by a cut: ${where}`);
  }
  if (token.screen().id !== 'off') token.press('power');
  let home = wakeOtc(token);
  // The second cut may come only now, in the repair of the first.
  if (home === 'off' && cut.secondCutAfter !== undefined) home = wakeOtc(token);
  assert(home !== 'off' && home !== 'otc.damaged', `the token boots: ${where}`);
  if (server.slots[0]?.active === undefined || home === 'otc.blocked') return;
  loginAct('pin first').run(scene);
  for (const payload of scene.issued) {
    token.scan({ payload });
    assert(codeOn(token) === undefined, `an old picture gives no code: ${where}`);
    assert(token.screen().id !== 'otc.login', `an old picture gives no login: ${where}`);
  }
  assertRising(numbers, viewOtcFlash(token.nvm(), cut.elementKey).vault, where);
}

function assertRising(
  numbers: Map<string, number>,
  vault: Parameters<typeof risingNumbers>[0],
  where: string,
): void {
  for (const [name, value] of risingNumbers(vault)) {
    assert(value >= (numbers.get(name) ?? 0), `${name} never goes back: ${where}`);
    numbers.set(name, value);
  }
}

type Remembered = Pick<OtcScene, 'server' | 'pin' | 'issued' | 'wrongPinsTold'>;

function remembered(scene: OtcScene): Remembered {
  const { server, pin, issued, wrongPinsTold } = scene;
  return { server, pin, issued, wrongPinsTold };
}

function fork(made: MadeToken, scene: OtcScene, seed: string): OtcScene {
  const token = createVirtualToken({ made, seed, tracing: 'off' });
  return { ...remembered(scene), bank, token };
}

function sceneOf(made: MadeToken, options: { readonly image: Uint8Array; readonly seed: string }): OtcScene {
  const token = createVirtualToken({
    made: { ...made, image: options.image },
    seed: options.seed,
    tracing: 'off',
  });
  return { bank, token, server: benchOtc(made), pin: '', issued: [], wrongPinsTold: 0 };
}
