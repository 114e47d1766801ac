import { closeSync, openSync, writeSync } from 'node:fs';
import type { TraceLine } from '../../runtime/index.ts';

/** Where a trace goes: lines that anyone may read, and the secrets that only replaying needs. */
export interface TraceFiles {
  readonly line: (line: TraceLine) => void;
  readonly secret: (name: string, value: string) => void;
  readonly close: () => void;
}

/** Begins a trace at `path` and its secrets at `path` + `.secrets`, both mode 0600. Earlier files are replaced. */
export function traceFiles(path: string): TraceFiles {
  const lines = openSync(path, 'w', 0o600);
  const secrets = openSync(`${path}.secrets`, 'w', 0o600);
  return {
    line: (line) => {
      writeSync(lines, `${JSON.stringify(line)}\n`);
    },
    secret: (name, value) => {
      writeSync(secrets, `${JSON.stringify({ name, value })}\n`);
    },
    close: () => {
      closeSync(lines);
      closeSync(secrets);
    },
  };
}
