import type { VirtualToken } from '@chiavetta/firmware-sim';
import { signShippingManifest } from '@chiavetta/firmware-sim/factory';
import type { ProvisioningServer } from '@chiavetta/provisioning';
import { describe, expect, test } from 'vitest';
import { doneFaults, restFaults } from './agreement.ts';
import { MAKER, madeToken } from './bank-keys.ts';
import { granted } from './customer-acts.ts';
import { nameOf } from './evil-host.ts';
import { quickCrypto } from './quick-crypto.ts';
import { freshFob } from './scenes.ts';
import { deviceOf } from './virtual-device.ts';
import { CLERK, World } from './world.ts';

const scene = await freshFob();
/** Another good token of the same stock. */
const otherMade = madeToken('fob', 77);
const MESSAGES = 6;

/** Puts another token into the cradle when the PC has carried so many messages. */
function swappingAt(world: World, message: number, swap: () => void): ProvisioningServer {
  const { server } = world.branch;
  let carried = 0;
  const carry = (): void => {
    if (carried === message) swap();
    carried += 1;
  };
  return {
    open: async (request) => {
      const answer = await server.open(request);
      carry();
      return answer;
    },
    frame: async (sessionId, frame) => {
      carry();
      const answer = await server.frame(sessionId, frame);
      carry();
      return answer;
    },
  };
}

async function openWorld(): Promise<World> {
  const world = await World.open(scene, { power: 'kept' }, async () => undefined);
  const manifest = signShippingManifest(MAKER, [otherMade], { crypto: quickCrypto, manifestId: 2 });
  granted(await world.staff().stock.importManifest(CLERK, manifest));
  return world;
}

describe('a token that is swapped for another during its ceremony', () => {
  test.each(
    Array.from({ length: MESSAGES }, (_, message) =>
      (['seen', 'unseen'] as const).map((how) => ({ message, how })),
    ).flat(),
  )(
    'at message $message, $how by the PC: the other one stays as it is, the first is finished later',
    async (swap) => {
      const world = await openWorld();
      const first: VirtualToken = world.token;
      const other = deviceOf(otherMade, 'other');
      const before = other.nvm();
      const server = swappingAt(world, swap.message, () => {
        if (swap.how === 'seen') world.line.unplug();
        world.plugIn(other);
      });
      const outcome = nameOf(await world.ceremony({ server }));
      // The last message is DONE: the first token had committed before the swap.
      const isOver = swap.message === MESSAGES - 1;
      const refusal = swap.how === 'seen' ? 'WRONG_DEVICE' : 'TOKEN_REFUSED';
      expect(outcome).toBe(isOver ? 'done' : refusal);
      expect(other.nvm()).toEqual(before);
      world.plugIn(first);
      expect(await restFaults(world)).toEqual([]);
      if (outcome !== 'done') expect(nameOf(await world.ceremony())).toBe('done');
      expect(await doneFaults(world)).toEqual([]);
    },
  );
});
