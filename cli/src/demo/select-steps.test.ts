import { describe, expect, test } from 'vitest';
import { selectSteps } from './select-steps.ts';

const steps = [
  { id: 'start', sentences: [], needs: [] },
  { id: 'bind', sentences: ['S1.3'], needs: ['start'] },
  { id: 'pair', sentences: ['S2.1', 'S2.10'], needs: ['start'] },
  { id: 'login', sentences: ['S1.4', 'S2.1'], needs: ['bind'] },
];
const chosen = (only?: string) => selectSteps(steps, only).map(({ id }) => id);

describe('choosing steps of the demo', () => {
  test('runs all of them unless told', () => {
    expect(chosen()).toEqual(['start', 'bind', 'pair', 'login']);
  });

  test('runs what a step needs before it, in the order of the demo', () => {
    expect(chosen('login')).toEqual(['start', 'bind', 'login']);
  });

  test('finds steps by system and by sentence, in either case, and never by the beginning of another number', () => {
    expect(chosen('S2')).toEqual(['start', 'bind', 'pair', 'login']);
    expect(chosen('s1.3')).toEqual(['start', 'bind']);
    expect(chosen('S2.1')).toEqual(['start', 'bind', 'pair', 'login']);
    expect(chosen('S2.10')).toEqual(['start', 'pair']);
  });

  test('chooses nothing for a name that nothing has', () => {
    expect(chosen('S9')).toEqual([]);
    expect(chosen('')).toEqual([]);
  });
});
