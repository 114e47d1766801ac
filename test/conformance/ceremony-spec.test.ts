import type { CeremonyEvent } from '@chiavetta/provisioning';
import {
  ceremonyStart,
  ceremonyStep,
  OPERATOR_ERRORS,
  RECONNECT_MS,
  SESSIONS_MAX,
} from '@chiavetta/provisioning';
import { describe, expect, test } from 'vitest';
import { ceremonyEvents, ceremonyPaths } from './ceremony-words.ts';
import { readSpec } from './spec-document.ts';
import { tableBelow } from './spec-table.ts';

const spec = readSpec('provisioning.md');

describe('docs/spec/provisioning.md, "Errors"', () => {
  test('has each error of the ceremony with its exit status, and no other', () => {
    const stated = tableBelow(spec, 'Errors').map(([id, exit, retry, safe]) => [id, exit, retry, safe]);
    const known = Object.entries(OPERATOR_ERRORS).map(([id, { exit, retry, safe }]) => [
      id,
      String(exit),
      retry ? 'yes' : 'no',
      safe ? 'yes' : 'no',
    ]);
    expect(stated).toEqual(known);
  });

  test('has a reason for each', () => {
    for (const row of tableBelow(spec, 'Errors')) expect(row[4]).toMatch(/^\S.*\S$/);
  });
});

describe('docs/spec/provisioning.md, "The ceremony"', () => {
  const rows = tableBelow(spec, 'The ceremony').flatMap(([states = '', event = '', effect = '', next = '']) =>
    states.split(', ').map((state) => ({
      state,
      event,
      effect,
      next,
    })),
  );

  test('has a row for each state but the last', () => {
    const expected = ['greeting', 'idle', 'opening', 'unplugged', 'with_server', 'with_token'];
    expect([...new Set(rows.map(({ state }) => state))].toSorted()).toEqual(expected);
  });

  test.each(rows)('in $state, when $event: $next', ({ state, event, effect, next }) => {
    const path = ceremonyPaths[state];
    const events = ceremonyEvents[event];
    if (path === undefined || events === undefined)
      throw new Error(`no such state or event: ${state}, ${event}`);
    for (const last of events) {
      const step = played([...path, last]);
      expect(step.state.phase.tag).toBe(next);
      expect(step.effects.map(({ tag }) => tag)).toEqual(EFFECTS[effect] ?? expect.arrayContaining(['end']));
    }
  });

  test('says how long a cable may be out and how many sessions a ceremony opens', () => {
    expect(spec).toContain(`it stays away for ${RECONNECT_MS / 1000} s`);
    expect(spec).toContain(`at most ${SESSIONS_MAX} sessions`);
  });
});

/** What the words for effects mean; every other one ends the ceremony. */
const EFFECTS: Readonly<Record<string, readonly string[]>> = {
  HELLO: ['progress', 'ask_token'],
  'HELLO: what was asked for is still to be done': ['progress', 'ask_token'],
  'the validator is asked to open a session': ['open_session'],
  'the message goes to the token': ['progress', 'ask_token'],
  'its message goes to the validator': ['pass_frame'],
  'the port is waited for': ['progress', 'await_port'],
};

function played(events: readonly CeremonyEvent[]): ReturnType<typeof ceremonyStep> {
  let step = ceremonyStep(
    ceremonyStart({ path: '/dev/ttyUSB0', expectedSerial: '000000000042' }),
    events[0] ?? START,
  );
  for (const event of events.slice(1)) step = ceremonyStep(step.state, event);
  return step;
}

const START: CeremonyEvent = { tag: 'start' };
