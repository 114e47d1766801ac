import type { Law, LawAnswer } from './law.ts';
import { LAWS } from './laws.ts';
import type { LawReport, RunReport } from './report.ts';
import type { LawId, Target } from './target.ts';
import { TargetUnusable } from './target-unusable.ts';

/** How a run is made. */
export type RunOptions = {
  readonly target: Target;
  readonly seed: number;
  /** Lists of commands for each law. */
  readonly runs: number;
  /** For all laws together, milliseconds. */
  readonly maxTimeMs?: number;
  readonly laws?: readonly LawId[];
  /** Options of the command line that open this target again, for the replay line. */
  readonly replayOptions?: readonly string[];
  /** A monotonic clock, milliseconds. */
  readonly nowMs: () => number;
  readonly onLaw?: (report: LawReport) => void;
  readonly signal?: AbortSignal;
};

/**
 * Asks the laws of a target, one after the other, each within its share of the time that is left.
 *
 * @throws TargetUnusable when not even a first code opens a session: refusing everything keeps every law
 */
export async function runLaws(options: RunOptions): Promise<RunReport> {
  const { target, seed, nowMs, maxTimeMs, onLaw } = options;
  const startMs = nowMs();
  await firstLogin(target);
  const chosen = LAWS.filter((one) => options.laws === undefined || options.laws.includes(one.id));
  const laws: LawReport[] = [];
  for (const [index, one] of chosen.entries()) {
    const leftMs = maxTimeMs === undefined ? undefined : maxTimeMs - (nowMs() - startMs);
    const timeMs = leftMs === undefined ? {} : { timeMs: leftMs / (chosen.length - index) };
    const report = await reportOn(one, { ...options, ...timeMs });
    laws.push(report);
    onLaw?.(report);
  }
  return { target: target.name, seed, laws };
}

/** Asks one law again, with the list of commands that a failure named; several times, because a race may go either way. */
export async function replayLaw(
  options: Omit<RunOptions, 'runs' | 'laws' | 'maxTimeMs'> & {
    readonly law: LawId;
    readonly path: string;
    readonly times: number;
  },
): Promise<RunReport> {
  const { target, seed, law: id, path, times } = options;
  const laws: LawReport[] = [];
  for (const one of LAWS.filter((each) => each.id === id)) {
    let report = await reportOn(one, { ...options, runs: 1, path });
    for (let time = 1; time < times && report.outcome === 'held'; time += 1) {
      report = await reportOn(one, { ...options, runs: 1, path });
    }
    laws.push(report);
  }
  return { target: target.name, seed, laws };
}

type Asking = Omit<RunOptions, 'laws' | 'onLaw'> & { readonly timeMs?: number; readonly path?: string };

async function reportOn(one: Law, asking: Asking): Promise<LawReport> {
  const { id: law, sentence } = one;
  const { target, timeMs } = asking;
  const cannot = target.cannot.find((each) => each.law === law);
  if (cannot !== undefined) return { law, sentence, outcome: 'not asked', because: cannot.because };
  if (timeMs !== undefined && timeMs <= 0) {
    return { law, sentence, outcome: 'not asked', because: 'The time was over.' };
  }
  const answer: LawAnswer = await one.ask(asking);
  const { runs, tally, failure } = answer;
  if (failure !== undefined) {
    const replay = replayLine({ target, law, ...failure, options: asking.replayOptions ?? [] });
    return { law, sentence, outcome: 'failed', runs, tally, failure: { ...failure, replay } };
  }
  if (runs === 0) return { law, sentence, outcome: 'not asked', because: 'The time was over.' };
  return { law, sentence, outcome: 'held', runs, tally };
}

/** The command that breaks the law again. */
function replayLine(job: {
  readonly target: Target;
  readonly law: LawId;
  readonly seed: number;
  readonly path: string;
  readonly options: readonly string[];
}): string {
  const { target, law, seed, path, options } = job;
  const words = ['--target', target.name, '--law', law, '--seed', String(seed), '--path', path, ...options];
  return `chiavetta qa replay ${words.map(quoted).join(' ')}`;
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

async function firstLogin(target: Target): Promise<void> {
  const subject = await target.enrol();
  const page = await subject.startLogin(subject);
  const { session } = await subject.postCode(page, { code: await subject.codeAt(0) });
  if (session !== undefined && (await subject.isSessionOpen(session))) return;
  throw new TargetUnusable(
    `At ${target.name} the first code of a new customer opens no session.`,
    'A validator that refuses everything keeps every law: make a first login work, then run the laws again.',
  );
}
