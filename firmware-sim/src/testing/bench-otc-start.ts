import { assert } from '@chiavetta/protocol/bytes';
import type { MadeToken } from '../factory/index.ts';
import type { VirtualToken } from '../runtime/virtual-token.ts';
import { createVirtualToken } from '../runtime/virtual-token.ts';
import type { BenchBank } from './bench-bank.ts';
import { benchBank, benchToken } from './bench-bank.ts';
import type { BenchOtc } from './bench-otc.ts';
import { benchOtc } from './bench-otc.ts';
import type { OtcScene } from './bench-otc-life.ts';
import { branchAct, pairAct } from './bench-otc-life.ts';
import { BENCH_PIN, wakeOtc } from './bench-person.ts';

/** An OTC token on the bench, with everything that a test may want to look at. */
export type OtcBench = OtcScene & { readonly made: MadeToken };

/** A token from the factory that is on, with English chosen. */
export function freshOtcBench(serial = 900_001n, bank: BenchBank = benchBank()): OtcBench {
  const made = benchToken(bank, { kind: 'otc', serial });
  const token: VirtualToken = createVirtualToken({ made, seed: `otc ${serial}`, tracing: 'off' });
  const server: BenchOtc = benchOtc(made);
  wakeOtc(token);
  return { made, bank, token, server, pin: '', issued: [], wrongPinsTold: 0 };
}

/** A token that is bound in slot 0 and not paired. */
export function boundOtcBench(serial?: bigint): OtcBench {
  const bench = freshOtcBench(serial);
  branchAct('bind').run(bench);
  return bench;
}

/** A token that is paired in slot 0 with the bench PIN, unlocked, and has not logged in yet. */
export function pairedOtcBench(serial?: bigint): OtcBench {
  const bench = boundOtcBench(serial);
  pairAct('new_pin', BENCH_PIN).run(bench);
  assert(bench.token.screen().id === 'otc.ready', 'a paired token is ready');
  return bench;
}
