import type { Home } from './home.ts';
import type { Input } from './input/input.ts';
import type { Output } from './output/output.ts';
import type { Terminal } from './output/terminal.ts';
import type { Settings } from './settings/settings.ts';

/** One option or flag of a command. Its description stands in the catalogue under the same long name. */
export type OptionSpec = {
  /** As commander writes it: `--port <path>`, `--yes`, `--slot <number>`. */
  readonly flags: string;
  readonly required?: boolean;
  readonly choices?: readonly string[];
};

/** A command as data: the tree, the help and the tests are all made from this one description. */
export type CommandSpec = {
  /** Noun then verb: `['token', 'bind']`, or one word: `['doctor']`. Texts stand under `commands[path joined by a blank]`. */
  readonly path: readonly string[];
  readonly group: CommandGroup;
  /** As commander writes it: `<serial>`, `[file]`, `<file...>`. */
  readonly args?: readonly string[];
  readonly options?: readonly OptionSpec[];
  /** What a newcomer can paste. */
  readonly example: string;
  /** Whether it still answers when the settings file is not valid: what helps to correct it has to. */
  readonly withBrokenSettings?: boolean;
  readonly run: (context: CommandContext, args: CommandArgs) => Promise<void>;
};

export type CommandGroup = 'try' | 'branch' | 'develop' | 'operate';

/** What every command gets: where to print, whom to ask, where files live, when to stop. */
export type CommandContext = {
  readonly output: Output;
  readonly input: Input;
  readonly home: Home;
  /** The settings file: after options and the environment. */
  readonly settings: Settings;
  /** Aborted by Ctrl-C, a closed terminal or SIGTERM. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Yes to every question (`--yes`). */
  readonly yes: boolean;
  /** The screen that pictures may be drawn on; absent under `--plain` and `--json`, and where stdout is no terminal. */
  readonly terminal: Terminal | undefined;
};

/** Typed access to what was typed. A missing required value never reaches a command: commander refuses it. */
export type CommandArgs = {
  /** A required argument or option. */
  text(name: string): string;
  optional(name: string): string | undefined;
  /** The values of a variadic argument. */
  many(name: string): readonly string[];
  flag(name: string): boolean;
  /** A whole number within bounds, else a usage error that says the bounds. */
  whole(name: string, bounds: { readonly min: number; readonly max: number }): number | undefined;
};

/** The words that name a command: `token bind`. */
export function commandName(spec: CommandSpec): string {
  return spec.path.join(' ');
}
