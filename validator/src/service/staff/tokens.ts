import { formatSerial, parseSerial } from '@chiavetta/protocol/keys';
import { decideBlockToken } from '../../core/staff/customer-changes.ts';
import type { Relation } from '../../core/staff/permission-matrix.ts';
import type { Actor, StaffAnswer } from '../../core/staff/staff-answer.ts';
import { refuse } from '../../core/staff/staff-answer.ts';
import { checkAct, checkReason, relationTo } from '../../core/staff/staff-check.ts';
import { refuseDecision, unchanged } from '../../core/staff/staff-decision.ts';
import type { StoredCustomer, StoredToken } from '../../core/stored.ts';
import { changeOf } from '../../ports/store.ts';
import { decideAndCommit } from '../commit-loop.ts';
import { pageOf } from './page.ts';
import type { StaffPorts, StockView, TokenService } from './staff-services.ts';
import { shippedView, tokenView } from './token-views.ts';

/** Devices as staff see them. */
export function tokenService(ports: StaffPorts): TokenService {
  return {
    list: async (actor, page) => {
      const allowed = checkAct(actor, 'token.list');
      if (!allowed.ok) return allowed;
      const known = await ports.store.list(pageOf('token', page));
      const shipped = await ports.store.list(pageOf('shipped', page));
      const views = new Map<string, StockView>(shipped.map((one) => [one.id, shippedView(ports, one.value)]));
      // A row in `shipped` stays when the device is taken in: its own row is the one that counts.
      for (const one of known) views.set(one.id, tokenView(ports, one.value));
      const sorted = [...views].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, view]) => view);
      return { ok: true, value: sorted.slice(0, pageOf('token', page).limit) };
    },
    show: async (actor, text) => {
      const { serial, token, shipped, customers } = await find(ports, text);
      const allowed = checkAct(actor, 'token.show', relation(actor, customers));
      if (!allowed.ok) return allowed;
      if (token !== undefined) return { ok: true, value: tokenView(ports, token.value) };
      return shipped === undefined ? unknown(serial) : { ok: true, value: shippedView(ports, shipped.value) };
    },
    block: async (actor, job) => await block(ports, actor, job),
  };
}

async function block(
  ports: StaffPorts,
  actor: Actor,
  job: Parameters<TokenService['block']>[1],
): Promise<StaffAnswer<StockView>> {
  const reason = checkReason(job.reason);
  if (!reason.ok) return reason;
  const done = await decideAndCommit<Awaited<ReturnType<typeof find>>, StaffAnswer<unknown>>(ports, {
    read: async () => await find(ports, job.serial),
    decide: (decider, { serial, token, shipped, customers }) => {
      const allowed = checkAct(actor, 'token.block', relation(actor, customers));
      if (!allowed.ok) return unchanged(allowed);
      if (token !== undefined) {
        return decideBlockToken(decider, { token, customers }, { actor, reason: reason.value });
      }
      if (shipped === undefined) return refuseDecision('SERVER_REFUSED', unknownWords(serial));
      const blocked = { reason: reason.value, atMs: decider.nowMs };
      return {
        answer: { ok: true, value: undefined },
        change: changeOf({
          puts: [
            {
              kind: 'shipped',
              id: shipped.id,
              expected: shipped.version,
              value: { ...shipped.value, blocked },
            },
          ],
          // A device that comes into a cradle meanwhile is decided on again.
          checks: [{ kind: 'token', id: shipped.id, expected: 0 }],
          audit: [
            {
              ...{ subject: shipped.id, serial: shipped.id, event: 'device.blocked' },
              ...{ operator: actor.name, reason: reason.value },
            },
          ],
        }),
      };
    },
  });
  if (!done.ok) return done;
  const { serial, token, shipped } = await find(ports, job.serial);
  if (token !== undefined) return { ok: true, value: tokenView(ports, token.value) };
  return shipped === undefined ? unknown(serial) : { ok: true, value: shippedView(ports, shipped.value) };
}

async function find(
  ports: StaffPorts,
  text: string,
): Promise<{
  readonly serial: string;
  readonly token: StoredToken | undefined;
  readonly shipped: Awaited<ReturnType<typeof readShipped>>;
  readonly customers: readonly StoredCustomer[];
}> {
  const parsed = parseSerial(text);
  const serial = parsed.ok ? formatSerial(parsed.value) : 'none';
  const token = await ports.store.read('token', serial);
  const shipped = await readShipped(ports, serial);
  const bound = (token?.value.bindings ?? []).filter((one) => one.overlay !== 'REVOKED');
  const ids = [...new Set(bound.map((one) => one.customerId))];
  const keys = ids.map((id) => ({ kind: 'customer', id }) as const);
  const customers = (await ports.store.readMany(keys)).filter((one) => one !== undefined);
  return { serial: parsed.ok ? serial : text, token, shipped, customers };
}

function readShipped(ports: StaffPorts, serial: string) {
  return ports.store.read('shipped', serial);
}

/** A device is a referente's own when everybody who uses it is. */
function relation(actor: Actor, customers: readonly StoredCustomer[]): Relation {
  const isOwn = customers.length > 0 && customers.every((one) => relationTo(actor, one.value) === 'own');
  return isOwn ? 'own' : 'other';
}

function unknown(serial: string): StaffAnswer<never> {
  return refuse('SERVER_REFUSED', unknownWords(serial));
}

function unknownWords(serial: string): string {
  return `the serial ${serial} is not known: no manifest has announced it`;
}
