import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controlClient } from '@chiavetta/firmware-sim/adapters/control';
import { runTokenProcess } from '@chiavetta/firmware-sim/adapters/token-process';
import { makeAnchor, makeMaker, makeToken } from '@chiavetta/firmware-sim/factory';
import { tokenSerial } from '@chiavetta/protocol/keys';
import {
  encodeFrame,
  FRAME_TYPES,
  helloReplyLayout,
  splitterPush,
  splitterStart,
} from '@chiavetta/protocol/wire';
import { nodeSerialPorts } from '@chiavetta/provisioning/node-serial';
import { expect, it } from 'vitest';

it('opens a virtual token like any device, hears it, sees its cable pulled, and finds it again under the same link', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'chiavetta line '));
  const serial = tokenSerial(123_456_789_012n);
  if (!serial.ok) throw new Error('the serial of this test is one');
  const entropy = new Uint8Array(32).fill(1);
  const made = makeToken({
    maker: makeMaker(entropy),
    anchorPublicKey: makeAnchor(entropy).publicKey,
    kind: 'fob',
    serial: serial.value,
    entropy,
  });
  const running = await runTokenProcess({
    made,
    stateDirectory: join(directory, 'state'),
    runDirectory: join(directory, 'run'),
    name: 'fob',
    pace: 0,
  });
  const client = await controlClient(running.socketPath);
  try {
    for (let visit = 1; visit <= 2; visit += 1) {
      expect(await serialOf(running.linkPath, async () => client.call('unplug'))).toBe(123_456_789_012n);
      expect(existsSync(running.linkPath)).toBe(false);
      await client.call('plug');
    }
  } finally {
    client.close();
    await running.stop();
    rmSync(directory, { recursive: true });
  }
});

/** HELLO through the adapter that the branch PC uses; then the cable is pulled and the adapter has to notice. */
async function serialOf(path: string, pull: () => Promise<unknown>): Promise<bigint> {
  const link = await nodeSerialPorts.open(path);
  let splitter = splitterStart(1_024);
  const reply = new Promise<bigint>((resolve) => {
    link.onBytes((chunk) => {
      const pushed = splitterPush(splitter, chunk);
      splitter = pushed.state;
      for (const frame of pushed.frames) {
        const decoded = helloReplyLayout.decode(frame.body);
        if (frame.type === FRAME_TYPES.helloReply && decoded.ok) resolve(decoded.value.serial);
      }
    });
  });
  link.write(encodeFrame({ type: FRAME_TYPES.hello, seq: 1, body: new Uint8Array([1, 1, 2, 0]) }));
  const serial = await reply;
  const gone = new Promise<void>((resolve) => {
    link.onGone(resolve);
  });
  await pull();
  await gone;
  await link.close();
  return serial;
}
