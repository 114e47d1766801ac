import type {
  CeremonyOutcome,
  DeviceEvent,
  SerialOperation,
  ServerPhase,
  ServerResult,
} from '@chiavetta/provisioning';
import type { RequestView } from '../../api/staff-views.ts';
import { check, DemoCheckFailed } from '../check.ts';
import type { StaffPerson } from './branch.ts';
import type { DemoToken, Shown } from './demo-token.ts';
import type { Stage } from './stage.ts';

/** One operation on a token in the cradle. */
export type CradleJob = {
  readonly token: DemoToken;
  readonly operation: SerialOperation;
  readonly requestId?: string;
  /** What the person at the token does each time it asks for an OK. */
  readonly person: (asked: Shown) => Promise<void>;
  readonly onEvent?: (event: DeviceEvent) => void;
  readonly beforeToken?: (phase: ServerPhase) => Promise<void>;
};

/** The clerk carries out an operation with the branch tool over the token's serial line; it must be done in the end. */
export async function operateToken(stage: Stage, job: CradleJob): Promise<ServerResult> {
  const outcome = await tryToOperate(stage, job);
  if (outcome.tag === 'done') return outcome.result;
  const said = refusalWords(outcome);
  throw new DemoCheckFailed(`${job.operation} of ${job.token.serial} is done; the branch tool says ${said}`);
}

/** The clerk tries an operation; what the branch tool says in the end. */
export async function tryToOperate(stage: Stage, job: CradleJob): Promise<CeremonyOutcome> {
  const { token, operation, requestId, person, onEvent, beforeToken } = job;
  const failed = new AbortController();
  let acting: Promise<void> | undefined;
  const outcome = await stage.provision({
    ...{ path: token.linkPath, operation, expectedSerial: token.serial },
    bearer: stage.props.get('clerk').bearer,
    signal: AbortSignal.any([stage.signal, failed.signal]),
    ...(requestId === undefined ? {} : { requestId }),
    ...(beforeToken === undefined ? {} : { beforeToken }),
    onEvent: (event) => {
      onEvent?.(event);
      if (event.step !== 'waiting_for_person') return;
      // The token asks again and again while it waits; a person answers once.
      acting ??= answer(token, person).finally(() => {
        acting = undefined;
      });
      acting.catch(() => failed.abort());
    },
  });
  await acting;
  return outcome;
}

/** How the branch tool says no: the id, and the validator's reason where it gave one. */
export function refusalWords(outcome: CeremonyOutcome): string {
  if (outcome.tag === 'done') return 'done';
  const { id, fields } = outcome.error;
  const { reason } = { reason: undefined, ...fields };
  return reason === undefined ? id : `${id}: ${reason}`;
}

async function answer(token: DemoToken, person: CradleJob['person']): Promise<void> {
  const shown = await token.look();
  if (shown.id.endsWith('.ask')) await person(shown);
}

/** The clerk asks, the supervisor approves. */
export async function twoPeople(
  stage: Stage,
  request: Parameters<StaffPerson['request']>[0],
): Promise<RequestView> {
  const made = await stage.props.get('clerk').request(request);
  check(made.state === 'waiting', `a request waits for its approval, not ${made.state}`);
  return stage.props.get('supervisor').approve(made.requestId);
}

/** The OK on an OTC token, when what it shows is what the clerk wants. */
export function pressOk(token: DemoToken): CradleJob['person'] {
  return async () => {
    await token.press('ok');
  };
}

/** The press on a fob's button that means OK. */
export function pressButton(token: DemoToken): CradleJob['person'] {
  return async () => {
    await token.press();
  };
}
