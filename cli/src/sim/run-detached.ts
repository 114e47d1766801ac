import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ControlResult } from '@chiavetta/firmware-sim/adapters/control';
import type { CommandContext } from '../command.ts';
import { privateDirectory } from '../home.ts';
import { Failure } from '../output/failure.ts';
import { isFailureId } from '../output/failure-table.ts';
import { orderToken } from './running-tokens.ts';

const START_MS_MAX = 15_000;
const LOOK_EVERY_MS = 100;

/**
 * Starts a token that is made already in a process of its own and returns when it answers. It goes on without this
 * terminal until `sim stop`.
 *
 * @throws Failure with the reason of the new process
 */
export async function runDetached(
  context: CommandContext,
  job: { readonly name: string; readonly pace: string; readonly trace: string | undefined },
): Promise<void> {
  const { name, pace, trace } = job;
  if ((await answerOf(context, name)) !== undefined) throw new Failure('TOKEN_RUNNING', { name });
  const logPath = join(privateDirectory(context.home.state), `sim-${name}.log`);
  const log = openSync(logPath, 'w', 0o600);
  const traced = trace === undefined ? [] : ['--trace', trace];
  const { file } = context.settings;
  const settings = file.exists ? ['--config', file.path] : [];
  const entry = process.argv[1] ?? '';
  const child = spawn(
    process.execPath,
    [...process.execArgv, entry, 'sim', 'run', name, '--pace', pace, ...traced, ...settings, '--json'],
    { detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  let isOver = false;
  child.once('exit', () => {
    isOver = true;
  });
  child.unref();
  for (let waitedMs = 0; waitedMs < START_MS_MAX && !isOver; waitedMs += LOOK_EVERY_MS) {
    const answer = await answerOf(context, name);
    if (answer !== undefined) {
      tell(context, answer);
      return;
    }
    await wait(LOOK_EVERY_MS, undefined, { signal: context.signal });
  }
  if (!isOver) child.kill('SIGTERM');
  throw failureIn(logPath, name);
}

async function answerOf({ home }: CommandContext, name: string): Promise<ControlResult | undefined> {
  try {
    return await orderToken({ home, name }, { method: 'info', params: {} });
  } catch (error) {
    // Not there yet, or there and just starting.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

function tell({ output }: CommandContext, { info }: ControlResult): void {
  const { name, serial, profile, linkPath, pid } = info;
  output.document({ name, serial, profile, linkPath, pid, running: true });
  output.line(`token "${name}", ${profile}, serial ${serial}`);
  output.line(`port: ${linkPath}`);
  output.note(output.catalogue.texts['sim.detached'].replace('{name}', name));
}

/** The failure that the new process wrote last. */
function failureIn(logPath: string, name: string): Failure {
  const last = readFileSync(logPath, 'utf8').trim().split('\n').at(-1) ?? '';
  const id = /"id":"([A-Z_]{1,40})"/u.exec(last)?.[1] ?? '';
  const reason = `see ${logPath}`;
  return isFailureId(id)
    ? new Failure(id, { name, path: logPath, reason })
    : new Failure('FILE_UNREADABLE', { path: logPath, reason });
}
