import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProgramAtHome } from './chiavetta-program.ts';
import { jsonLinesOf, programAtHome } from './chiavetta-program.ts';

let at: ProgramAtHome;
beforeAll(() => {
  at = programAtHome();
});
afterAll(() => at.close());

const WRONG_LINES: readonly (readonly [what: string, line: string, words: RegExp])[] = [
  ['a missing argument', 'token status', /missing required argument 'serial'/u],
  ['a missing option', 'operator add bruno', /required option '--role <role>' not specified/u],
  ['an option without its value', 'otp totp --digits', /'--digits <digits>' argument missing/u],
  ['an unknown option', 'token list --loud', /unknown option '--loud'/u],
  [
    'a value that is no choice',
    'serve --log-level loud',
    /Allowed choices are fatal, error, warn, info, debug/u,
  ],
  ['an argument too many', 'token list 1042', /too many arguments/u],
  ['an unknown verb', 'token frobnicate', /unknown command 'frobnicate'/u],
  ['an unknown noun', 'frobnicate', /unknown command 'frobnicate'/u],
];

test.each(WRONG_LINES)('%s: words on stderr, nothing on stdout, exit 2', async (_what, line, words) => {
  const ended = await at.run(line.split(' '));
  expect([ended.status, ended.stdout]).toEqual([2, '']);
  expect(ended.stderr).toMatch(words);
  expect(ended.stderr).toContain('--help');
});

test.each(WRONG_LINES)(
  '%s under --json: the same words on stderr, one document on stdout, exit 2',
  async (_what, line, words) => {
    // In front, where the words of the line cannot take it for their value.
    const [noun = '', ...rest] = line.split(' ');
    const ended = await at.run(
      rest.length === 0 ? [noun, '--json'] : [noun, ...rest.slice(0, 1), '--json', ...rest.slice(1)],
    );
    expect(ended.status).toBe(2);
    expect(ended.stderr).toMatch(words);
    const documents = jsonLinesOf(ended.stdout);
    expect(documents).toMatchObject([
      {
        v: 1,
        type: 'result',
        ok: false,
        error: { id: 'USAGE', exit: 2, what: expect.stringMatching(words) },
      },
    ]);
    expect(documents[0]?.['error']).not.toMatchObject({ what: expect.stringMatching(/^error/u) });
  },
);

test('a noun alone shows its verbs on stderr, and ends with 2', async () => {
  const ended = await at.run(['token']);
  expect([ended.status, ended.stdout]).toEqual([2, '']);
  expect(ended.stderr).toContain('reset-pin');
});
