import { randomInt } from 'node:crypto';
import type { RunReport } from '@chiavetta/qa/kit';
import type { CommandArgs, CommandContext, CommandSpec, OptionSpec } from '../command.ts';
import { qaKit } from '../compose.ts';
import { fill } from '../i18n/fill.ts';
import { Failure, usageFailure } from '../output/failure.ts';
import { validatorData } from '../settings/validator-data.ts';
import { durationMs } from '../sim/duration.ts';

const LAW_IDS = ['one-session', 'no-return', 'no-oracle'] as const;
const SEED_MAX = 2 ** 31 - 1;
const RUNS_DEFAULT = 100;
const RUNS_MAX = 10_000_000;
const REPLAYS_DEFAULT = 10;
const REPLAYS_MAX = 100_000;

/** Who enrols customers at a validator that is asked over HTTP. */
const DESK: readonly OptionSpec[] = [
  { flags: '--data <directory>' },
  { flags: '--clerk <name>' },
  { flags: '--approver <name>' },
];

/** Asks a validator the laws of the QA kit. */
export const qaCommands: readonly CommandSpec[] = [
  {
    path: ['qa', 'run'],
    group: 'develop',
    options: [
      { flags: '--target <target>' },
      { flags: '--law <law>', choices: LAW_IDS },
      { flags: '--seed <number>' },
      { flags: '--runs <count>' },
      { flags: '--max-time <time>' },
      { flags: '--html <file>' },
      ...DESK,
    ],
    example: 'chiavetta qa run --target in-process --seed 42 --runs 100 --max-time 30s',
    run,
  },
  {
    path: ['qa', 'replay'],
    group: 'develop',
    options: [
      { flags: '--target <target>', required: true },
      { flags: '--law <law>', choices: LAW_IDS, required: true },
      { flags: '--seed <number>', required: true },
      { flags: '--path <path>', required: true },
      { flags: '--times <count>' },
      ...DESK,
    ],
    example: 'chiavetta qa replay --target in-process --law one-session --seed 42 --path 0:0',
    run: replay,
  },
];

async function run(context: CommandContext, args: CommandArgs): Promise<void> {
  const { runLaws, reportHtml, lawLines } = await qaKit();
  const { output, signal } = context;
  const seed = args.whole('seed', { min: 0, max: SEED_MAX }) ?? randomInt(SEED_MAX);
  const runs = args.whole('runs', { min: 1, max: RUNS_MAX }) ?? RUNS_DEFAULT;
  const law = lawOf(args);
  const maxTimeMs = timeOf(args);
  const report = await withTarget(context, args, seed, async (target) => {
    output.line(fill(output.catalogue.texts['qa.begins'], { target: target.name, seed }));
    return runLaws({
      target,
      seed,
      runs,
      ...(law === undefined ? {} : { laws: [law] }),
      ...(maxTimeMs === undefined ? {} : { maxTimeMs }),
      replayOptions: deskOptions(args),
      nowMs: () => performance.now(),
      signal,
      onLaw: (one) => {
        for (const line of lawLines(one)) output.line(line);
        output.event({ type: 'law', ...one });
      },
    });
  });
  const html = args.optional('html');
  if (html !== undefined) {
    const { writeFile } = await import('node:fs/promises');
    await writeFile(html, reportHtml(report));
  }
  end(context, report);
}

async function replay(context: CommandContext, args: CommandArgs): Promise<void> {
  const { replayLaw, lawLines } = await qaKit();
  const { output, signal } = context;
  const seed = args.whole('seed', { min: 0, max: SEED_MAX }) ?? 0;
  const times = args.whole('times', { min: 1, max: REPLAYS_MAX }) ?? REPLAYS_DEFAULT;
  const law = lawOf(args);
  const path = args.text('path');
  if (law === undefined || !/^\d+(?::\d+)*$/u.test(path)) {
    throw usageFailure('"path" is what a failure printed, for example 0:3:1.');
  }
  const report = await withTarget(context, args, seed, (target) =>
    replayLaw({
      target,
      law,
      seed,
      path,
      times,
      replayOptions: deskOptions(args),
      nowMs: () => performance.now(),
      signal,
    }),
  );
  for (const one of report.laws) {
    for (const line of lawLines(one)) output.line(line);
    output.event({ type: 'law', ...one });
  }
  end(context, report);
}

type Kit = Awaited<ReturnType<typeof qaKit>>;
type Target = Awaited<ReturnType<Kit['openTarget']>>;

async function withTarget(
  context: CommandContext,
  args: CommandArgs,
  seed: number,
  use: (target: Target) => Promise<RunReport>,
): Promise<RunReport> {
  const { openTarget, devDesk } = await qaKit();
  const name = args.optional('target') ?? 'in-process';
  const password = async (who: string): Promise<{ readonly name: string; readonly password: string }> => {
    const question = fill(context.output.catalogue.texts['qa.ask_password'], { name: who });
    return { name: who, password: await context.input.secret(question) };
  };
  const target = await openTarget(name, {
    seed,
    desk: async () =>
      devDesk({
        url: name,
        dataDirectory: validatorData(context, args),
        clerk: await password(args.optional('clerk') ?? 'clerk'),
        approver: await password(args.optional('approver') ?? 'supervisor'),
      }),
  });
  try {
    return await use(target);
  } finally {
    await target.close();
  }
}

/** The last line of a run: yes, or which law failed and how to see it again. */
function end({ output }: CommandContext, report: RunReport): void {
  for (const one of report.laws) {
    if (one.outcome === 'failed') {
      throw new Failure('LAW_FAILED', { law: one.sentence, replay: one.failure.replay });
    }
  }
  output.event({ type: 'result', ok: true, ...report });
}

function lawOf(args: CommandArgs): (typeof LAW_IDS)[number] | undefined {
  const law = args.optional('law');
  return LAW_IDS.find((id) => id === law);
}

function timeOf(args: CommandArgs): number | undefined {
  const text = args.optional('max-time');
  const ms = text === undefined ? undefined : durationMs(text);
  if (text !== undefined && ms === undefined) {
    throw usageFailure(`"max-time" is a time such as 30s or 5m, not "${text}".`);
  }
  return ms;
}

/** What opens the same target again, for the replay line. */
function deskOptions(args: CommandArgs): readonly string[] {
  return ['data', 'clerk', 'approver'].flatMap((name) => {
    const value = args.optional(name);
    return value === undefined ? [] : [`--${name}`, value];
  });
}
