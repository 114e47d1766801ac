import { hotp } from '@chiavetta/protocol/otp';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MadeToken } from '../../factory/index.ts';
import type { VirtualToken } from '../../runtime/virtual-token.ts';
import { createVirtualToken } from '../../runtime/virtual-token.ts';
import { benchBank, benchToken } from '../../testing/bench-bank.ts';
import { provisionFob } from '../../testing/bench-fob.ts';

const bank = benchBank();

function provisioned(): { readonly made: MadeToken; readonly secret: Uint8Array } {
  const made = benchToken(bank);
  const fob = createVirtualToken({ made, seed: 'model', tracing: 'off' });
  const secret = provisionFob(fob, bank);
  return { made: { ...made, image: fob.nvm() }, secret };
}

const { made, secret } = provisioned();

/** What a fob is, in ten lines: a counter, a lit face and when it goes dark. */
class Model {
  counter = 0n;
  face = 'fob.dark';
  offAtMs = 0;
  nowMs = 0;

  pass(ms: number): void {
    this.nowMs += ms;
    if (this.face !== 'fob.dark' && this.nowMs >= this.offAtMs) this.face = 'fob.dark';
  }

  light(face: string, atMs: number): void {
    this.face = face;
    this.offAtMs = atMs + 31_000;
    this.pass(0);
  }

  press(holdMs: number): void {
    const startMs = this.nowMs;
    const wasDark = this.face === 'fob.dark';
    if (!wasDark) this.face = 'fob.dark';
    this.pass(holdMs);
    if (wasDark && holdMs >= 6_000) this.light('fob.menu', startMs + 6_000);
    if (wasDark && holdMs < 6_000) {
      this.light(`code ${hotp({ secret, counter: this.counter })}`, this.nowMs);
      this.counter += 1n;
    }
  }
}

type Command = fc.Command<Model, VirtualToken>;

function command(name: string, change: (model: Model) => void, run: (fob: VirtualToken) => void): Command {
  return {
    check: () => true,
    run: (model, fob) => {
      change(model);
      run(fob);
      const { id, fields } = fob.screen();
      expect(id === 'fob.code' ? `code ${fields['code']}` : id).toBe(model.face);
      expect(fob.settled().nowMs).toBe(model.nowMs);
    },
    toString: () => name,
  };
}

const commands = fc.commands(
  [
    fc.constantFrom(10, 80, 2_000, 5_999, 6_000, 7_000, 36_999, 37_000, 50_000).map((holdMs) =>
      command(
        `press ${holdMs}`,
        (model) => model.press(holdMs),
        (fob) => fob.press('button', { holdMs }),
      ),
    ),
    fc.constantFrom(1, 1_000, 30_999, 31_000, 60_000).map((ms) =>
      command(
        `wait ${ms}`,
        (model) => model.pass(ms),
        (fob) => fob.advance(ms),
      ),
    ),
    fc.constant(
      command(
        'battery',
        (model) => {
          model.face = 'fob.dark';
        },
        (fob) => fob.power('battery'),
      ),
    ),
  ],
  { maxCommands: 40 },
);

describe('a fob against its model', () => {
  it('shows what the model shows after any presses, waits and changes of battery', () => {
    fc.assert(
      fc.property(commands, (script) => {
        fc.modelRun(
          () => ({ model: new Model(), real: createVirtualToken({ made, seed: 'run', tracing: 'off' }) }),
          script,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('never throws and stays off the code while any bytes come over its line', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 8 }), (chunks) => {
        const fob = createVirtualToken({ made, seed: 'bytes', tracing: 'off' });
        const before = fob.nvm();
        for (const chunk of chunks) expect(fob.receive(chunk).screen.id).toBe('fob.dark');
        expect(fob.nvm()).toEqual(before);
      }),
      { numRuns: 40 },
    );
  });
});
