import type { Crypto } from '@chiavetta/protocol/ports';
import type { OtcProfile } from '../../profiles/otc.ts';
import type { Effect } from '../device.ts';
import type { NvmOp } from '../records/index.ts';
import type { WriteStep } from '../write-queue.ts';
import { enqueueWrite } from '../write-queue.ts';
import type { BoardWrite } from './otc-flash.ts';
import { planVault } from './otc-flash.ts';
import type { OtcLock, OtcNext, OtcOn, OtcPhase } from './otc-state.ts';
import type { Vault } from './vault.ts';
import { slotInPairing } from './vault.ts';

/** What the firmware runs on. */
export type OtcSetup = { readonly crypto: Crypto; readonly profile: OtcProfile };

/** A step of the token while it is being worked out: what became of it, what to emit, which writes have ended. */
export type Work = {
  readonly state: OtcOn;
  readonly effects: readonly Effect[];
  readonly due: readonly OtcNext[];
};

/** Nothing done yet. */
export function work(state: OtcOn): Work {
  return { state, effects: [], due: [] };
}

/** Adds effects. */
export function emit(at: Work, ...effects: readonly Effect[]): Work {
  return { ...at, effects: [...at.effects, ...effects] };
}

/** Changes the state. */
export function change(at: Work, changes: Partial<Omit<OtcOn, 'tag'>>): Work {
  return { ...at, state: { ...at.state, ...changes } };
}

/** Goes to another phase. */
export function goTo(at: Work, phase: OtcPhase): Work {
  return change(at, { phase });
}

/** Writes to flash, and goes on with `next` once all of it is acknowledged. */
export function write(at: Work, job: { readonly ops: readonly NvmOp[]; readonly next: OtcNext }): Work {
  return withQueue(at, enqueueWrite(at.state.queue, job));
}

/** Takes over what the write queue did. */
export function withQueue(at: Work, step: WriteStep<OtcNext>): Work {
  return {
    state: { ...at.state, queue: step.queue },
    effects: [...at.effects, ...step.effects],
    due: [...at.due, ...step.finished],
  };
}

/** Writes a planned record and waits for it: keys do nothing until `next`. */
export function writeAndWait(at: Work, planned: BoardWrite, next: OtcNext): Work {
  const waiting = change(at, { board: planned.board, phase: { tag: 'wait' } });
  return write(waiting, { ops: planned.ops, next });
}

/** Writes a new vault and waits for it. */
export function writeVault(setup: OtcSetup, at: Work, vault: Vault, next: OtcNext): Work {
  const planned = planVault(setup.crypto, at.state.board, vault);
  return writeAndWait(change(at, { vault }), planned, next);
}

/** What the token shows when nothing is going on. */
export function homePhase(state: Pick<OtcOn, 'lock' | 'vault'>): OtcPhase {
  if (state.lock === 'BLOCKED') return { tag: 'blocked' };
  if (state.lock === 'LOCKED_PIN') return { tag: 'pin', purpose: { tag: 'unlock' }, typed: '' };
  const pairing = slotInPairing(state.vault);
  return pairing === undefined || pairing.pending.pair2Opened ? { tag: 'ready' } : { tag: 'continue' };
}

/** Goes to what the token shows when nothing is going on. */
export function goHome(at: Work): Work {
  return goTo(at, homePhase(at.state));
}

/** Shows one plain screen. */
export function notice(at: Work, id: string, fields: Readonly<Record<string, string | number>> = {}): Work {
  return goTo(at, { tag: 'notice', screen: { id, fields } });
}

/** Whether the token is locked, from its vault and tries alone: what a switch-on finds. */
export function lockAtRest(state: Pick<OtcOn, 'vault' | 'tries'>): OtcLock {
  if (state.vault.pin === undefined) return 'UNLOCKED';
  return state.tries.left === 0 ? 'BLOCKED' : 'LOCKED_PIN';
}
