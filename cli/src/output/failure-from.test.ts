import { expect, test } from 'vitest';
import { en } from '../i18n/en.ts';
import { Failure } from './failure.ts';
import { failureFrom } from './failure-from.ts';
import { failureSentences } from './output.ts';

class PackageError extends Error {
  readonly code: string;
  readonly next = 'Do this.';
  constructor(code: string) {
    super('What the package says.');
    this.code = code;
  }
}

test('a failure stays what it is', () => {
  const failure = new Failure('SIGN_IN');
  expect(failureFrom(failure)).toBe(failure);
});

test("a package's own code keeps its words where the catalogue lacks the values", () => {
  const failure = failureFrom(new PackageError('KEY_FILE_PERMISSION'));
  expect(failure.id).toBe('KEY_FILE_PERMISSION');
  const sentences = failureSentences(failure, en);
  expect(sentences.what).toBe('What the package says.');
  expect(sentences.safe).toBe('Nothing was changed.');
});

test('the words that come with an id never stand in where the catalogue has its values', () => {
  const failure = new Failure('SERVER_DOWN', { url: 'http://127.0.0.1:1', reason: 'other words' });
  expect(failureSentences(failure, en).what).toBe('The validator at http://127.0.0.1:1 does not answer.');
});

test('what no one foresaw is INTERNAL and names its kind, never its words', () => {
  const failure = failureFrom(new TypeError('a secret may be quoted here'));
  expect(failure.id).toBe('INTERNAL');
  expect(failureSentences(failure, en).what).not.toContain('secret');
  expect(failureFrom(new PackageError('EACCES')).fields).toEqual({ id: 'EACCES' });
  expect(failureFrom('text').id).toBe('INTERNAL');
});
