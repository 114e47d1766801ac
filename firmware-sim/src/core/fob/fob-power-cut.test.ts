import { OPERATIONS } from '@chiavetta/protocol/keys';
import { hotp } from '@chiavetta/protocol/otp';
import { TRANSACTION_STATES } from '@chiavetta/protocol/wire';
import { describe, expect, it } from 'vitest';
import type { MadeToken } from '../../factory/index.ts';
import type { CutMoment } from '../../runtime/machine.ts';
import type { VirtualToken } from '../../runtime/virtual-token.ts';
import { createVirtualToken } from '../../runtime/virtual-token.ts';
import { benchBank, benchTicket, benchToken, benchTxid } from '../../testing/bench-bank.ts';
import { prepareFob, provisionFob } from '../../testing/bench-fob.ts';
import { benchHost } from '../../testing/bench-host.ts';

const bank = benchBank();
const MOMENTS: readonly CutMoment[] = ['before', 'torn', 'after'];

/** Presses that reach over the point where the counter's first page is full and has to be erased. */
const PRESSES_BEFORE = 32;
const PRESSES = 8;

function provisioned(): { readonly made: MadeToken; readonly secret: Uint8Array } {
  const made = benchToken(bank);
  const fob = createVirtualToken({ made, seed: 'before the cuts', tracing: 'off' });
  const secret = provisionFob(fob, bank);
  for (let press = 0; press < 2 * PRESSES_BEFORE; press += 1) fob.press('button');
  return { made: { ...made, image: fob.nvm() }, secret };
}

function run(made: MadeToken, seed: string): VirtualToken {
  return createVirtualToken({ made, seed, tracing: 'off' });
}

/** Presses until a code was shown, switching on again after a cut; returns the counters seen. */
function countersShown(fob: VirtualToken, secret: Uint8Array, presses: number): number[] {
  const known = new Map<string, number>();
  for (let counter = 0; counter < 80; counter += 1)
    known.set(hotp({ secret, counter: BigInt(counter) }), counter);
  const shown: number[] = [];
  for (let press = 0; press < presses; press += 1) {
    const { screen } = fob.press('button');
    if (screen.id === 'fob.code') {
      const counter = known.get(String(screen.fields['code']));
      expect(counter).toBeDefined();
      shown.push(counter ?? -1);
      fob.press('button');
    }
    for (let tries = 0; fob.screen().id === 'off' && tries < 3; tries += 1) fob.power('battery');
  }
  return shown;
}

function isRising(counters: readonly number[]): boolean {
  return counters.every((counter, index) => index === 0 || counter > (counters[index - 1] ?? 0));
}

describe('a fob that loses its power at any flash operation', () => {
  it('never shows a counter twice or goes back, whatever the cut leaves of the operation', () => {
    const { made, secret } = provisioned();
    const whole = run(made, 'whole');
    const before = countersShown(whole, secret, PRESSES);
    expect(before).toEqual(Array.from({ length: PRESSES }, (_, index) => PRESSES_BEFORE + index));
    const opCount = whole.faults.opCount();
    // Two writes for each press, and the two erasures of the full pages.
    expect(opCount).toBe(2 * PRESSES + 2);
    for (let opNumber = 1; opNumber <= opCount; opNumber += 1) {
      for (const moment of MOMENTS) {
        for (let variant = 0; variant < (moment === 'torn' ? 6 : 1); variant += 1) {
          const fob = run(made, `cut ${opNumber} ${variant}`);
          fob.faults.cutAt({ opNumber, moment });
          const shown = countersShown(fob, secret, PRESSES + 2);
          expect(isRising(shown), `cut ${moment} ${opNumber}: ${shown}`).toBe(true);
          expect(shown.length).toBeGreaterThanOrEqual(PRESSES);
          expect(shown[0]).toBeGreaterThanOrEqual(PRESSES_BEFORE);
          // One press at most is lost to one cut.
          expect(shown.at(-1)).toBeLessThanOrEqual(PRESSES_BEFORE + PRESSES + 2);
        }
      }
    }
  });

  it('survives a second cut while it repairs the first', () => {
    const { made, secret } = provisioned();
    for (let opNumber = 1; opNumber <= 2 * PRESSES + 2; opNumber += 1) {
      for (let later = 1; later <= 3; later += 1) {
        const fob = run(made, `twice ${opNumber} ${later}`);
        fob.faults.cutAt({ opNumber, moment: 'torn' });
        const first = countersUntilOff(fob, secret);
        fob.faults.cutAt({ opNumber: fob.faults.opCount() + later, moment: 'torn' });
        fob.power('battery');
        const shown = [...first, ...countersShown(fob, secret, 6)];
        expect(isRising(shown), `${opNumber}+${later}: ${shown}`).toBe(true);
        expect(fob.screen().id).toBe('fob.dark');
      }
    }
  });

  it('shows each counter once over a life in which one bit of its flash rots at a time', () => {
    const { made, secret } = provisioned();
    const bits = made.image.length * 8;
    for (let index = 0; index < 400; index += 1) {
      const fob = run(made, 'rot');
      fob.power('off');
      fob.faults.flipBit((index * 7_919 + 13) % bits);
      fob.power('battery');
      const shown = countersShown(fob, secret, 2);
      expect(shown).toEqual([PRESSES_BEFORE, PRESSES_BEFORE + 1]);
    }
  });
});

