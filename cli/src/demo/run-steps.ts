import { Failure } from '../output/failure.ts';
import { DemoCheckFailed } from './check.ts';

/** What running a step looks at. */
type Runnable<Stage> = {
  readonly id: string;
  readonly sentences: readonly string[];
  readonly run: (stage: Stage) => Promise<void>;
};

/** What happens, as it happens. */
export type DemoProgress =
  | {
      readonly tag: 'step';
      readonly id: string;
      readonly sentences: readonly string[];
      readonly number: number;
      readonly count: number;
    }
  | { readonly tag: 'passed'; readonly id: string }
  | { readonly tag: 'failed'; readonly id: string; readonly reason: string };

/** How many steps ran to their end, and the one that did not. */
export type DemoOutcome = {
  readonly steps: number;
  readonly failed?: { readonly id: string; readonly reason: string };
};

/** Runs steps in order; the first that fails ends the run, because what comes after stands on it. */
export async function runSteps<Stage>(job: {
  readonly steps: readonly Runnable<Stage>[];
  readonly stage: Stage;
  readonly signal: AbortSignal;
  readonly tell: (progress: DemoProgress) => void;
}): Promise<DemoOutcome> {
  const { steps, stage, signal, tell } = job;
  const stopped = whenAborted(signal);
  stopped.catch(() => undefined);
  for (const [index, { id, sentences, run }] of steps.entries()) {
    if (signal.aborted) throw new Failure('INTERRUPTED');
    tell({ tag: 'step', id, sentences, number: index + 1, count: steps.length });
    try {
      await Promise.race([run(stage), stopped]);
    } catch (error) {
      if (signal.aborted) throw new Failure('INTERRUPTED');
      const reason = reasonOf(error);
      tell({ tag: 'failed', id, reason });
      return { steps: index + 1, failed: { id, reason } };
    }
    tell({ tag: 'passed', id });
  }
  return { steps: steps.length };
}

/** A step may wait for a person or a device; whoever stops the demo waits for neither. */
function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Failure('INTERRUPTED')), { once: true });
  });
}

/** In words, without a stack: what was expected, or the id and the reason of the part that said no. */
function reasonOf(error: unknown): string {
  if (error instanceof DemoCheckFailed) return error.message;
  if (error instanceof Failure) {
    const { reason } = { reason: undefined, ...error.fields };
    return reason === undefined ? error.id : `${error.id}: ${reason}`;
  }
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
}
