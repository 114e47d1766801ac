import { once } from 'node:events';
import { openSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { LogOptions, RunningValidator } from '@chiavetta/validator/http';
import { announceValidator, DEFAULT_PORT } from '../api/running-validator.ts';
import type { CommandContext, CommandSpec } from '../command.ts';
import { validators } from '../compose.ts';
import { validatorDirectory } from '../home.ts';
import { fill } from '../i18n/fill.ts';
import { table } from '../output/table.ts';

const PORT_MAX = 65_535;

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
    { flags: '--log-file <file>' },
  ],
  example: 'chiavetta serve --dev',
  run: async (context, args) => {
    const { output, home, signal } = context;
    const dataDirectory = resolve(args.optional('data') ?? validatorDirectory(home));
    const dev = args.flag('dev');
    const host = args.optional('listen');
    const { startValidator } = await validators();
    const running = await startValidator({
      dataDirectory,
      dev,
      port: args.whole('port', { min: 0, max: PORT_MAX }) ?? DEFAULT_PORT,
      allowOtherMachines: args.flag('behind-tls-proxy'),
      ...(host === undefined ? {} : { host }),
      log: logTo(context, args.optional('log-file')),
    });
    try {
      const { url } = running;
      const withdraw = announceValidator(home, { v: 1, url, pid: process.pid, dataDirectory, dev });
      try {
        tellStart(context, { running, dataDirectory, dev });
        if (!signal.aborted) await once(signal, 'abort');
        output.note(output.catalogue.texts['serve.stopping']);
      } finally {
        withdraw();
      }
    } finally {
      await running.stop();
    }
    output.event({ type: 'result', ok: true });
  },
};

/** Everything to a file, or the errors to whoever looks at the terminal. */
function logTo({ output }: CommandContext, file: string | undefined): LogOptions {
  if (file === undefined) return { level: 'error', write: (line) => output.note(line.trimEnd()) };
  const handle = openSync(file, 'a', 0o600);
  return { level: 'info', write: (line) => void writeSync(handle, line) };
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
