import type { Catalogue } from '../i18n/catalogue.ts';
import { fill } from '../i18n/fill.ts';
import type { Failure } from './failure.ts';
import type { FailureSentences } from './failure-sentences.ts';
import { exitCodeOf } from './failure-table.ts';
import { printable } from './printable.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** Where the words go: data on `data` (stdout), words for people on `words` (stderr). */
export type Streams = {
  readonly data: { write(text: string): unknown };
  readonly words: { write(text: string): unknown };
};

export type OutputOptions = {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly catalogue: Catalogue;
  readonly streams: Streams;
};

/** What a command prints through. Every JSON object carries `v`; human text is made safe for a terminal. */
export interface Output {
  readonly json: boolean;
  readonly catalogue: Catalogue;
  /** One line of the answer for a person; nothing under `--json`. */
  line(text: string): void;
  /** Text that carries its own terminal colours (a matrix): as it is; nothing under `--json`. */
  picture(text: string): void;
  /** The answer of a command that ends, as one document; nothing without `--json`. */
  document(value: JsonObject): void;
  /** One line of a command that reports, NDJSON; nothing without `--json`. */
  event(value: JsonObject & { readonly type: string }): void;
  /** A sentence beside the answer, on stderr; silent under `--quiet`. */
  note(text: string): void;
  /** The three sentences of a failure (or its JSON document), and the exit status to end with. */
  failure(failure: Failure): number;
}

export function createOutput({ json, quiet, catalogue, streams }: OutputOptions): Output {
  return {
    json,
    catalogue,
    line: (text) => {
      if (!json) streams.data.write(`${printable(text)}\n`);
    },
    picture: (text) => {
      if (!json) streams.data.write(`${text}\n`);
    },
    document: (value) => {
      if (json) streams.data.write(`${JSON.stringify({ v: 1, ...value })}\n`);
    },
    event: (value) => {
      if (json) streams.data.write(`${JSON.stringify({ v: 1, ...value })}\n`);
    },
    note: (text) => {
      if (!quiet) streams.words.write(`${printable(text)}\n`);
    },
    failure: (failure) => {
      const exit = exitCodeOf(failure.id);
      if (json) {
        const error = { id: failure.id, exit, ...failureSentences(failure, catalogue) };
        streams.data.write(`${JSON.stringify({ v: 1, type: 'result', ok: false, error })}\n`);
      } else {
        streams.words.write(`${failureText(failure, catalogue)}\n`);
      }
      return exit;
    },
  };
}

/**
 * The sentences of an id with its values filled in. Where a value is missing, the failure's own words stand in: `reason`
 * for what happened, `advice` for what to do, which a server or a package gives with its id.
 */
export function failureSentences(failure: Failure, catalogue: Catalogue): FailureSentences {
  const texts = catalogue.failures[failure.id];
  const fields = { id: failure.id, ...failure.fields };
  const { reason, advice } = { reason: undefined, advice: undefined, ...failure.fields };
  const sentence = (text: string, ownWords: unknown): string => {
    const filled = fill(text, fields);
    return /\{\w+\}/u.test(filled) && ownWords !== undefined ? String(ownWords) : filled;
  };
  return {
    what: sentence(texts.what, reason),
    safe: fill(texts.safe, fields),
    next: sentence(texts.next, advice),
  };
}

function failureText(failure: Failure, catalogue: Catalogue): string {
  const { what, safe, next } = failureSentences(failure, catalogue);
  return [`${failure.id}: ${what}`, safe, next]
    .filter((sentence) => sentence !== '')
    .map(printable)
    .join('\n  ');
}
