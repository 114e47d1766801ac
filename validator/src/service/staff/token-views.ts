import type { ViewJob } from '../../core/describe-token.ts';
import { describeToken } from '../../core/describe-token.ts';
import type { ShippedRecord } from '../../core/staff-records.ts';
import type { DeviceTransaction, TokenRecord } from '../../core/token-record.ts';
import type { StaffPorts, StockView } from './staff-services.ts';

/** How staff see times: ISO 8601, UTC. */
export function viewJob(ports: StaffPorts): ViewJob {
  return {
    nowMs: ports.clock.nowMs(),
    policy: ports.policy,
    timeOf: (atMs) => new Date(atMs).toISOString(),
  };
}

/** The true state of a device in words: with what is under way and what staff blocked. */
export function tokenView(ports: StaffPorts, token: TokenRecord): StockView {
  const job = viewJob(ports);
  const view = describeToken(token, job);
  const { transaction, blocked } = token;
  return {
    ...view,
    notes: [
      ...view.notes,
      ...(transaction === undefined ? [] : [underWay(transaction, job)]),
      ...(blocked === undefined ? [] : [`blocked on ${job.timeOf(blocked.atMs)}: ${blocked.reason}`]),
    ],
  };
}

/** A device that a manifest announced and that was never in a cradle. */
export function shippedView(ports: StaffPorts, { serial, blocked }: ShippedRecord): StockView {
  const job = viewJob(ports);
  return {
    serial,
    device: 'STOCK',
    notes:
      blocked === undefined
        ? ['announced by the maker, not seen yet']
        : [`blocked on ${job.timeOf(blocked.atMs)}: ${blocked.reason}`],
  };
}

function underWay(transaction: DeviceTransaction<unknown>, job: ViewJob): string {
  const { operation, startedAtMs, operators } = transaction;
  const since = `${operation} begun on ${job.timeOf(startedAtMs)} by ${operators.join(', ')}`;
  if (transaction.state === 'RESERVED') return `${since}: the device was told nothing yet`;
  return `${since}: plug the device in again to finish; do not hand it out`;
}
