import type { DeviceEvent, OperatorError, SerialOperation, ServerResult } from '@chiavetta/provisioning';
import type { StaffClient } from '../api/operator-session.ts';
import type { CommandContext } from '../command.ts';
import { provisioning, provisioningServers, serialPorts } from '../compose.ts';
import { Failure } from '../output/failure.ts';
import { freshSequence } from './connected-devices.ts';

/** What is to be done with the token at a port. */
export type DeviceJob = {
  readonly path: string;
  readonly operation: SerialOperation;
  readonly requestId?: string;
  readonly expectedSerial?: string;
};

/**
 * Carries out one operation on a token and reports how far it is: lines for a person, events for a program.
 *
 * @throws Failure with the ceremony's own id
 */
export async function carryOut(
  context: CommandContext,
  client: StaffClient,
  job: DeviceJob,
): Promise<ServerResult> {
  const { provisionDevice, systemTimer, OPERATOR_ERRORS } = await provisioning();
  const { nodeSerialPorts } = await serialPorts();
  const { httpProvisioningServer } = await provisioningServers();
  const { url, bearer } = client;
  const { signal } = context;
  const report = reporter(context, job.path);
  const outcome = await provisionDevice({
    ...job,
    ports: nodeSerialPorts,
    server: httpProvisioningServer({ url, bearer, signal }),
    timer: systemTimer,
    firstSeq: freshSequence(),
    signal,
    onEvent: report.event,
  });
  if (outcome.tag === 'done') return outcome.result;
  const { id, fields } = outcome.error;
  report.error(outcome.error, OPERATOR_ERRORS[id]);
  throw new Failure(id, fields);
}

type Reporter = {
  readonly event: (event: DeviceEvent) => void;
  readonly error: (
    error: OperatorError,
    meaning: { readonly retry: boolean; readonly safe: boolean },
  ) => void;
};

/** A line, or under `--json` an event, whenever the step changes. */
function reporter({ output }: CommandContext, slot: string): Reporter {
  const { texts } = output.catalogue;
  let last: DeviceEvent | undefined;
  return {
    event: (event) => {
      const { step, percent, serial } = event;
      const isNews = step !== last?.step;
      last = event;
      if (!isNews) return;
      output.event({ type: 'progress', ts: now(), slot, serial, phase: step, pct: percent });
      if (!output.json) output.note(texts[`device.step.${step}`]);
    },
    error: ({ id }, { retry, safe }) => {
      const phase = last?.step ?? 'greeting';
      const pct = last?.percent ?? 0;
      output.event({
        type: 'error',
        ts: now(),
        slot,
        serial: last?.serial,
        phase,
        pct,
        error: { id, retry, safe },
      });
    },
  };
}

function now(): string {
  return new Date().toISOString();
}
