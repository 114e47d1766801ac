import type { ControlClient, ControlResult } from '@chiavetta/firmware-sim/adapters/control';
import type { TokenProcess } from '@chiavetta/firmware-sim/adapters/token-process';
import type { MadeToken } from '@chiavetta/firmware-sim/factory';
import { formatSerial } from '@chiavetta/protocol/keys';
import type { CommandContext } from '../command.ts';
import { pseudoTerminals, tokenControl, tokenProcesses } from '../compose.ts';
import { privateDirectory, tokensDirectory } from '../home.ts';
import { fill } from '../i18n/fill.ts';
import { Failure } from '../output/failure.ts';
import { displayText } from './display-text.ts';
import type { Order } from './order-line.ts';
import { ORDER_USAGES, readOrderLine } from './order-line.ts';
import { orderOver, orderToken } from './running-tokens.ts';
import { unheardNote } from './unheard-note.ts';

/** What to run, and how. */
export type RunJob = {
  readonly name: string;
  readonly made: MadeToken;
  /** The factor by which its time runs; 0 stands still. */
  readonly pace: number;
  readonly trace: string | undefined;
};

/**
 * Runs a token in this process until it is told to stop: takes orders line by line, tells each change of its display.
 *
 * @throws Failure TOKEN_RUNNING, NO_PSEUDO_TERMINAL, FILE_UNREADABLE
 */
export async function runToken(context: CommandContext, job: RunJob): Promise<void> {
  const running = await startToken(context, job);
  const { output } = context;
  const { name, made } = job;
  const { controlClient } = await tokenControl();
  const client = await controlClient(running.socketPath);
  const tellDisplay = await displayTeller(context);
  const forget = running.token.onScreen(tellDisplay);
  const onStop = (): void => void running.stop();
  context.signal.addEventListener('abort', onStop);
  try {
    announce(context, job, running);
    tellDisplay(running.token.screen());
    const orders = context.input.hasLines
      ? takeOrders(context, { client, name, tell: (result) => tellDisplay(result.screen) })
      : undefined;
    await Promise.race([running.stopped, ...(orders === undefined ? [] : [orders])]);
  } finally {
    context.signal.removeEventListener('abort', onStop);
    forget();
    client.close();
    await running.stop();
  }
  if (context.signal.aborted) throw new Failure('INTERRUPTED');
  output.event({ type: 'result', ok: true, name, serial: formatSerial(made.serial) });
}

async function startToken(context: CommandContext, job: RunJob): Promise<TokenProcess> {
  const { name, made, pace, trace } = job;
  const runDirectory = privateDirectory(context.home.run);
  const stateDirectory = privateDirectory(tokensDirectory(context.home));
  if (await isRunning(context, name)) throw new Failure('TOKEN_RUNNING', { name });
  const { runTokenProcess } = await tokenProcesses();
  const { PtyUnavailableError } = await pseudoTerminals();
  const traced = trace === undefined ? {} : { trace };
  return await runTokenProcess({ made, stateDirectory, runDirectory, name, pace, ...traced }).catch(
    (error: unknown) => {
      if (error instanceof PtyUnavailableError) {
        throw new Failure('NO_PSEUDO_TERMINAL', { reason: error.message }, { cause: error });
      }
      const reason = error instanceof Error ? error.message : 'unknown';
      throw new Failure('FILE_UNREADABLE', { path: runDirectory, reason }, { cause: error });
    },
  );
}

async function isRunning({ home }: CommandContext, name: string): Promise<boolean> {
  try {
    await orderToken({ home, name }, { method: 'info', params: {} });
    return true;
  } catch (error) {
    if (error instanceof Failure && error.id === 'NO_SUCH_TOKEN') return false;
    throw error;
  }
}

function announce({ output, input }: CommandContext, { name, made }: RunJob, running: TokenProcess): void {
  const serial = formatSerial(made.serial);
  const { ptyPath, linkPath, socketPath } = running;
  const { kind, profile } = made;
  output.event({
    type: 'running',
    name,
    serial,
    kind,
    profile,
    ptyPath,
    linkPath,
    socketPath,
    pid: process.pid,
  });
  output.line(`token "${name}", ${profile}, serial ${serial}`);
  output.line(`port: ${linkPath} (now ${ptyPath})`);
  if (input.interactive)
    output.note('Type orders, "help" shows them. Ctrl-D stops the token; its memory is kept.');
}

type Screen = ControlResult['screen'];

/** Tells a display when it differs from the one told last. */
async function displayTeller({ output }: CommandContext): Promise<(screen: Screen) => void> {
  const { renderScreenText } = await import('@chiavetta/firmware-sim/runtime');
  let told = '';
  return (screen) => {
    const signature = JSON.stringify(screen);
    if (signature === told) return;
    told = signature;
    const lines = renderScreenText(screen);
    output.event({ type: 'display', screen, lines });
    output.line(`display: ${displayText(lines)}`);
  };
}

type OrderTaker = {
  readonly client: ControlClient;
  readonly name: string;
  readonly tell: (result: ControlResult) => void;
};

/** Until the lines end, or one says quit. */
async function takeOrders(context: CommandContext, taker: OrderTaker): Promise<void> {
  const { input, output } = context;
  for (let text = await input.nextLine(); text !== undefined; text = await input.nextLine()) {
    const line = readOrderLine(text);
    if (line.tag === 'quit') return;
    if (line.tag === 'help') for (const usage of Object.values(ORDER_USAGES)) output.note(usage);
    if (line.tag === 'wrong') {
      output.event({ type: 'refused', reason: line.allowed });
      output.note(`Not understood. ${line.allowed}`);
    }
    if (line.tag === 'ask_digits') {
      const digits = await input.secret(output.catalogue.texts['ask.digits']);
      await carryOut(context, taker, { method: 'type', params: { digits } });
    }
    if (line.tag === 'order') await carryOut(context, taker, line.order);
  }
}

/** A refused order is told and the next one taken: a typing mistake must not end a token. */
async function carryOut({ output }: CommandContext, taker: OrderTaker, order: Order): Promise<void> {
  try {
    const result = await orderOver(taker.client, taker.name, order);
    taker.tell(result);
    const { screen, lines, step, nowMs, unheard } = result;
    const why = unheard === undefined ? {} : { unheard };
    output.event({ type: 'settled', order: order.method, step, nowMs, screen, lines, ...why });
    const note = unheardNote(output.catalogue, result);
    if (order.method === 'screen' || note !== undefined) output.line(`display: ${displayText(lines)}`);
    if (note !== undefined) output.note(note);
  } catch (error) {
    if (!(error instanceof Failure) || error.id === 'NO_SUCH_TOKEN') throw error;
    const reason = fill(output.catalogue.failures[error.id].what, error.fields);
    output.event({ type: 'refused', id: error.id, reason });
    output.note(reason);
  }
}