function countersUntilOff(fob: VirtualToken, secret: Uint8Array): number[] {
  const shown: number[] = [];
  for (let press = 0; press < 2 * PRESSES + 4 && fob.screen().id !== 'off'; press += 1) {
    const { screen } = fob.press('button');
    if (screen.id === 'fob.code') shown.push(counterOf(secret, String(screen.fields['code'])));
  }
  return shown;
}

function counterOf(secret: Uint8Array, code: string): number {
  for (let counter = 0; counter < 80; counter += 1) {
    if (hotp({ secret, counter: BigInt(counter) }) === code) return counter;
  }
  return -1;
}

describe('a fob that loses its power while it gets a second seed', () => {
  it('ends with the old seed at its counter or with the new one at 0, and says which', () => {
    const made = benchToken(bank);
    const first = createVirtualToken({ made, seed: 'first', tracing: 'off' });
    const oldSecret = provisionFob(first, bank, { seedEpoch: 1 });
    first.press('button');
    first.press('button');
    const image = first.nvm();
    const outcomes: string[] = [];
    // Stage 2, flip 2, counter 2, seed 2.
    for (let opNumber = 1; opNumber <= 8; opNumber += 1) {
      for (const moment of MOMENTS) {
        const fob = run({ ...made, image }, `again ${opNumber}`);
        fob.faults.cutAt({ opNumber, moment });
        const newSecret = tryProvision(fob);
        expect(fob.screen().id, 'the cut happened').toBe('off');
        fob.power('battery');
        const host = benchHost(fob, bank);
        const hello = host.hello();
        const status = host.open({
          ticket: benchTicket(bank, { operation: OPERATIONS.provision, serial: fob.serial, txid: 2 }),
        }).answer;
        const state =
          status.tag === 'message' && status.message.tag === 'statusReply' ? status.message.state : -1;
        const code = fob.press('button').screen.fields['code'];
        const isNew = code === hotp({ secret: newSecret, counter: 0n });
        const isOld = code === hotp({ secret: oldSecret, counter: 1n });
        expect(isNew || isOld).toBe(true);
        expect(hello?.seedEpoch).toBe(isNew ? 2 : 1);
        expect(state === TRANSACTION_STATES.committed).toBe(isNew);
        expect(hello?.pending).toBe(state === TRANSACTION_STATES.staged ? 1 : 0);
        outcomes.push(`${opNumber}${moment[0]}${isNew ? 'new' : 'old'}${state}`);
      }
    }
    expect(outcomes.filter((outcome) => outcome.includes('new')).length).toBeGreaterThan(10);
    expect(outcomes.filter((outcome) => outcome.includes('old1')).length).toBeGreaterThan(2);
    expect(outcomes.filter((outcome) => outcome.includes('old0')).length).toBeGreaterThan(0);
  });
});

/** Goes as far as the cut lets it; the seed is the one that the validator stored before PREPARE. */
function tryProvision(fob: VirtualToken): Uint8Array {
  const host = benchHost(fob, bank);
  host.hello();
  const session = host.open({
    ticket: benchTicket(bank, { operation: OPERATIONS.provision, serial: fob.serial, txid: 2 }),
    prepare: prepareFob(2),
    person: () => {
      fob.press('button');
    },
  });
  if (session.answer.tag === 'message') session.send({ tag: 'commit', txid: benchTxid(2) });
  return session.seed({ txid: benchTxid(2), seedEpoch: 2, seedBytes: 20 });
}
