import type { Manifest } from '@chiavetta/protocol/keys';
import { formatSerial } from '@chiavetta/protocol/keys';
import type { Imported } from '../../core/staff/import-manifest.ts';
import { decideImport, readManifest } from '../../core/staff/import-manifest.ts';
import type { Actor, StaffAnswer } from '../../core/staff/staff-answer.ts';
import { checkAct } from '../../core/staff/staff-check.ts';
import { decideAndCommit } from '../commit-loop.ts';
import type { StaffPorts, StockService } from './staff-services.ts';

/** What the makers shipped. */
export function stockService(ports: StaffPorts): StockService {
  return {
    importManifest: async (actor, manifest) => {
      const allowed = checkAct(actor, 'stock.import');
      if (!allowed.ok) return allowed;
      const read = readManifest(ports.crypto, { manifest, makerRoots: ports.keys.makerRoots });
      return read.ok ? await take(ports, { manifest: read.value, operator: actor.name }) : read;
    },
  };
}

/**
 * Takes one unknown serial from the manifest that the source has for it, if any. Whether that worked is for whoever
 * looks the serial up next.
 */
export async function findInSource(
  ports: StaffPorts,
  job: { readonly actor: Actor; readonly serial: string },
): Promise<void> {
  const { manifestSource } = ports;
  if (manifestSource === undefined) return;
  if ((await ports.store.read('shipped', job.serial)) !== undefined) return;
  const manifest = await manifestSource(job.serial);
  if (manifest === undefined) return;
  const read = readManifest(ports.crypto, { manifest, makerRoots: ports.keys.makerRoots });
  if (!read.ok) return;
  const entries = read.value.entries.filter((one) => formatSerial(one.serial) === job.serial);
  if (entries.length > 0) {
    await take(ports, { manifest: { ...read.value, entries }, operator: job.actor.name });
  }
}

async function take(
  ports: StaffPorts,
  job: { readonly manifest: Manifest; readonly operator: string },
): Promise<StaffAnswer<Imported>> {
  const keys = job.manifest.entries.map(
    (one) => ({ kind: 'shipped', id: formatSerial(one.serial) }) as const,
  );
  return await decideAndCommit(ports, {
    read: async () => ({ shipped: await ports.store.readMany(keys) }),
    decide: (decider, records) => decideImport(decider, records, job),
  });
}
