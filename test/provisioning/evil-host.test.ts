import { describe, expect, test } from 'vitest';
import { alterations, exchanges, losses, oldMessages, replays } from './deceits.ts';
import type { Deceit } from './evil-host.ts';
import { deceive, record } from './evil-host.ts';
import { freshFob } from './scenes.ts';

const MINUTES = 60_000;
/** Of the bits of a session each commit flips those of every ninth byte; the long run flips one in each. */
const STRIDE = 9;

const scene = await freshFob();
const honest = await record(scene);
const old = await record(scene, scene.seed + 1);

const KINDS: readonly { readonly kind: string; readonly deceits: readonly Deceit[] }[] = [
  { kind: 'alters a bit', deceits: alterations(honest, STRIDE) },
  { kind: 'drops or cuts a message', deceits: losses(honest) },
  { kind: 'gives another message of the session', deceits: replays(honest) },
  { kind: 'exchanges two messages', deceits: exchanges(honest) },
  { kind: 'gives messages of another session', deceits: oldMessages(honest, old) },
];

describe('an evil branch PC', () => {
  test.each(KINDS.map((one) => ({ ...one, count: one.deceits.length })))(
    'that $kind gains nothing but the end of the session, in $count ways',
    async ({ deceits }) => {
      const found: string[] = [];
      for (const deceit of deceits) {
        found.push(...(await deceive(scene, honest, deceit)).map((fault) => `${deceit.name}: ${fault}`));
      }
      expect(deceits.length).toBeGreaterThan(0);
      expect(found).toEqual([]);
    },
    5 * MINUTES,
  );

  test('is found out by this test when its session ends well', async () => {
    const nothing: Deceit = { name: 'nothing', at: new Map() };
    expect(await deceive(scene, honest, nothing)).toContain('the deceived ceremony says done');
    // Not known, in doubt, proved, provisioned.
    expect(honest.stages.size).toBe(4);
  });
});
