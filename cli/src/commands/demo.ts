import type { CommandArgs, CommandContext, CommandSpec } from '../command.ts';
import { demoParts } from '../demo/demo-parts.ts';
import { runSteps } from '../demo/run-steps.ts';
import { selectSteps } from '../demo/select-steps.ts';
import { openStage } from '../demo/stage/stage.ts';
import { demoSteps } from '../demo/steps/all-steps.ts';
import { createTranscript } from '../demo/transcript.ts';
import { fill } from '../i18n/fill.ts';
import { Failure, usageFailure } from '../output/failure.ts';
import { table } from '../output/table.ts';

/** The whole main job on this machine, with real parts. */
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
  run: async (context, args) => (args.flag('list') ? list(context) : await play(context, args)),
};

async function play({ output, env, signal }: CommandContext, args: CommandArgs): Promise<void> {
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

function list({ output }: CommandContext): void {
  const { titles } = output.catalogue.demo;
  output.document({
    steps: demoSteps.map(({ id, sentences, needs }) => ({ id, sentences, needs, title: titles[id] })),
  });
  for (const line of table(demoSteps.map(({ id, sentences }) => [id, sentences.join(' '), titles[id]]))) {
    output.line(line);
  }
}
