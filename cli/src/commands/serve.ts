import { once } from 'node:events';
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { LogOptions, RunningValidator } from '@chiavetta/validator/http';
import { announceValidator, DEFAULT_PORT } from '../api/running-validator.ts';
import type { CommandArgs, CommandContext, CommandSpec } from '../command.ts';
import { validators } from '../compose.ts';
import { fill } from '../i18n/fill.ts';
import { table } from '../output/table.ts';
import type { LogLevel } from '../settings/settings.ts';
import { LOG_LEVELS, TCP_PORT_MAX } from '../settings/settings.ts';
import { validatorData } from '../settings/validator-data.ts';

/** The validator as a process of its own, until it is told to stop. */
export const serveCommand: CommandSpec = {
  path: ['serve'],
  group: 'operate',
  options: [
    { flags: '--dev' },
    { flags: '--data <directory>' },
    { flags: '--port <number>' },
    { flags: '--listen <address>' },
    { flags: '--behind-tls-proxy' },
    { flags: '--log-level <level>', choices: LOG_LEVELS },
    { flags: '--log-file <file>' },
  ],
  example: 'chiavetta serve --dev',
  run: async (context, args) => {
    const { output, home, settings, signal } = context;
    const dataDirectory = validatorData(context, args);
    const dev = args.flag('dev');
    const host = args.optional('listen');
    const { startValidator } = await validators();
    const running = await startValidator({
      dataDirectory,
      dev,
      port: args.whole('port', { min: 0, max: TCP_PORT_MAX }) ?? settings.values.port ?? DEFAULT_PORT,
      allowOtherMachines: args.flag('behind-tls-proxy'),
      ...(host === undefined ? {} : { host }),
      log: logTo(context, args),
    });
    try {
      const { url } = running;
      const withdraw = announceValidator(home, { v: 1, url, pid: process.pid, dataDirectory, dev });
      try {
        tellStart(context, { running, dataDirectory, dev });
        if (withdraw === undefined) output.note(fill(output.catalogue.texts['serve.second'], { url }));
        await running.firstPeopleTold();
        if (!signal.aborted) await once(signal, 'abort');
        output.note(output.catalogue.texts['serve.stopping']);
      } finally {
        withdraw?.();
      }
    } finally {
      await running.stop();
    }
    output.event({ type: 'result', ok: true });
  },
};

/** Everything to a file, or the errors to whoever looks at the terminal, unless told how much. */
function logTo({ output, settings }: CommandContext, args: CommandArgs): LogOptions {
  const typed = args.optional('log-level');
  const level: LogLevel | undefined = LOG_LEVELS.find((each) => each === typed) ?? settings.values.logLevel;
  const file = args.optional('log-file');
  if (file === undefined) return { level: level ?? 'error', write: (line) => output.note(line.trimEnd()) };
  const handle = openSync(file, 'a', 0o600);
  return { level: level ?? 'info', write: (line) => void writeSync(handle, line) };
}

/** What whoever started it must know; first passwords and PINs stand nowhere else. */
function tellStart(
  { output }: CommandContext,
  start: { readonly running: RunningValidator; readonly dataDirectory: string; readonly dev: boolean },
): void {
  const { running, dataDirectory, dev } = start;
  const { texts } = output.catalogue;
  const { firstPeople } = running;
  const outbox = join(dataDirectory, 'outbox');
  if (dev) for (const key of ['serve.dev_banner', 'serve.dev_banner_2'] as const) output.note(texts[key]);
  if (firstPeople !== undefined) {
    output.line(texts['serve.first_people']);
    const operators = firstPeople.operators.map(({ name, role, password }) => [
      `  ${texts[`serve.is_${role}`]}`,
      fill(texts['serve.operator'], { name, password }),
    ]);
    const customers = firstPeople.customers.map(({ name, userCode, pin }) => [
      `  ${texts['serve.is_customer']}`,
      fill(texts['serve.customer'], { name, userCode, pin }),
    ]);
    for (const line of table([...operators, ...customers])) output.line(line);
  }
  output.line(fill(texts['serve.outbox'], { path: outbox }));
  output.line(fill(texts['serve.listening'], { url: running.url }));
  output.event({
    type: 'listening',
    url: running.url,
    dev,
    dataDirectory,
    outbox,
    ...(firstPeople === undefined ? {} : { firstPeople }),
  });
}
