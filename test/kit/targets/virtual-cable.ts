import type { VirtualToken } from '@chiavetta/firmware-sim';
import { formatSerial } from '@chiavetta/protocol/keys';
import type { ProvisioningServer, SerialOperation, SerialPorts, Timer } from '@chiavetta/provisioning';
import { provisionDevice } from '@chiavetta/provisioning';

/** A cable in memory between a virtual token and the branch PC. */
function virtualCable(token: VirtualToken): SerialPorts {
  return {
    open: async () => {
      const stops: (() => void)[] = [];
      return {
        write: (bytes) => void token.receive(bytes),
        onBytes: (listener) => {
          // Never in the middle of a write: a real line answers later.
          stops.push(token.onTransmit((bytes) => queueMicrotask(() => listener(bytes))));
        },
        onGone: () => undefined,
        close: async () => {
          for (const stop of stops.splice(0)) stop();
        },
      };
    },
  };
}

/** Time that is over as soon as nothing else is left to do: a virtual token answers before it passes. */
function hurriedTimer(): Timer {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    after: (delayMs, callback) => {
      const handle = setImmediate(() => {
        nowMs += delayMs;
        callback();
      });
      return () => clearImmediate(handle);
    },
  };
}

/**
 * Carries an operation out on a virtual token whose holder agrees to whatever its display asks. Returns how it ended:
 * `done`, `recovered`, `discarded`, or the id of the error.
 */
export async function operateVirtualToken(job: {
  readonly token: VirtualToken;
  readonly server: ProvisioningServer;
  readonly operation: SerialOperation;
  readonly requestId?: string;
  readonly signal?: AbortSignal;
}): Promise<string> {
  const { token, server, operation, requestId, signal = new AbortController().signal } = job;
  const outcome = await provisionDevice({
    ports: virtualCable(token),
    server,
    timer: hurriedTimer(),
    firstSeq: 1,
    path: 'a virtual token',
    operation,
    ...(requestId === undefined ? {} : { requestId }),
    expectedSerial: formatSerial(token.serial),
    signal,
    onEvent: ({ step }) => {
      if (step === 'waiting_for_person') token.press(token.kind === 'fob' ? 'button' : 'ok');
    },
  });
  return outcome.tag === 'done' ? outcome.result.outcome : outcome.error.id;
}
