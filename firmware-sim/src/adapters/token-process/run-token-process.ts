import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex } from '@chiavetta/protocol/bytes';
import { formatSerial } from '@chiavetta/protocol/keys';
import type { Screen } from '../../core/device.ts';
import type { MadeToken } from '../../factory/index.ts';
import type { VirtualToken } from '../../runtime/index.ts';
import { createVirtualToken, renderScreenText } from '../../runtime/index.ts';
import { actOn } from './control-act.ts';
import type { ControlRequest, ControlResult, TokenInfo } from './control-protocol.ts';
import { ControlError } from './control-protocol.ts';
import { serveControl } from './control-server.ts';
import type { FlashFile } from './flash-file.ts';
import { flashFile } from './flash-file.ts';
import { startPacer } from './pacer.ts';
import type { SerialCable } from './serial-cable.ts';
import { serialCable } from './serial-cable.ts';
import type { TraceFiles } from './trace-files.ts';
import { traceFiles } from './trace-files.ts';

/** A token that runs in this process. */
export interface TokenProcess {
  readonly token: VirtualToken;
  /** The device node of the moment, '' while unplugged; another one after each plugging in. */
  readonly ptyPath: string;
  /** The link that a host opens; it stays. */
  readonly linkPath: string;
  readonly socketPath: string;
  /** Resolves when the token stopped, whoever stopped it: with what went wrong, or without it. */
  readonly stopped: Promise<{ readonly failure?: string }>;
  /** May be called twice. */
  readonly stop: () => Promise<void>;
}

/** What a token process needs. */
export type TokenProcessOptions = {
  readonly made: MadeToken;
  /** Where its flash is kept, as `<name>.flash`. A flash that is there goes on; the factory's image begins it. */
  readonly stateDirectory: string;
  /** Where its link (`<name>.tty`) and its control socket (`<name>.sock`) stand while it runs. */
  readonly runDirectory: string;
  readonly name: string;
  /** 1: real time; 0: time stands still but for `advance`. */
  readonly pace: number;
  /** Path of the trace; its secrets go beside it. */
  readonly trace?: string;
  /** Makes everything random repeatable; without it the machine's own randomness is used. */
  readonly seed?: string;
};

type Paths = { readonly linkPath: string; readonly socketPath: string; readonly flashPath: string };

/**
 * Runs a virtual token with a serial line, a control socket and a flash that outlives the process.
 *
 * @throws ControlError when a token of that name already runs or its flash cannot be used; PtyUnavailableError when
 * there is no terminal. Nothing is left running then.
 */
export async function runTokenProcess(options: TokenProcessOptions): Promise<TokenProcess> {
  const { name, stateDirectory, runDirectory } = options;
  await mkdir(stateDirectory, { recursive: true, mode: 0o700 });
  await mkdir(runDirectory, { recursive: true, mode: 0o700 });
  const paths: Paths = {
    linkPath: join(runDirectory, `${name}.tty`),
    socketPath: join(runDirectory, `${name}.sock`),
    flashPath: join(stateDirectory, `${name}.flash`),
  };
  let handler: (request: ControlRequest) => Promise<ControlResult> = async () => {
    throw new ControlError('FAILED', 'The token is just starting. Try again.');
  };
  // The socket comes first: it is what tells two processes of one name apart before either touches a file.
  const control = await serveControl(paths.socketPath, (request) => handler(request));
  try {
    const started = await startToken(options, paths, control.close);
    handler = started.handle;
    return started.process;
  } catch (error) {
    await control.close();
    throw error;
  }
}

