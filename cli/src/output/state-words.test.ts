import { expect, test } from 'vitest';
import { en } from '../i18n/en.ts';
import { stateWords } from './state-words.ts';
import { tokenLines } from './token-lines.ts';

test('a state is said in words, its reason stays, and an unknown one keeps its name', () => {
  expect(stateWords('FIRST_ACCESS', en.texts)).toBe('open; the first PIN is not changed yet');
  expect(stateWords('SUSPENDED: reported stolen: at the gym', en.texts)).toBe(
    'blocked: reported stolen: at the gym',
  );
  expect(stateWords('SOMETHING_NEW', en.texts)).toBe('SOMETHING_NEW');
});

test('a clerk reads the true state of a token, blocks included', () => {
  const lines = tokenLines(
    {
      serial: '000000000042',
      kind: 'fob',
      device: 'PROVISIONED',
      bindings: [
        {
          customerId: 'c1',
          slot: 0,
          state: 'IN_USE',
          overlay: 'SUSPENDED: stolen',
          lock: 'OK, 0 wrong in a row',
          pairingsToday: 0,
          notes: ['two codes are needed once'],
        },
      ],
      notes: [],
    },
    en.texts,
  );
  expect(lines).toEqual([
    'token  000000000042',
    'kind   fob',
    'state  ready',
    '  customer  c1',
    '  slot      0',
    '  binding   in use, blocked: stolen',
    '  tries     OK, 0 wrong in a row',
    '  note: two codes are needed once',
  ]);
});
