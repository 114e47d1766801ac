import type { DemoLineKey } from '../i18n/en/demo-lines.ts';
import { fill } from '../i18n/fill.ts';
import type { Output } from '../output/output.ts';
import type { DemoOutcome, DemoProgress } from './run-steps.ts';
import type { LineFields } from './stage/stage.ts';

/** What a person reads while the demo runs; the same as NDJSON under `--json`. */
export interface Transcript {
  readonly begin: (folder: string) => void;
  readonly progress: (progress: DemoProgress) => void;
  readonly say: (key: DemoLineKey, fields: LineFields) => void;
  readonly end: (outcome: DemoOutcome, kept: string | undefined) => void;
}

/** A transcript through a command's output. */
export function createTranscript(output: Output): Transcript {
  const { lines, titles } = output.catalogue.demo;
  const allTitles: Readonly<Record<string, string>> = titles;
  const titleOf = (id: string): string => allTitles[id] ?? id;
  const line = (key: DemoLineKey, fields: LineFields): string => fill(lines[key], fields);
  let current = '';
  return {
    begin: (folder) => {
      output.event({ type: 'begin', folder });
      output.line(line('demo.title', { folder }));
    },
    progress: (told) => {
      if (told.tag === 'step') {
        current = told.id;
        const { id, sentences, number, count } = told;
        output.event({ type: 'step', state: 'started', id, sentences, title: titleOf(id), number, count });
        const place = `${String(number).padStart(2)}/${count}`;
        const named = sentences.length === 0 ? '' : ` [${sentences.join(', ')}]`;
        output.line(`${place} ${titleOf(id)}${named}`);
        return;
      }
      const failed = told.tag === 'failed' ? { reason: told.reason } : {};
      output.event({ type: 'step', state: told.tag, id: told.id, ...failed });
    },
    say: (key, fields) => {
      const text = line(key, fields);
      output.event({ type: 'line', step: current, key, fields, text });
      output.line(`      ${text}`);
    },
    end: ({ steps, failed }, kept) => {
      if (failed !== undefined) output.line(line('demo.failed', failed));
      if (kept !== undefined) output.line(line('demo.kept', { folder: kept }));
      output.line(line('demo.end', { steps, failed: failed === undefined ? 0 : 1 }));
    },
  };
}
