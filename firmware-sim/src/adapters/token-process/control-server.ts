import { chmod, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import type { ControlRequest, ControlResponse, ControlResult } from './control-protocol.ts';
import { CONTROL_METHODS, ControlError, jsonObject, lineSplitter } from './control-protocol.ts';

/** Carries out one request. A `ControlError` becomes the answer's error; requests never overlap. */
export type ControlHandler = (request: ControlRequest) => Promise<ControlResult>;

/** A listening control socket. */
export interface ControlServer {
  readonly close: () => Promise<void>;
}

/**
 * Listens at a path, mode 0600. A socket left behind by a process that died is replaced; one at which a process still
 * answers is not.
 *
 * @throws ControlError FAILED when another process answers at the path or it cannot be used.
 */
export async function serveControl(socketPath: string, handler: ControlHandler): Promise<ControlServer> {
  if (await answers(socketPath)) {
    throw new ControlError(
      'FAILED',
      `Another token already runs at ${socketPath}. Stop it or choose another name.`,
    );
  }
  await rm(socketPath, { force: true });
  const connections = new Set<Socket>();
  let last: Promise<unknown> = Promise.resolve();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setEncoding('utf8');
    const push = lineSplitter(
      (line) => {
        // One at a time, in the order of arrival: two people at one token take turns.
        last = last.then(async () => {
          const response = await respond(line, handler);
          if (!socket.destroyed) socket.write(`${JSON.stringify(response)}\n`);
        });
      },
      () => socket.destroy(),
    );
    socket.on('data', (text: string) => push(text));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new ControlError('FAILED', `The control socket ${socketPath} cannot be opened.`, cause));
    });
    server.listen(socketPath, resolve);
  });
  await chmod(socketPath, 0o600);
  return {
    close: async () => {
      const isClosed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const socket of connections) socket.end();
      await isClosed;
      await rm(socketPath, { force: true });
    },
  };
}

async function respond(line: string, handler: ControlHandler): Promise<ControlResponse> {
  const fields = jsonObject(line);
  const id = typeof fields?.['id'] === 'number' ? fields['id'] : 0;
  if (fields === undefined || id === 0) {
    return {
      id,
      error: { id: 'BAD_REQUEST', message: 'A request is one line of JSON with a number "id" above 0.' },
    };
  }
  const method = CONTROL_METHODS.find((name) => name === fields['method']);
  if (method === undefined) {
    const message = `Known methods: ${CONTROL_METHODS.join(', ')}.`;
    return { id, error: { id: 'UNKNOWN_METHOD', message } };
  }
  const { params } = fields;
  const given = typeof params === 'object' && params !== null ? { ...params } : {};
  try {
    return { id, result: await handler({ id, method, params: given }) };
  } catch (error) {
    if (error instanceof ControlError && error.code !== 'NOT_RUNNING' && error.code !== 'NO_ANSWER') {
      return { id, error: { id: error.code, message: error.message } };
    }
    // Not the error's own words: they might quote what must not leave the process.
    return {
      id,
      error: { id: 'FAILED', message: 'The token could not do this. It is unharmed; try again.' },
    };
  }
}

async function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socketPath);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}
