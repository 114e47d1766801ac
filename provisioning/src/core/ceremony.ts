import { assert, assertNever } from '@chiavetta/protocol/bytes';
import { formatSerial, tokenSerial } from '@chiavetta/protocol/keys';
import type { HostReply, HostRequest, LinkFailure } from '@chiavetta/protocol/wire';
import type { ServerAnswer, ServerPhase, ServerResult } from '../ports/provisioning-server.ts';
import { linkError } from './link-error.ts';
import type { OperatorError } from './operator-error.ts';

/**
 * The ceremony at the branch PC: HELLO, then opaque messages carried between validator and token until the validator
 * says done. The PC decides nothing about secrets; what it decides is when to try again and what to tell the clerk.
 * Spec: docs/spec/provisioning.md, "The ceremony".
 */
export type Ceremony = {
  readonly path: string;
  readonly phase: CeremonyPhase;
  /** Serial of the first HELLO, or the one that the clerk named: another one on the port ends the ceremony. */
  readonly serial: string | undefined;
  /** Whether the token may hold something staged that no DONE has ended yet. */
  readonly inDoubt: boolean;
  readonly sessionsLeft: number;
};

export type CeremonyPhase =
  | { readonly tag: 'idle' }
  | { readonly tag: 'greeting' }
  | { readonly tag: 'opening' }
  | { readonly tag: 'with_token'; readonly sessionId: string; readonly serverPhase: ServerPhase }
  | { readonly tag: 'with_server'; readonly sessionId: string; readonly serverPhase: ServerPhase }
  | { readonly tag: 'unplugged' }
  | { readonly tag: 'ended' };

export type CeremonyEvent =
  | { readonly tag: 'start' }
  | { readonly tag: 'reply'; readonly reply: HostReply }
  | { readonly tag: 'link_failed'; readonly failure: LinkFailure }
  | { readonly tag: 'answer'; readonly answer: ServerAnswer }
  | { readonly tag: 'server_failed'; readonly error: OperatorError }
  | { readonly tag: 'gone' }
  /** The device is at its path again, and the port is open. */
  | { readonly tag: 'back' }
  | { readonly tag: 'stayed_away' };

export type CeremonyEffect =
  | { readonly tag: 'ask_token'; readonly request: HostRequest }
  | { readonly tag: 'open_session'; readonly hello: Uint8Array; readonly helloReply: Uint8Array }
  | { readonly tag: 'pass_frame'; readonly sessionId: string; readonly frame: Uint8Array }
  | { readonly tag: 'await_port' }
  | { readonly tag: 'progress'; readonly step: CeremonyProgress; readonly percent: number }
  | { readonly tag: 'end'; readonly outcome: CeremonyOutcome };

export type CeremonyProgress = 'greeting' | 'handshake' | 'prepare' | 'commit' | 'unplugged' | 'done';

export type CeremonyOutcome =
  | { readonly tag: 'done'; readonly result: ServerResult }
  | { readonly tag: 'failed'; readonly error: OperatorError };

export type CeremonyStep = { readonly state: Ceremony; readonly effects: readonly CeremonyEffect[] };

/** How many sessions one ceremony may open: the first, and those after cable pulls and undone attempts. */
export const SESSIONS_MAX = 8;

export function ceremonyStart({
  path,
  expectedSerial,
}: {
  readonly path: string;
  readonly expectedSerial?: string;
}): Ceremony {
  return { path, phase: { tag: 'idle' }, serial: expectedSerial, inDoubt: false, sessionsLeft: SESSIONS_MAX };
}

export function ceremonyStep(state: Ceremony, event: CeremonyEvent): CeremonyStep {
  if (state.phase.tag === 'ended') return { state, effects: [] };
  switch (event.tag) {
    case 'start':
      return greet(state);
    case 'reply':
      return takeReply(state, event.reply);
    case 'link_failed':
      return takeLinkFailure(state, event.failure);
    case 'answer':
      return takeAnswer(state, event.answer);
    case 'server_failed':
      return takeServerFailure(state, event.error);
    case 'gone':
      return unplugged(state);
    case 'back':
      return state.phase.tag === 'unplugged' ? greet(state) : { state, effects: [] };
    case 'stayed_away':
      return end(state, failed(interruption(state)));
    default:
      return assertNever(event);
  }
}

/** Every session starts with a HELLO of its own: it is part of what the session proves. */
function greet(state: Ceremony): CeremonyStep {
  if (state.sessionsLeft === 0) return end(state, failed(interruption(state)));
  return {
    state: { ...state, phase: { tag: 'greeting' }, sessionsLeft: state.sessionsLeft - 1 },
    effects: [
      { tag: 'progress', step: 'greeting', percent: 5 },
      { tag: 'ask_token', request: { tag: 'hello' } },
    ],
  };
}

