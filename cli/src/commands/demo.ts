import type { CommandArgs, CommandContext, CommandSpec } from '../command.ts';
import { fill } from '../i18n/fill.ts';
import { Failure, usageFailure } from '../output/failure.ts';
import { table } from '../output/table.ts';

/** The whole main job on this machine, with real parts. They are loaded when it runs: other commands start light. */
export const demoCommand: CommandSpec = {
  path: ['demo'],
  group: 'try',
  options: [
    { flags: '--list' },
    { flags: '--only <name>' },
    { flags: '--keep' },
    { flags: '--data <directory>' },
  ],
  example: 'chiavetta demo --only S2',
  run: (context, args) => (args.flag('list') ? list(context) : play(context, args)),
};

async function play({ output, env, signal }: CommandContext, args: CommandArgs): Promise<void> {
  const { demoSteps } = await import('../demo/steps/all-steps.ts');
  const { selectSteps } = await import('../demo/select-steps.ts');
  const { runSteps } = await import('../demo/run-steps.ts');
  const { demoParts } = await import('../demo/demo-parts.ts');
  const { openStage } = await import('../demo/stage/stage.ts');
  const { createTranscript } = await import('../demo/transcript.ts');
  const only = args.optional('only');
  const data = args.optional('data');
  const keep = args.flag('keep');
  const steps = selectSteps(demoSteps, only);
  if (steps.length === 0) {
    throw usageFailure(fill(output.catalogue.demo.lines['demo.unknown'], { only: only ?? '' }));
  }
  const transcript = createTranscript(output);
  const stage = openStage({
    ...{ parts: await demoParts(), env, signal, keep, say: transcript.say },
    ...(data === undefined ? {} : { data }),
  });
  try {
    transcript.begin(stage.folder);
    const outcome = await runSteps({ steps, stage, signal, tell: transcript.progress });
    transcript.end(outcome, keep || data !== undefined ? stage.folder : undefined);
    if (outcome.failed !== undefined) {
      const { id: step, reason } = outcome.failed;
      throw new Failure('DEMO_FAILED', { step, reason });
    }
    output.event({ type: 'result', ok: true, steps: outcome.steps, failed: 0 });
  } finally {
    await stage.close();
  }
}

async function list({ output }: CommandContext): Promise<void> {
  const { demoSteps } = await import('../demo/steps/all-steps.ts');
  const { titles } = output.catalogue.demo;
  output.document({
    steps: demoSteps.map(({ id, sentences, needs }) => ({ id, sentences, needs, title: titles[id] })),
  });
  for (const line of table(demoSteps.map(({ id, sentences }) => [id, sentences.join(' '), titles[id]]))) {
    output.line(line);
  }
}
