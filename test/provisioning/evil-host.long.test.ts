import { describe, expect, test } from 'vitest';
import { alterations } from './deceits.ts';
import { deceive, record } from './evil-host.ts';
import { freshFob, otcToBind } from './scenes.ts';

const HOURS = 3_600_000;

const scenes = [await freshFob(), await otcToBind()];

describe('an evil branch PC', () => {
  test.each(scenes)(
    'gains nothing from a bit flipped in any byte of a session: $name',
    async (scene) => {
      const honest = await record(scene);
      const found: string[] = [];
      for (const deceit of alterations(honest, 1)) {
        found.push(...(await deceive(scene, honest, deceit)).map((fault) => `${deceit.name}: ${fault}`));
      }
      expect(found).toEqual([]);
    },
    HOURS,
  );
});
