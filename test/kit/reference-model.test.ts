import { expect, test } from 'vitest';
import { explain } from './reference-model.ts';

const CODES = ['111111', '222222', '333333', '222222', '444444'];

test('a code explains a session once, and takes every older one with it', () => {
  expect(explain({ next: 0 }, { code: '333333' }, CODES)).toEqual({ next: 3 });
  expect(explain({ next: 3 }, { code: '333333' }, CODES)).toBeUndefined();
  expect(explain({ next: 3 }, { code: '111111' }, CODES)).toBeUndefined();
});

test('equal digits at a later counter explain a session that the earlier one no longer does', () => {
  expect(explain({ next: 2 }, { code: '222222' }, CODES)).toEqual({ next: 4 });
});

test('two codes explain a session only where they stand side by side', () => {
  expect(explain({ next: 0 }, { code: '222222', nextCode: '444444' }, CODES)).toEqual({ next: 5 });
  expect(explain({ next: 0 }, { code: '111111', nextCode: '444444' }, CODES)).toBeUndefined();
  expect(explain({ next: 1 }, { code: '111111', nextCode: '222222' }, CODES)).toBeUndefined();
});
