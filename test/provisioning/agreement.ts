import { toHex } from '@chiavetta/protocol/bytes';
import { granted, logInWithFob, useOtc } from './customer-acts.ts';
import { lookInto } from './virtual-device.ts';
import type { World } from './world.ts';
import { CLERK, SUPERVISOR } from './world.ts';

/**
 * What has to hold whenever everybody has come to rest, finished or not: whatever the token has staged or committed, the
 * validator knows of. Docs/spec/provisioning.md, "Transaction".
 */
export async function restFaults(world: World): Promise<readonly string[]> {
  const hello = lookInto(world.token, world.scene.made);
  const stored = await world.bank.ports.store.read('token', world.serial());
  const known = stored?.value.transaction;
  const epoch = stored?.value.seedEpoch ?? 0;
  const faults: string[] = [];
  if (hello.pending === 1) {
    const isKnown = known?.txid === toHex(hello.pendingTxid) && known.state !== 'RESERVED';
    if (!isKnown) faults.push(`the token has staged what the validator does not know of (${known?.state})`);
  }
  const mayHaveCommitted = known?.state === 'PROVED';
  const allowed = mayHaveCommitted ? [epoch, known.seedEpoch] : [epoch];
  if (!allowed.includes(hello.seedEpoch)) {
    faults.push(`the token is at epoch ${hello.seedEpoch}, the validator knows ${allowed.join(' or ')}`);
  }
  return faults;
}

/** What has to hold once the operation is done: nothing is open, and the token does what it was provisioned for. */
export async function doneFaults(world: World): Promise<readonly string[]> {
  const { bank, token, scene } = world;
  const stored = await bank.token(world.serial());
  const hello = lookInto(token, scene.made);
  const faults = [...(await restFaults(world))];
  if (stored.transaction !== undefined) faults.push(`a transaction is left ${stored.transaction.state}`);
  if (hello.pending === 1) faults.push('the token is left STAGED');
  if (stored.device !== 'PROVISIONED') faults.push(`the validator has the token as ${stored.device}`);
  if (faults.length > 0) return faults;
  const complaint = await promiseBroken(world);
  return complaint === undefined ? [] : [complaint];
}

async function promiseBroken(world: World): Promise<string | undefined> {
  const { bank, token, scene } = world;
  switch (scene.promise) {
    case 'next code': {
      if (token.screen().id === 'off') token.power('battery');
      await bindFob(world);
      return await logInWithFob(bank, token, scene.customer);
    }
    case 'pairing':
    case 'login':
      return await useOtc(bank, token, scene.customer);
    case 'nothing':
      return undefined;
    default:
      return scene.promise satisfies never;
  }
}

/** A fob that has its seed is handed out: a request, and the approval of a second person. */
async function bindFob(world: World): Promise<void> {
  const { requests } = world.staff();
  const { customerId } = world.scene.customer;
  const request = { operation: 'bind', serial: world.serial(), customerId, reason: 'handed out' } as const;
  const { requestId } = granted(await requests.make(CLERK, request));
  granted(await requests.approve(SUPERVISOR, requestId));
}
