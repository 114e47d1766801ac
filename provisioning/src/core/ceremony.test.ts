import type { HelloReply } from '@chiavetta/protocol/wire';
import { describe, expect, it } from 'vitest';
import type { ServerAnswer, ServerResult } from '../ports/provisioning-server.ts';
import type { Ceremony, CeremonyEvent, CeremonyOutcome, CeremonyStep } from './ceremony.ts';
import { ceremonyStart, ceremonyStep, SESSIONS_MAX } from './ceremony.ts';

const PATH = '/dev/ttyUSB0';
const SERIAL = '000000000042';
const DONE: ServerResult = { serial: SERIAL, deviceState: 'PROVISIONED', outcome: 'done' };

const helloReply: HelloReply = {
  version: 1,
  serial: 42n,
  model: 1,
  firmware: 1,
  capabilities: 0,
  maxFrameBytes: 512,
  opTimeMs: 100,
  seedEpoch: 0,
  pending: 0,
  pendingTxid: new Uint8Array(16),
};
const hello: CeremonyEvent = {
  tag: 'reply',
  reply: { tag: 'hello', reply: helloReply, helloBody: Uint8Array.of(1), replyBody: Uint8Array.of(2) },
};
const message: CeremonyEvent = { tag: 'reply', reply: { tag: 'session', message: Uint8Array.of(9) } };

function answer(phase: ServerAnswer['phase'], result?: ServerResult): CeremonyEvent {
  const frame = result === undefined ? Uint8Array.of(7) : undefined;
  return {
    tag: 'answer',
    answer: { sessionId: 's1', frame, phase, ...(result === undefined ? {} : { result }) },
  };
}

/** Feeds events and gives the last step. */
function played(
  events: readonly CeremonyEvent[],
  start: Ceremony = ceremonyStart({ path: PATH }),
): CeremonyStep {
  let step: CeremonyStep = { state: start, effects: [] };
  for (const event of events) step = ceremonyStep(step.state, event);
  return step;
}

function outcomeOf(step: CeremonyStep): CeremonyOutcome | undefined {
  return step.effects.flatMap((effect) => (effect.tag === 'end' ? [effect.outcome] : []))[0];
}

function errorOf(step: CeremonyStep): string | undefined {
  const outcome = outcomeOf(step);
  return outcome?.tag === 'failed' ? outcome.error.id : undefined;
}

const start: CeremonyEvent = { tag: 'start' };
const toPrepare = [start, hello, answer('handshake'), message, answer('prepare')];

describe('the ceremony at the branch PC', () => {
  it('says HELLO, carries each message across, and ends with what the validator says', () => {
    const step = played([...toPrepare, message, answer('commit'), message, answer('done', DONE)]);
    expect(outcomeOf(step)).toEqual({ tag: 'done', result: DONE });
  });

  it('gives the validator both HELLO bodies as they crossed the line', () => {
    expect(played([start, hello]).effects).toEqual([
      { tag: 'open_session', hello: Uint8Array.of(1), helloReply: Uint8Array.of(2) },
    ]);
  });

  it('ends before any session when another token is on the port than the one expected', () => {
    const step = played([start, hello], ceremonyStart({ path: PATH, expectedSerial: '000000000043' }));
    expect(errorOf(step)).toBe('WRONG_DEVICE');
    expect(step.effects).toHaveLength(1);
  });

  it('ends when another token is plugged in after a cable pull', () => {
    const other: CeremonyEvent = {
      tag: 'reply',
      reply: {
        tag: 'hello',
        reply: { ...helloReply, serial: 43n },
        helloBody: Uint8Array.of(1),
        replyBody: Uint8Array.of(2),
      },
    };
    expect(errorOf(played([...toPrepare, { tag: 'gone' }, { tag: 'back' }, other]))).toBe('WRONG_DEVICE');
  });

  it('calls a token that stays away before PREPARE safe, and one after it in doubt', () => {
    const before = played([start, hello, answer('handshake'), { tag: 'gone' }, { tag: 'stayed_away' }]);
    expect(errorOf(before)).toBe('UNPLUGGED_SAFE');
    expect(errorOf(played([...toPrepare, { tag: 'gone' }, { tag: 'stayed_away' }]))).toBe('IN_DOUBT');
  });

  it('starts a fresh session from HELLO on when the token is plugged in again', () => {
    const step = played([...toPrepare, { tag: 'gone' }, { tag: 'back' }]);
    expect(step.effects).toContainEqual({ tag: 'ask_token', request: { tag: 'hello' } });
    const finished = played([hello, answer('done', { ...DONE, outcome: 'recovered' })], step.state);
    expect(outcomeOf(finished)).toEqual({ tag: 'done', result: { ...DONE, outcome: 'recovered' } });
  });

  it('goes on with what was asked for after an older attempt was undone', () => {
    const undone = played([start, hello, answer('done', { ...DONE, outcome: 'discarded' })]);
    expect(outcomeOf(undone)).toBeUndefined();
    expect(undone.effects).toContainEqual({ tag: 'ask_token', request: { tag: 'hello' } });
    expect(undone.state.inDoubt).toBe(false);
  });

  it('is still in doubt when the validator is lost after PREPARE, and not before', () => {
    const down: CeremonyEvent = { tag: 'server_failed', error: { id: 'SERVER_DOWN', fields: {} } };
    expect(errorOf(played([...toPrepare, message, down]))).toBe('IN_DOUBT');
    expect(errorOf(played([start, hello, down]))).toBe('SERVER_DOWN');
  });

  it('passes on what the validator found wrong with the token', () => {
    const forged: CeremonyEvent = { tag: 'server_failed', error: { id: 'ATTEST_FAILED', fields: {} } };
    expect(errorOf(played([start, hello, answer('handshake'), message, forged]))).toBe('ATTEST_FAILED');
  });

  it('never tries again by itself when a frame was changed on the way', () => {
    const dead: CeremonyEvent = { tag: 'link_failed', failure: { code: 'refused', errorCode: 3 } };
    expect(errorOf(played([...toPrepare, dead]))).toBe('TAMPER');
  });

  it('asks anew after a line that failed in the middle, a bounded number of times', () => {
    const silent: CeremonyEvent = { tag: 'link_failed', failure: { code: 'no_answer' } };
    let step = played(toPrepare);
    let sessions = 1;
    while (outcomeOf(step) === undefined && sessions < 100) {
      step = played([silent], step.state);
      if (outcomeOf(step) !== undefined) break;
      sessions += 1;
      step = played([hello, answer('prepare')], step.state);
    }
    expect(sessions).toBe(SESSIONS_MAX);
    expect(errorOf(step)).toBe('IN_DOUBT');
  });

  it('does nothing more once it has ended, whatever comes', () => {
    const ended = played([start, hello, answer('done', DONE)]);
    for (const event of [start, hello, message, answer('commit'), { tag: 'gone' } as const]) {
      expect(ceremonyStep(ended.state, event)).toEqual({ state: ended.state, effects: [] });
    }
  });
});
