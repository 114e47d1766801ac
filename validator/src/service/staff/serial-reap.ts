import { decideReap } from '../../core/staff/settle-device.ts';
import { decideAndCommit } from '../commit-loop.ts';
import type { StaffPorts } from './staff-services.ts';

const PAGE = 500;

/** Forgets reservations and tickets that nobody came back to. Returns how many. Transactions in doubt stay. */
export async function reapReservations(ports: StaffPorts): Promise<number> {
  let count = 0;
  let afterId: string | undefined;
  for (;;) {
    const query = { kind: 'ticket', limit: PAGE } as const;
    const page = await ports.store.list(afterId === undefined ? query : { ...query, afterId });
    for (const { id, value } of page) {
      const reaped = await decideAndCommit(ports, {
        read: async () => {
          const [token, ticket] = await ports.store.readMany([
            { kind: 'token', id: value.serial },
            { kind: 'ticket', id },
          ]);
          return { token, ticket };
        },
        decide: decideReap,
      });
      if (reaped.ok && reaped.value) count += 1;
    }
    afterId = page.at(-1)?.id;
    if (page.length < PAGE || afterId === undefined) return count;
  }
}
