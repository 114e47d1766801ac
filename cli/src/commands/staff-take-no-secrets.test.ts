import { expect, test } from 'vitest';
import { commandName } from '../command.ts';
import { allCommands } from './all-commands.ts';

/** Orders a new PIN by mail: a flag, no value. */
const ORDERS = ['--new-pin'];

test('S3.13: no command of the branch takes a PIN, a device PIN or a code as a word', () => {
  const branch = allCommands.filter(({ group }) => group === 'branch');
  expect(branch.length).toBeGreaterThan(10);
  for (const spec of branch) {
    const words = [...(spec.args ?? []), ...(spec.options ?? []).map(({ flags }) => flags)];
    const taking = words.filter((word) => /\b(?:pin|code|digits)\b/iu.test(word) && !ORDERS.includes(word));
    expect(taking, commandName(spec)).toEqual([]);
  }
});
