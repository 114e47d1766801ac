import { OPERATIONS } from '@chiavetta/protocol/keys';
import type { VirtualToken } from '../runtime/virtual-token.ts';
import { createVirtualToken } from '../runtime/virtual-token.ts';
import type { BenchBank } from './bench-bank.ts';
import { benchBank, benchTicket, benchToken } from './bench-bank.ts';
import { prepareFob } from './bench-fob.ts';
import type { BenchAnswer } from './bench-host.ts';
import { benchHost } from './bench-host.ts';

const bank = benchBank();

/** A fob from the factory, without a trace. */
export function freshFob(): VirtualToken {
  return createVirtualToken({ made: benchToken(bank), seed: 'serial test', tracing: 'off' });
}

/** Tries to get a fob to READY, with another bank's papers or a wrong ticket where told, and says what it answered. */
export function attempt(
  fob: VirtualToken,
  options: {
    readonly as?: BenchBank;
    readonly ticket?: Uint8Array;
    readonly seedEpoch?: number;
    readonly txid?: number;
  } = {},
): BenchAnswer {
  const { as = bank, seedEpoch = 1, txid = 1 } = options;
  const host = benchHost(fob, as);
  host.hello();
  return host.open({
    ticket: options.ticket ?? benchTicket(as, { operation: OPERATIONS.provision, serial: fob.serial, txid }),
    prepare: prepareFob(seedEpoch),
    person: () => {
      fob.press('button');
    },
  }).answer;
}

/** The answer of a token that says no inside the session. */
export function refusal(code: number): BenchAnswer {
  return { tag: 'message', message: { tag: 'refused', code } };
}