async function startToken(
  options: TokenProcessOptions,
  paths: Paths,
  closeControl: () => Promise<void>,
): Promise<{
  readonly process: TokenProcess;
  readonly handle: (request: ControlRequest) => Promise<ControlResult>;
}> {
  const traces = options.trace === undefined ? undefined : traceFiles(options.trace);
  const flash = flashFile(paths.flashPath);
  const token = bootToken(options, { flash, flashPath: paths.flashPath, traces });
  const cable = serialCable(paths.linkPath, (bytes) => guard(() => token.receive(bytes)));
  token.onTransmit(cable.write);
  const paced = { advance: (ms: number) => guard(() => token.advance(ms)) };
  const pacer = startPacer({ device: paced, pace: options.pace, monotonicMs: () => performance.now() });
  let stopping: Promise<void> | undefined;
  let failure: string | undefined;
  let tellStopped: (outcome: { readonly failure?: string }) => void = () => undefined;
  const stopped = new Promise<{ readonly failure?: string }>((resolve) => {
    tellStopped = resolve;
  });

  /** A flash that cannot be kept is like a battery that falls out: nothing more may be shown, so the token stops. */
  function guard(work: () => unknown): void {
    try {
      work();
    } catch {
      token.power('cut');
      failure = `The token stopped: its flash file ${paths.flashPath} could not be written. What it showed before is safe.`;
      void stop();
    }
  }

  async function stop(): Promise<void> {
    stopping ??= (async () => {
      pacer.stop();
      await cable.unplug();
      await closeControl();
      traces?.close();
      tellStopped(failure === undefined ? {} : { failure });
    })();
    return stopping;
  }

  async function handle(request: ControlRequest): Promise<ControlResult> {
    let before = token.screen();
    if (request.method === 'unplug') await cable.unplug();
    else if (request.method === 'plug') await cable.plug();
    else if (request.method === 'stop') setImmediate(() => void stop());
    else {
      const work = await actOn(token, request);
      before = token.screen();
      guard(work);
    }
    if (failure !== undefined) throw new ControlError('FAILED', failure);
    const settled = token.settled();
    const unheard = unheardBecause(request, before, settled.screen);
    return {
      ...settled,
      lines: renderScreenText(settled.screen),
      info: infoOf(options, paths, cable),
      ...(unheard === undefined ? {} : { unheard }),
    };
  }

  try {
    await cable.plug();
  } catch (error) {
    pacer.stop();
    traces?.close();
    throw error;
  }
  const { linkPath, socketPath } = paths;
  const running: TokenProcess = {
    token,
    get ptyPath() {
      return cable.ptyPath() ?? '';
    },
    linkPath,
    socketPath,
    stopped,
    stop,
  };
  return { process: running, handle };
}

/** Keys and pictures that come while nothing listens to them: the person should hear why nothing happened. */
function unheardBecause(
  { method, params }: ControlRequest,
  before: Screen,
  after: Screen,
): ControlResult['unheard'] {
  if (method !== 'press' && method !== 'type' && method !== 'scan') return undefined;
  if (before.id === 'off' && after.id === 'off') return 'off';
  // The first key ends the greeting of a token that starts: of several digits it is lost.
  const isBusy = before.id === 'otc.boot' || before.id === 'otc.wait';
  const isLost = method === 'type' || after.id === before.id;
  return isBusy && isLost && params['key'] !== 'power' ? 'busy' : undefined;
}

function bootToken(
  options: TokenProcessOptions,
  files: {
    readonly flash: FlashFile;
    readonly flashPath: string;
    readonly traces: TraceFiles | undefined;
  },
): VirtualToken {
  const { made, seed = toHex(Uint8Array.from(randomBytes(32))) } = options;
  const { flash, flashPath, traces } = files;
  const image = flash.read();
  if (image !== undefined && image.length !== made.image.length) {
    const message = `The file ${flashPath} is not the flash of this token. Nothing was changed. Put the right file back, or make a new token.`;
    throw new ControlError('FAILED', message);
  }
  const token = createVirtualToken({
    made: image === undefined ? made : { ...made, image },
    seed,
    unixS: Math.floor(Date.now() / 1_000),
    tracing: 'off',
    onNvm: flash.write,
    ...(traces === undefined ? {} : { onTraceLine: traces.line, onTraceSecret: traces.secret }),
  });
  if (image === undefined) flash.write(token.nvm());
  return token;
}

function infoOf(options: TokenProcessOptions, paths: Paths, cable: SerialCable): TokenInfo {
  const { made, name } = options;
  const { kind, profile } = made;
  const { linkPath } = paths;
  const serial = formatSerial(made.serial);
  return { name, serial, kind, profile, pid: process.pid, linkPath, ptyPath: cable.ptyPath() };
}
