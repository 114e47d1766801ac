import type { LogOptions } from '@chiavetta/validator/http';
import type { Language } from '../i18n/languages.ts';
import type { Failure } from '../output/failure.ts';

export type LogLevel = LogOptions['level'];

/** From the fewest lines to the most. */
export const LOG_LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'info', 'debug'];

/** The highest TCP port. */
export const TCP_PORT_MAX = 65_535;

/** What a settings file may say. Options and the environment come first. */
export type SettingValues = {
  /** URL of the validator. */
  readonly server?: string;
  readonly lang?: Language;
  /** How much `serve` writes into its log. */
  readonly logLevel?: LogLevel;
  /** What `serve` listens on. */
  readonly port?: number;
  /** The validator's data directory, as a full path. */
  readonly data?: string;
};

/** The settings, and the file that they come from. */
export type Settings = {
  readonly file: {
    readonly path: string;
    readonly exists: boolean;
    /** Why it counts for nothing; only commands that go on all the same ever see one. */
    readonly problem?: Failure;
  };
  readonly values: SettingValues;
};
