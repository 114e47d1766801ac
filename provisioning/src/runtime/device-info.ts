import type { HelloReply } from '@chiavetta/protocol/wire';
import { linkError } from '../core/link-error.ts';
import type { OperatorError } from '../core/operator-error.ts';
import { ProvisioningFailure } from '../core/operator-error.ts';
import type { SerialPorts } from '../ports/serial-link.ts';
import type { Timer } from '../ports/timer.ts';
import { converse } from './conversation.ts';

export type DeviceInfo =
  | { readonly tag: 'found'; readonly hello: HelloReply }
  | { readonly tag: 'failed'; readonly error: OperatorError };

/** Asks the device at a port who it says it is: one HELLO, nothing written, nothing proved. */
export async function deviceInfo(options: {
  readonly ports: SerialPorts;
  readonly timer: Timer;
  readonly path: string;
  readonly firstSeq: number;
}): Promise<DeviceInfo> {
  const { ports, timer, path, firstSeq } = options;
  try {
    const link = await ports.open(path);
    try {
      const answer = await converse({ link, timer, firstSeq }).ask({ tag: 'hello' });
      if (answer.tag === 'gone') return { tag: 'failed', error: { id: 'PORT_LOST', fields: { path } } };
      if (answer.tag === 'link_failed') return { tag: 'failed', error: linkError(answer.failure, path) };
      if (answer.reply.tag !== 'hello')
        return { tag: 'failed', error: { id: 'NOT_A_TOKEN', fields: { path } } };
      return { tag: 'found', hello: answer.reply.reply };
    } finally {
      await link.close();
    }
  } catch (error) {
    if (error instanceof ProvisioningFailure) return { tag: 'failed', error: error.error };
    throw error;
  }
}
