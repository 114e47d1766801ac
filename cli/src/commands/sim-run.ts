import { resolve } from 'node:path';
import type { TokenKind } from '@chiavetta/firmware-sim/factory';
import { runningValidator } from '../api/running-validator.ts';
import type { CommandArgs, CommandContext, CommandSpec } from '../command.ts';
import { validatorData } from '../settings/validator-data.ts';

/** `sim run`: a virtual token in this process, or detached from it. */
export const simRunCommand: CommandSpec = {
  path: ['sim', 'run'],
  group: 'develop',
  args: ['<name>'],
  options: [
    { flags: '--kind <kind>', choices: ['fob', 'otc'] },
    { flags: '--mode <mode>', choices: ['hotp', 'totp'] },
    { flags: '--serial <serial>' },
    { flags: '--dev' },
    { flags: '--data <directory>' },
    { flags: '--pace <pace>' },
    { flags: '--trace <file>' },
    { flags: '--detach' },
  ],
  example: 'chiavetta sim run mytoken --kind otc --dev',
  run,
};

async function run(context: CommandContext, args: CommandArgs): Promise<void> {
  const { madeTokenFor } = await import('../sim/made-tokens.ts');
  const { paceFactor } = await import('../sim/pace.ts');
  const name = args.text('name');
  const paceText = args.optional('pace') ?? 'real';
  const pace = paceFactor(paceText);
  const data = devDirectory(context, args);
  const made = madeTokenFor(
    {
      home: context.home,
      name,
      kind: kindOf(args.optional('kind')),
      mode: modeOf(args.optional('mode')),
      serial: args.optional('serial'),
      devData: args.flag('dev') ? data : undefined,
    },
    Math.floor(Date.now() / 1_000),
  );
  const traceFile = args.optional('trace');
  const trace = traceFile === undefined ? undefined : resolve(traceFile);
  if (args.flag('detach')) {
    const { runDetached } = await import('../sim/run-detached.ts');
    await runDetached(context, { name, pace: paceText, trace });
    return;
  }
  const { runToken } = await import('../sim/run-token.ts');
  await runToken(context, { name, made, pace, trace });
}

/** The one named, else that of the developer's validator that runs here, else where one would be. */
function devDirectory(context: CommandContext, args: CommandArgs): string {
  const running = runningValidator(context.home);
  const isRunning = args.optional('data') === undefined && running?.dev === true;
  return isRunning ? running.dataDirectory : validatorData(context, args);
}

function kindOf(text: string | undefined): TokenKind | undefined {
  return text === 'fob' || text === 'otc' ? text : undefined;
}

function modeOf(text: string | undefined): 'hotp' | 'totp' | undefined {
  return text === 'hotp' || text === 'totp' ? text : undefined;
}