function takeReply(state: Ceremony, reply: HostReply): CeremonyStep {
  const { phase } = state;
  if (phase.tag === 'greeting' && reply.tag === 'hello') {
    const found = serialText(reply.reply.serial);
    if (state.serial !== undefined && state.serial !== found) {
      return end(state, failed({ id: 'WRONG_DEVICE', fields: { found, expected: state.serial } }));
    }
    return {
      state: { ...state, serial: found, phase: { tag: 'opening' } },
      effects: [{ tag: 'open_session', hello: reply.helloBody, helloReply: reply.replyBody }],
    };
  }
  if (phase.tag === 'with_token' && reply.tag === 'session') {
    return {
      state: { ...state, phase: { ...phase, tag: 'with_server' } },
      effects: [{ tag: 'pass_frame', sessionId: phase.sessionId, frame: reply.message }],
    };
  }
  return { state, effects: [] };
}

/** The serial as it is printed on the token. One that cannot be printed is shown as it is: the server refuses it. */
function serialText(serial: bigint): string {
  const checked = tokenSerial(serial);
  return checked.ok ? formatSerial(checked.value) : String(serial);
}

const PROGRESS: Readonly<Record<ServerPhase, { readonly step: CeremonyProgress; readonly percent: number }>> =
  {
    handshake: { step: 'handshake', percent: 20 },
    prepare: { step: 'prepare', percent: 50 },
    commit: { step: 'commit', percent: 80 },
    done: { step: 'done', percent: 100 },
  };

function takeAnswer(state: Ceremony, answer: ServerAnswer): CeremonyStep {
  if (state.phase.tag !== 'opening' && state.phase.tag !== 'with_server') return { state, effects: [] };
  // From here on the token may hold a staged record: only a DONE ends the doubt.
  const inDoubt = state.inDoubt || answer.phase === 'prepare' || answer.phase === 'commit';
  const known: Ceremony = { ...state, inDoubt };
  if (answer.result !== undefined) return takeResult(known, answer.result);
  if (answer.frame === undefined) {
    return end(
      known,
      failed({ id: 'SERVER_REFUSED', fields: { reason: 'it ended the session without a result' } }),
    );
  }
  return {
    state: { ...known, phase: { tag: 'with_token', sessionId: answer.sessionId, serverPhase: answer.phase } },
    effects: [
      { tag: 'progress', ...PROGRESS[answer.phase] },
      { tag: 'ask_token', request: { tag: 'session', message: answer.frame } },
    ],
  };
}

function takeResult(state: Ceremony, result: ServerResult): CeremonyStep {
  const settled: Ceremony = { ...state, inDoubt: false };
  // An undone attempt leaves the token as it was: what the clerk asked for is still to be done.
  if (result.outcome === 'discarded') return greet(settled);
  const step = end(settled, { tag: 'done', result });
  return { state: step.state, effects: [{ tag: 'progress', ...PROGRESS.done }, ...step.effects] };
}

function takeLinkFailure(state: Ceremony, failure: LinkFailure): CeremonyStep {
  const error = linkError(failure, state.path);
  const transient = failure.code === 'no_answer' || failure.code === 'noise' || failure.code === 'too_slow';
  // The line failed in the middle: a fresh session finds out what the token has.
  if (transient && state.phase.tag === 'with_token') return greet(state);
  if (transient && state.inDoubt) return end(state, failed(interruption(state)));
  return end(state, failed(error));
}

function takeServerFailure(state: Ceremony, error: OperatorError): CeremonyStep {
  const lost = error.id === 'SERVER_DOWN' || error.id === 'QUEUE_FULL';
  return end(state, failed(lost && state.inDoubt ? interruption(state) : error));
}

function unplugged(state: Ceremony): CeremonyStep {
  if (state.phase.tag === 'unplugged' || state.phase.tag === 'idle') return { state, effects: [] };
  return {
    state: { ...state, phase: { tag: 'unplugged' } },
    effects: [{ tag: 'progress', step: 'unplugged', percent: 0 }, { tag: 'await_port' }],
  };
}

function interruption(state: Ceremony): OperatorError {
  const fields = { path: state.path, serial: state.serial ?? '' };
  return { id: state.inDoubt ? 'IN_DOUBT' : 'UNPLUGGED_SAFE', fields };
}

function failed(error: OperatorError): CeremonyOutcome {
  return { tag: 'failed', error };
}

function end(state: Ceremony, outcome: CeremonyOutcome): CeremonyStep {
  assert(state.phase.tag !== 'ended', 'a ceremony ends once');
  return { state: { ...state, phase: { tag: 'ended' } }, effects: [{ tag: 'end', outcome }] };
}
