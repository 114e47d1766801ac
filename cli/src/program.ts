import { Command, CommanderError, Option } from 'commander';
import type { CommandArgs, CommandGroup, CommandSpec, OptionSpec } from './command.ts';
import { commandName } from './command.ts';
import type { Catalogue } from './i18n/catalogue.ts';
import { fill } from './i18n/fill.ts';
import { LANGUAGES } from './i18n/languages.ts';
import { usageFailure } from './output/failure.ts';

/** Runs one chosen command with what was typed. */
export type Runner = (spec: CommandSpec, args: CommandArgs, globals: GlobalOptions) => Promise<void>;

/** The options that every command takes. */
export type GlobalOptions = {
  readonly json: boolean;
  readonly plain: boolean;
  readonly yes: boolean;
  readonly quiet: boolean;
  readonly stdin: boolean;
  readonly lang: string | undefined;
  readonly config: string | undefined;
};

export type ProgramOptions = {
  readonly specs: readonly CommandSpec[];
  readonly catalogue: Catalogue;
  readonly version: string;
  readonly runner: Runner;
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
};

/** Every command takes them. */
const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: '--json' },
  { flags: '--plain' },
  { flags: '--yes' },
  { flags: '--quiet' },
  { flags: '--stdin' },
  { flags: '--lang <language>', choices: LANGUAGES },
  { flags: '--config <file>' },
];

/** The commander tree, made from the command descriptions: no logic of its own. */
export function createProgram(options: ProgramOptions): Command {
  const { specs, catalogue, version, writeOut, writeErr } = options;
  const program = new Command('chiavetta')
    .description(catalogue.texts['help.tagline'])
    .version(version, '--version', catalogue.options['version'] ?? '')
    .configureOutput({ writeOut, writeErr })
    .exitOverride()
    .enablePositionalOptions()
    .showHelpAfterError('(add --help for how it is used)');
  const nouns = new Map<string, Command>();
  for (const spec of specs) {
    const [first = '', second] = spec.path;
    if (second === undefined) {
      program.addCommand(leaf(first, spec, options));
      continue;
    }
    const noun = nouns.get(first) ?? nounCommand(first, spec, options);
    if (!nouns.has(first)) {
      nouns.set(first, noun);
      program.addCommand(noun);
    }
    noun.addCommand(leaf(second, spec, options));
  }
  program.configureHelp({ formatHelp: () => overview(specs, catalogue) });
  return program;
}

/** A noun; its first verb's example shows how the two stand together. */
function nounCommand(
  name: string,
  { example }: CommandSpec,
  { catalogue, writeOut, writeErr }: ProgramOptions,
): Command {
  const { texts } = catalogue;
  const shown = `\n${texts['help.example']}\n  ${example}`;
  const missing = `\n${fill(texts['help.verb_missing'], { noun: name })}`;
  return new Command(name)
    .addHelpText('after', ({ error }) => (error ? `${missing}${shown}` : shown))
    .description(catalogue.commands[name] ?? '')
    .configureOutput({ writeOut, writeErr })
    .exitOverride()
    .showHelpAfterError('(add --help for how it is used)');
}

function leaf(
  name: string,
  spec: CommandSpec,
  { catalogue, runner, writeOut, writeErr }: ProgramOptions,
): Command {
  const text = (key: string): string => optionText(catalogue, spec, key);
  const command = new Command(name)
    .description(catalogue.commands[commandName(spec)] ?? '')
    .configureOutput({ writeOut, writeErr })
    .exitOverride()
    .showHelpAfterError('(add --help for how it is used)')
    .allowExcessArguments(false);
  for (const argument of spec.args ?? []) command.argument(argument, text(`<${bareName(argument)}>`));
  for (const option of [...(spec.options ?? []), ...GLOBAL_OPTIONS]) {
    const made = new Option(option.flags);
    made.description = text(made.name());
    if (option.choices !== undefined) made.choices([...option.choices]);
    if (option.required === true) made.makeOptionMandatory();
    command.addOption(made);
  }
  command.addHelpText('after', `\n${catalogue.texts['help.example']}\n  ${spec.example}`);
  command.action(async () => {
    const values: Readonly<Record<string, unknown>> = command.opts();
    const flag = (key: string): boolean => values[key] === true;
    const value = (key: string): string | undefined =>
      typeof values[key] === 'string' ? values[key] : undefined;
    await runner(spec, argsOf(command, spec), {
      json: flag('json'),
      plain: flag('plain'),
      yes: flag('yes'),
      quiet: flag('quiet'),
      stdin: flag('stdin'),
      lang: value('lang'),
      config: value('config'),
    });
  });
  return command;
}

/** What an option or argument means: for this command, for its noun, or everywhere. */
export function optionText(catalogue: Catalogue, spec: CommandSpec, key: string): string {
  const { options } = catalogue;
  return options[`${commandName(spec)} ${key}`] ?? options[`${spec.path[0]} ${key}`] ?? options[key] ?? '';
}

function bareName(argument: string): string {
  return argument.replace(/[<>[\].]/gu, '');
}

function argsOf(command: Command, spec: CommandSpec): CommandArgs {
  const values = new Map<string, unknown>();
  for (const [index, argument] of (spec.args ?? []).entries()) {
    values.set(bareName(argument), command.processedArgs[index]);
  }
  const typed: Readonly<Record<string, unknown>> = command.opts();
  for (const option of command.options) values.set(option.name(), typed[option.attributeName()]);
  const optional = (name: string): string | undefined => {
    const value = values.get(name);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    optional,
    text: (name) => {
      const value = optional(name);
      if (value === undefined) throw usageFailure(`"${name}" is missing.`);
      return value;
    },
    many: (name) => {
      const value = values.get(name);
      return Array.isArray(value) ? value.map(String) : [];
    },
    flag: (name) => values.get(name) === true,
    whole: (name, { min, max }) => {
      const value = optional(name);
      if (value === undefined) return undefined;
      const number = Number(value);
      if (!/^\d{1,15}$/u.test(value) || number < min || number > max) {
        throw usageFailure(`"${name}" is a whole number from ${min} to ${max}, not "${value}".`);
      }
      return number;
    },
  };
}

const GROUPS: readonly CommandGroup[] = ['try', 'branch', 'develop', 'operate'];

/** The help of `chiavetta` alone: four groups, a line a command. */
function overview(specs: readonly CommandSpec[], catalogue: Catalogue): string {
  const lines = [`${catalogue.texts['help.tagline']}`, ''];
  for (const group of GROUPS) {
    lines.push(catalogue.texts[`help.groups.${group}`]);
    for (const spec of specs.filter((each) => each.group === group)) {
      const name = commandName(spec);
      lines.push(`  chiavetta ${name.padEnd(20)} ${catalogue.commands[name] ?? ''}`);
    }
    lines.push('');
  }
  return `${lines.join('\n')}\n`;
}

export { CommanderError };
