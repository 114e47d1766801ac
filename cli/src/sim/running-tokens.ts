import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlClient, ControlResult } from '@chiavetta/firmware-sim/adapters/control';
import { tokenControl } from '../compose.ts';
import type { Home } from '../home.ts';
import { Failure, usageFailure } from '../output/failure.ts';
import type { Order } from './order-line.ts';
import { checkedTokenName } from './token-name.ts';

/** Where the token of that name listens while it runs. */
function socketPathOf(home: Home, name: string): string {
  return join(home.run, `${checkedTokenName(name)}.sock`);
}

/**
 * Gives one order to a running token and waits until it has settled.
 *
 * @throws Failure NO_SUCH_TOKEN, USAGE, FILE_NOT_FOUND, PICTURE_UNREADABLE, TOKEN_REFUSED
 */
export async function orderToken(
  target: {
    readonly home: Home;
    readonly name: string;
    /** Who gives the order may stop waiting for a token that hangs. */
    readonly signal?: AbortSignal;
  },
  order: Order,
): Promise<ControlResult> {
  const { name } = target;
  const { controlClient } = await tokenControl();
  const client = await controlClient(socketPathOf(target.home, name)).catch(asFailure(name, order));
  try {
    return await Promise.race([orderOver(client, name, order), interrupted(target.signal)]);
  } finally {
    client.close();
  }
}

function interrupted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new Failure('INTERRUPTED')), { once: true });
  });
}

/** The same over a connection that is open already. */
export async function orderOver(client: ControlClient, name: string, order: Order): Promise<ControlResult> {
  return await client.call(order.method, order.params).catch(asFailure(name, order));
}

/** The tokens that answer, by name; sockets that a dead process left behind are passed over. */
export async function runningTokens(home: Home): Promise<readonly ControlResult[]> {
  const found: ControlResult[] = [];
  for (const name of socketNames(home.run)) {
    const answer = await orderToken({ home, name }, { method: 'info', params: {} }).catch(nobody);
    if (answer !== undefined) found.push(answer);
  }
  return found;
}

function socketNames(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((file) => /^[A-Za-z0-9][\w.-]{0,31}\.sock$/u.test(file))
      .map((file) => file.slice(0, -'.sock'.length))
      .sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function nobody(error: unknown): undefined {
  if (error instanceof Failure && error.id === 'NO_SUCH_TOKEN') return undefined;
  throw error;
}

function asFailure(name: string, { params }: Order): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    switch (error.code) {
      case 'NOT_RUNNING':
        throw new Failure('NO_SUCH_TOKEN', { name }, { cause: error });
      case 'BAD_PARAMS':
      case 'UNKNOWN_METHOD':
      case 'BAD_REQUEST':
        throw usageFailure(error.message);
      case 'FILE_NOT_FOUND':
        throw new Failure('FILE_NOT_FOUND', { path: String(params['path']) }, { cause: error });
      case 'PICTURE_UNREADABLE':
        throw new Failure(
          'PICTURE_UNREADABLE',
          { path: String(params['path']), reason: error.message },
          { cause: error },
        );
      default:
        throw new Failure('TOKEN_REFUSED', { reason: error.message }, { cause: error });
    }
  };
}
