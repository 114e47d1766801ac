import { expect, test } from 'vitest';
import { Failure } from '../output/failure.ts';
import { check } from './check.ts';
import type { DemoProgress } from './run-steps.ts';
import { runSteps } from './run-steps.ts';

const step = (id: string, run: () => void) => ({
  id,
  sentences: [],
  run: async () => run(),
});

async function runAll(steps: ReturnType<typeof step>[], signal: AbortSignal = new AbortController().signal) {
  const told: DemoProgress[] = [];
  const outcome = await runSteps({
    steps,
    stage: undefined,
    signal,
    tell: (progress) => told.push(progress),
  });
  return { outcome, told: told.map((one) => `${one.tag} ${one.id}`) };
}

test('a run without failure counts its steps', async () => {
  const { outcome, told } = await runAll([step('a', () => undefined), step('b', () => undefined)]);
  expect(outcome).toEqual({ steps: 2 });
  expect(told).toEqual(['step a', 'passed a', 'step b', 'passed b']);
});

test('a step whose check fails names itself and ends the run', async () => {
  const planted = step('planted', () => check(1 + 1 === 3, 'one and one is three'));
  const { outcome, told } = await runAll([
    step('a', () => undefined),
    planted,
    step('never', () => undefined),
  ]);
  expect(outcome).toEqual({ steps: 2, failed: { id: 'planted', reason: 'one and one is three' } });
  expect(told).toEqual(['step a', 'passed a', 'step planted', 'failed planted']);
});

test('a refusal of a part is told with its id and its reason', async () => {
  const refused = step('refused', () => {
    throw new Failure('SERVER_REFUSED', { reason: 'the serial is unknown' });
  });
  const { outcome } = await runAll([refused]);
  expect(outcome.failed?.reason).toBe('SERVER_REFUSED: the serial is unknown');
});

test('a run that a person stops is no failed step', async () => {
  const stop = new AbortController();
  const stopping = step('stopping', () => {
    stop.abort();
    throw new Error('its process is gone');
  });
  await expect(runAll([stopping], stop.signal)).rejects.toMatchObject({ id: 'INTERRUPTED' });
});

test('a step that waits for ever ends with the signal', async () => {
  const stop = new AbortController();
  const waiting = { id: 'waiting', sentences: [], run: () => new Promise<void>(() => undefined) };
  const run = runAll([waiting], stop.signal);
  stop.abort();
  await expect(run).rejects.toMatchObject({ id: 'INTERRUPTED' });
});
