import { createContext, runInContext } from 'node:vm';
import * as bytes from '@chiavetta/protocol/bytes';
import * as keys from '@chiavetta/protocol/keys';
import * as matrix from '@chiavetta/protocol/matrix';
import * as otc from '@chiavetta/protocol/otc';
import * as otp from '@chiavetta/protocol/otp';
import * as session from '@chiavetta/protocol/session';
import * as testing from '@chiavetta/protocol/testing';
import * as wire from '@chiavetta/protocol/wire';
import { describe, expect, test } from 'vitest';
import { documentedExamples, shown } from './documented-examples.ts';

const examples = documentedExamples();

/** What a reader of an example has imported. */
const imported = {
  ...bytes,
  ...keys,
  ...matrix,
  ...otc,
  ...otp,
  ...session,
  ...testing,
  ...wire,
  Uint8Array,
};

describe('an @example of the sources', () => {
  test('is there, and most say what they give', () => {
    expect(examples.length).toBeGreaterThanOrEqual(7);
    expect(examples.filter(({ gives }) => gives !== undefined).length).toBeGreaterThanOrEqual(4);
  });

  test.each(examples)('runs, and gives what it says: $file', ({ code, gives }) => {
    const value: unknown = runInContext(code, createContext({ ...imported }));
    expect(gives ?? shown(value)).toBe(shown(value));
  });
});
