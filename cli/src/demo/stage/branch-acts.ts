import type { DeviceEvent, SerialOperation, ServerResult } from '@chiavetta/provisioning';
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
};

/** What the branch tool answered, and how often it handed a message on. */
export type CradleResult = ServerResult & { readonly messages: number };

/** The clerk carries out an operation with the branch tool over the token's serial line. */
export async function operateToken(stage: Stage, job: CradleJob): Promise<CradleResult> {
  const { token, operation, requestId, person, onEvent } = job;
  const failed = new AbortController();
  let acting: Promise<void> | undefined;
  let messages = 0;
  const outcome = await stage.provision({
    ...{ path: token.linkPath, operation, expectedSerial: token.serial },
    bearer: stage.props.get('clerk').bearer,
    signal: AbortSignal.any([stage.signal, failed.signal]),
    ...(requestId === undefined ? {} : { requestId }),
    onEvent: (event) => {
      messages += 1;
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
  if (outcome.tag === 'done') return { ...outcome.result, messages };
  const { id, fields } = outcome.error;
  const { reason } = { reason: '', ...fields };
  throw new DemoCheckFailed(`${operation} of ${token.serial} is done; the branch tool says ${id} ${reason}`);
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
