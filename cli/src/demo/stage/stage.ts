import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fromBase64 } from '@chiavetta/protocol/bytes';
import { validatorClient } from '../../api/validator-client.ts';
import { homeFrom, validatorDirectory } from '../../home.ts';
import type { DemoLineKey } from '../../i18n/en/demo-lines.ts';
import { Failure, usageFailure } from '../../output/failure.ts';
import { check } from '../check.ts';
import type { DemoParts, ProvisionJob } from '../demo-parts.ts';
import type { ChildEvent, DemoChild } from './child-process.ts';
import { startChild } from './child-process.ts';
import type { DemoToken } from './demo-token.ts';
import { demoToken } from './demo-token.ts';
import { mailbox } from './mailbox.ts';
import { portalOf } from './portal.ts';
import type { Props } from './props.ts';
import { emptyProps } from './props.ts';
import type { FirstOperator, StartedValidator } from './validator-process.ts';
import { validatorFiles } from './validator-process.ts';

/** Values that a line of the transcript names. */
export type LineFields = Readonly<Record<string, string | number>>;

/** Where the main job is played: a private folder, processes that end with it, and what the steps leave behind. */
export interface Stage {
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly props: Props;
  /** One line of the transcript. Never with a secret in its fields. */
  readonly say: (key: DemoLineKey, fields?: LineFields) => void;
  readonly startValidator: () => Promise<StartedValidator>;
  readonly startToken: (name: string, kind: 'fob' | 'otc') => Promise<DemoToken>;
  readonly provision: (job: Omit<ProvisionJob, 'url'>) => ReturnType<DemoParts['provision']>;
  readonly verifyAudit: DemoParts['verifyAudit'];
  /** Puts a picture that the portal shows into a file, as a browser would, and gives its path. */
  readonly savePicture: (name: string, png: string | undefined) => string;
  /** Ends every process and removes the folder, unless it is to be kept. */
  readonly close: () => Promise<void>;
}

export type StageOptions = {
  readonly parts: DemoParts;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly say: (key: DemoLineKey, fields: LineFields) => void;
  /** Kept after the end; a folder of its own is made in it. Without it a temporary one is used. */
  readonly data?: string;
  readonly keep: boolean;
};

/** Opens a stage. Whatever ends this process, its children end too, and a temporary folder goes. */
export function openStage(options: StageOptions): Stage {
  const { parts, signal, data } = options;
  const folder = stageFolder(data);
  const isKept = options.keep || data !== undefined;
  const env = { ...options.env, CHIAVETTA_HOME: join(folder, 'home'), CHIAVETTA_SERVER: undefined };
  const home = homeFrom(env);
  const children: DemoChild[] = [];
  let isClosed = false;
  const sweep = (): void => {
    for (const child of children) child.kill();
    if (!isKept) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  // A reader that goes away, or a fault of our own, ends the process without asking anybody.
  process.once('exit', sweep);
  for (const name of ['logs', 'pictures', 'traces']) mkdirSync(join(folder, name), { mode: 0o700 });
  const props = emptyProps();

  async function start(
    name: string,
    words: readonly string[],
    readyType: string,
  ): Promise<{ readonly child: DemoChild; readonly event: ChildEvent }> {
    // A step that somebody stopped may still be on its way: nothing starts after the end.
    if (isClosed) throw new Failure('INTERRUPTED');
    let event: ChildEvent = {};
    const child = await startChild({
      name,
      words,
      env,
      program: parts.program,
      logFile: join(folder, 'logs', `${name}.log`),
      onStarted: (started) => children.push(started),
      isReady: (told) => {
        if (told['type'] !== readyType) return false;
        event = told;
        return true;
      },
    });
    return { child, event };
  }

  return {
    folder,
    signal,
    props,
    say: (key, fields = {}) => options.say(key, fields),
    verifyAudit: parts.verifyAudit,
    provision: (job) => parts.provision({ ...job, url: props.get('validator').url }),
    startValidator: async () => {
      const logFile = join(folder, 'logs', 'validator.ndjson');
      const words = ['serve', '--dev', '--json', '--port', '0', '--log-file', logFile];
      const { child, event } = await start('validator', words, 'listening');
      const url = String(event['url']);
      const client = validatorClient({ url, signal });
      const files = validatorFiles(validatorDirectory(home));
      const mails = mailbox(files.outbox, signal);
      return { child, url, client, portal: portalOf(client), mails, operators: operatorsIn(event), files };
    },
    startToken: async (name, kind) => {
      const trace = join(folder, 'traces', `${name}.ndjson`);
      const words = ['sim', 'run', name, '--kind', kind, '--dev', '--json'];
      const { child } = await start(name, [...words, '--pace', 'frozen', '--trace', trace], 'running');
      const control = await parts.controlClient(join(home.run, `${name}.sock`));
      const { info } = await control.call('info');
      return demoToken({ name, child, control, info });
    },
    savePicture: (name, png) => {
      const bytes = png === undefined ? undefined : fromBase64(png);
      check(bytes?.ok === true, 'the portal shows a colour matrix');
      const path = join(folder, 'pictures', `${name}.png`);
      writeFileSync(path, bytes.value, { mode: 0o600 });
      return path;
    },
    close: async () => {
      isClosed = true;
      // After Ctrl-C nobody waits for anything.
      if (signal.aborted) for (const child of children) child.kill();
      await Promise.all(children.map((child) => child.stop()));
      process.removeListener('exit', sweep);
      sweep();
    },
  };
}

/** What every system takes as the path of a socket, its end not counted. */
const SOCKET_PATH_CHARACTERS_MAX = 103;

function stageFolder(data: string | undefined): string {
  const parent = data === undefined ? tmpdir() : resolve(data);
  const longestSocket = join(parent, 'chiavetta-demo-123456', 'home', 'run', 'new-otc.sock');
  if (longestSocket.length > SOCKET_PATH_CHARACTERS_MAX) {
    throw usageFailure(
      `The path "${parent}" is too long: sockets stand below it, and their paths are limited.`,
    );
  }
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  return mkdtempSync(join(parent, 'chiavetta-demo-'));
}

/** Who the first start says to have added. */
function operatorsIn(event: ChildEvent): readonly FirstOperator[] {
  const { firstPeople } = { firstPeople: undefined, ...event };
  const { operators } = { operators: undefined, ...(isObject(firstPeople) ? firstPeople : {}) };
  const found: readonly unknown[] = Array.isArray(operators) ? operators : [];
  return found.flatMap((one) => {
    const { name, role, password } = {
      ...{ name: undefined, role: undefined, password: undefined },
      ...(isObject(one) ? one : {}),
    };
    const isWhole = typeof name === 'string' && typeof role === 'string' && typeof password === 'string';
    return isWhole ? [{ name, role, password }] : [];
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
