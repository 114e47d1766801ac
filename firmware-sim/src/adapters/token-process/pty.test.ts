import { existsSync } from 'node:fs';
import { encodeFrame, FRAME_TYPES } from '@chiavetta/protocol/wire';
import { describe, expect, it } from 'vitest';
import { createVirtualToken } from '../../runtime/virtual-token.ts';
import { benchBank, benchToken } from '../../testing/bench-bank.ts';
import { rawHost } from '../../testing/raw-host.ts';
import { openNativePty } from './native-pty.ts';
import type { PtyLine } from './pty-line.ts';
import { WAITING_BYTES_MAX, waitingOutput } from './pty-line.ts';
import { openSocatPty } from './socat-pty.ts';

/** Every byte value, so that an echo, a translated line end or a swallowed control byte shows. */
const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, index) => index);

const WAYS: readonly (readonly [string, () => Promise<PtyLine>])[] = [
  ['the prebuilt binary', async () => openNativePty()],
  ['socat', openSocatPty],
];

describe.each(WAYS)('a line opened through %s', (_name, open) => {
  it('carries every byte value both ways, unchanged and without an echo, also to the second host that opens it', async () => {
    const line = await open();
    line.onData((bytes) => line.write(bytes));
    for (let visit = 0; visit < 2; visit += 1) {
      const host = rawHost(line.path);
      host.write(ALL_BYTES);
      expect(await host.read(ALL_BYTES.length)).toEqual(ALL_BYTES);
      await host.close();
    }
    await line.close();
    await line.close();
    expect(existsSync(line.path)).toBe(false);
  });

  it('lets a host say HELLO to a virtual token', async () => {
    const token = createVirtualToken({ made: benchToken(benchBank()), seed: 'pty', tracing: 'off' });
    const line = await open();
    line.onData((bytes) => token.receive(bytes));
    token.onTransmit(line.write);
    const host = rawHost(line.path);
    host.write(encodeFrame({ type: FRAME_TYPES.hello, seq: 1, body: new Uint8Array([1, 1, 2, 0]) }));
    const bytes = await host.read(40);
    expect(bytes[0]).toBe(0);
    expect([...bytes]).toContain(FRAME_TYPES.helloReply);
    await host.close();
    await line.close();
  });
});

describe('output before the host spoke', () => {
  it('waits, comes out in order, and keeps no more than its limit', () => {
    const sent: number[] = [];
    const output = waitingOutput((bytes) => sent.push(...bytes));
    output.send(new Uint8Array([1, 2]));
    output.send(new Uint8Array([3]));
    expect(sent).toEqual([]);
    output.hostSpoke();
    output.send(new Uint8Array([4]));
    expect(sent).toEqual([1, 2, 3, 4]);

    let keptBytes = 0;
    const full = waitingOutput((bytes) => {
      keptBytes += bytes.length;
    });
    for (let count = 0; count < 200; count += 1) full.send(new Uint8Array(1_000));
    full.hostSpoke();
    expect(keptBytes).toBeLessThanOrEqual(WAITING_BYTES_MAX);
    expect(keptBytes).toBeGreaterThan(WAITING_BYTES_MAX - 1_000);
  });
});
