import type { SerialOperation, ServerResult } from '@chiavetta/provisioning';
import type { StaffClient } from '../api/operator-session.ts';
import { anonymousClient, signIn, signOut, staffClientOf } from '../api/operator-session.ts';
import type { RequestView } from '../api/staff-views.ts';
import type { CommandArgs, CommandContext } from '../command.ts';
import { fill } from '../i18n/fill.ts';
import { Failure, usageFailure } from '../output/failure.ts';
import { chosenPath } from './connected-devices.ts';
import { carryOut } from './device-session.ts';

/** How a request ended: by its approval alone, or on the device. */
export type RequestOutcome = {
  readonly request: RequestView;
  readonly result?: ServerResult;
};

export type RequestJob = {
  /** Serial of the token that is to be in the cradle. */
  readonly serial: string;
  /** What the serial session does with it once the request is approved. */
  readonly onDevice: SerialOperation;
  /** Makes the request; not called when an earlier one goes on. */
  readonly make: () => Promise<RequestView>;
};

/**
 * Takes something that two people have to want from the wish to the end: makes the request (or goes on with `--request`),
 * has it approved by a colleague at this terminal (`--approver`) or says that it waits, and carries it to the token.
 *
 * @throws Failure WAITS_FOR_APPROVAL, WRONG_DEVICE and whatever the device says
 */
export async function followRequest(
  context: CommandContext,
  args: CommandArgs,
  client: StaffClient,
  job: RequestJob,
): Promise<RequestOutcome> {
  const begun = await beginRequest(args, client, job);
  const request = await decided(context, args, client, begun);
  if (request.state === 'used') return { request };
  if (request.state !== 'approved') throw endedRequest(request);
  const result = await onDevice(context, args, client, { request, operation: job.onDevice });
  return { request: await shown(client, request.requestId), result };
}

async function beginRequest(args: CommandArgs, client: StaffClient, job: RequestJob): Promise<RequestView> {
  const earlier = args.optional('request');
  if (earlier === undefined) return job.make();
  const request = await shown(client, earlier);
  if (request.serial === job.serial) return request;
  throw usageFailure(`Request ${earlier} is about token ${request.serial}, not ${job.serial}.`);
}

function shown(client: StaffClient, requestId: string): Promise<RequestView> {
  return client.get(`/v1/requests/${encodeURIComponent(requestId)}`);
}

/** The request once somebody else has decided; a colleague who is here signs in for this one answer only. */
async function decided(
  context: CommandContext,
  args: CommandArgs,
  client: StaffClient,
  request: RequestView,
): Promise<RequestView> {
  if (request.state !== 'waiting') return request;
  const { input, output, signal } = context;
  const { requestId } = request;
  const approver = args.optional('approver');
  if (approver === undefined) throw new Failure('WAITS_FOR_APPROVAL', { request: requestId });
  const question = fill(output.catalogue.texts['request.ask_approver'], { name: approver });
  const password = await input.secret(question);
  const anonymous = anonymousClient(context, args);
  const { token } = await signIn(anonymous, { name: approver, password });
  try {
    const colleague = staffClientOf({ url: client.url, bearer: token, signal });
    return await colleague.post(`/v1/requests/${encodeURIComponent(requestId)}/approve`);
  } finally {
    await signOut(anonymous, token);
  }
}

/** Whatever goes wrong at the device, an approved request stays: whoever tries again goes on with it. */
async function onDevice(
  context: CommandContext,
  args: CommandArgs,
  client: StaffClient,
  job: { readonly request: RequestView; readonly operation: SerialOperation },
): Promise<ServerResult> {
  const { home, output } = context;
  const { requestId, serial } = job.request;
  try {
    const choice = { port: args.optional('port'), token: args.optional('token'), serial };
    const path = await chosenPath(home, choice);
    return await carryOut(context, client, {
      path,
      operation: job.operation,
      requestId,
      expectedSerial: serial,
    });
  } catch (error) {
    output.note(fill(output.catalogue.texts['request.goes_on'], { request: requestId, serial }));
    throw error;
  }
}

function endedRequest({ requestId, state }: RequestView): Failure {
  return new Failure('SERVER_REFUSED', { reason: `request ${requestId} was ${state}.` });
}
