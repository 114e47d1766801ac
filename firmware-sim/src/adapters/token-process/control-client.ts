import { connect } from 'node:net';
import type { ControlErrorId, ControlMethod, ControlResult, TokenInfo } from './control-protocol.ts';
import { ControlError, jsonObject, lineSplitter } from './control-protocol.ts';

/** A connection to a running token. */
export interface ControlClient {
  /**
   * Asks for one thing and waits until the token has settled.
   *
   * @throws ControlError with the token's reason, NOT_RUNNING when the connection ended, or NO_ANSWER after the deadline.
   */
  readonly call: (
    method: ControlMethod,
    params?: Readonly<Record<string, unknown>>,
  ) => Promise<ControlResult>;
  readonly close: () => void;
}

type Waiting = {
  readonly resolve: (result: ControlResult) => void;
  readonly reject: (error: ControlError) => void;
};

/** How long a client waits for an answer unless told, milliseconds: far longer than any order takes. */
const ANSWER_MS_MAX = 60_000;

/**
 * Connects to a running token; each call waits `answerMsMax` milliseconds at most for its answer.
 *
 * @throws ControlError NOT_RUNNING when nobody answers at the path.
 */
export async function controlClient(
  socketPath: string,
  { answerMsMax = ANSWER_MS_MAX }: { readonly answerMsMax?: number } = {},
): Promise<ControlClient> {
  const socket = connect(socketPath);
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (cause) => {
      reject(new ControlError('NOT_RUNNING', `No token runs at ${socketPath}. Start it first.`, cause));
    });
  });
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    for (const { reject } of waiting.values()) {
      reject(new ControlError('NOT_RUNNING', 'The token stopped before it answered.'));
    }
    waiting.clear();
  });
  const push = lineSplitter(
    (line) => settle(waiting, line),
    () => socket.destroy(),
  );
  socket.on('data', (text: string) => push(text));
  return {
    call: async (method, params = {}) => {
      lastId += 1;
      const id = lastId;
      if (socket.destroyed) throw new ControlError('NOT_RUNNING', 'The token is not running any more.');
      return new Promise((resolve, reject) => {
        const deadline = setTimeout(() => {
          waiting.delete(id);
          reject(
            new ControlError('NO_ANSWER', 'The token runs but does not answer. Stop it and run it again.'),
          );
        }, answerMsMax);
        waiting.set(id, {
          resolve: (result) => {
            clearTimeout(deadline);
            resolve(result);
          },
          reject: (error) => {
            clearTimeout(deadline);
            reject(error);
          },
        });
        socket.write(`${JSON.stringify({ id, method, params })}\n`);
      });
    },
    close: () => {
      socket.end();
      // A token that hangs must not keep its client from ending.
      socket.unref();
    },
  };
}

function settle(waiting: Map<number, Waiting>, line: string): void {
  const fields = jsonObject(line);
  const id = typeof fields?.['id'] === 'number' ? fields['id'] : 0;
  const call = waiting.get(id);
  if (call === undefined) return;
  waiting.delete(id);
  const result = fields?.['result'];
  if (isControlResult(result)) {
    call.resolve(result);
    return;
  }
  const error = fields?.['error'];
  const { id: code, message } = { id: undefined, message: undefined, ...asObject(error) };
  call.reject(
    new ControlError(
      isErrorId(code) ? code : 'FAILED',
      typeof message === 'string' ? message : 'The token answered something unknown.',
    ),
  );
}

function isErrorId(code: unknown): code is ControlErrorId {
  const known: readonly unknown[] = [
    'BAD_REQUEST',
    'UNKNOWN_METHOD',
    'BAD_PARAMS',
    'FILE_NOT_FOUND',
    'PICTURE_UNREADABLE',
    'FAILED',
  ];
  return known.includes(code);
}

function isControlResult(value: unknown): value is ControlResult {
  const { screen, lines, step, nowMs, info } = asObject(value);
  return (
    typeof asObject(screen)['id'] === 'string' &&
    Array.isArray(lines) &&
    typeof step === 'number' &&
    typeof nowMs === 'number' &&
    isTokenInfo(info)
  );
}

function isTokenInfo(value: unknown): value is TokenInfo {
  const { name, serial, linkPath } = asObject(value);
  return typeof name === 'string' && typeof serial === 'string' && typeof linkPath === 'string';
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
