import type { FailureSentences } from '../output/failure-sentences.ts';
import type { FailureId } from '../output/failure-table.ts';
import type { DemoLineKey } from './en/demo-lines.ts';
import type { DemoStepId } from './en/demo-titles.ts';
import type { TextKey } from './en/texts.ts';

/** Every text of the command line in one language. A missing key does not compile; ids, JSON and exit codes never change with it. */
export type Catalogue = {
  readonly language: string;
  readonly failures: Readonly<Record<FailureId, FailureSentences>>;
  /** By command name, `token bind`. */
  readonly commands: Readonly<Record<string, string>>;
  /** By long option name without dashes, or by argument name in angle brackets. */
  readonly options: Readonly<Record<string, string>>;
  readonly texts: Readonly<Record<TextKey, string>>;
  /** What the demo tells: a title a step, and its lines. */
  readonly demo: {
    readonly titles: Readonly<Record<DemoStepId, string>>;
    readonly lines: Readonly<Record<DemoLineKey, string>>;
  };
};

export type { TextKey };
