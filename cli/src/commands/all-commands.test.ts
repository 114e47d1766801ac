import { describe, expect, test } from 'vitest';
import { commandName } from '../command.ts';
import { en } from '../i18n/en.ts';
import { CommanderError, createProgram, optionText } from '../program.ts';
import { allCommands } from './all-commands.ts';

/** A file's name, how many digits a code has, and where the random commands of `qa` begin. */
const NO_SECRETS = ['--secrets <file>', '--digits <digits>', '--seed <number>'];
const GLOBALS = ['json', 'plain', 'yes', 'quiet', 'stdin', 'lang', 'config'];

/** The words of a command line as a shell would cut them; the program's own name and what follows a pipe left out. */
function shellWords(line: string): readonly string[] {
  const [command = ''] = line.split(' | ').filter((part) => part.includes('chiavetta '));
  const words: readonly string[] = command.match(/"[^"]*"|'[^']*'|[^\s"']+/gu) ?? [];
  const at = words.indexOf('chiavetta');
  const redirected = words.findIndex((word) => word === '>' || word === '<');
  return words
    .slice(at + 1, redirected < 0 ? undefined : redirected)
    .map((word) => word.replace(/^["']|["']$/gu, ''));
}

/** Names of arguments and options as the catalogue lists them. */
function textKeys(spec: (typeof allCommands)[number]): readonly string[] {
  const args = (spec.args ?? []).map((argument) => `<${argument.replace(/[<>[\].]/gu, '')}>`);
  const options = (spec.options ?? []).map(({ flags }) => /--([a-z-]+)/u.exec(flags)?.[1] ?? flags);
  return [...args, ...options];
}

test('there are commands, and no two have one name', () => {
  const names = allCommands.map(commandName);
  expect(names.length).toBeGreaterThan(30);
  expect(new Set(names).size).toBe(names.length);
});

describe.each(allCommands.map((spec) => [commandName(spec), spec] as const))('%s', (name, spec) => {
  test('says what it does, and so does its noun', () => {
    expect(en.commands[name] ?? '').not.toBe('');
    const [noun = ''] = spec.path;
    expect(en.commands[noun] ?? '').not.toBe('');
  });

  test('explains each argument and option', () => {
    const missing = textKeys(spec).filter((key) => optionText(en, spec, key) === '');
    expect(missing).toEqual([]);
  });

  test('takes no secret from the command line', () => {
    const secret = /pin|password|code|secret|seed|digits/u;
    const values = [...(spec.args ?? []), ...(spec.options ?? []).map(({ flags }) => flags)]
      .filter((flags) => /[<[]/u.test(flags))
      .filter((flags) => !NO_SECRETS.includes(flags));
    expect(values.filter((flags) => secret.test(flags))).toEqual([]);
  });

  test('has an example that it can be run with', async () => {
    const ran: string[] = [];
    const said: string[] = [];
    const program = createProgram({
      specs: allCommands,
      catalogue: en,
      version: '0',
      runner: async (chosen, args) => {
        ran.push(commandName(chosen));
        for (const argument of chosen.args ?? []) {
          const bare = argument.replace(/[<>[\].]/gu, '');
          if (argument.startsWith('<') && !argument.includes('...')) expect(args.text(bare)).not.toBe('');
        }
      },
      writeOut: (text) => said.push(text),
      writeErr: (text) => said.push(text),
    });
    await program.parseAsync([...shellWords(spec.example)], { from: 'user' }).catch((error: unknown) => {
      if (error instanceof CommanderError) throw new Error(`${spec.example}: ${said.join('')}`);
      throw error;
    });
    expect(ran).toEqual([name]);
  });

  test('shows its example and the options of every command in its help', async () => {
    const said: string[] = [];
    const program = createProgram({
      specs: allCommands,
      catalogue: en,
      version: '0',
      runner: async () => undefined,
      writeOut: (text) => said.push(text),
      writeErr: (text) => said.push(text),
    });
    const help = program.parseAsync([...spec.path, '--help'], { from: 'user' });
    await expect(help).rejects.toMatchObject({ exitCode: 0 });
    const text = said.join('');
    expect(text).toContain(spec.example);
    for (const option of GLOBALS) expect(text).toContain(`--${option}`);
  });
});

test('every text of the catalogue belongs to a command', () => {
  const names = new Set(allCommands.flatMap((spec) => [commandName(spec), spec.path[0] ?? '']));
  expect(Object.keys(en.commands).filter((name) => !names.has(name))).toEqual([]);
});
