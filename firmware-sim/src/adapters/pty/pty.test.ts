import { existsSync } from 'node:fs';
import { encodeFrame, FRAME_TYPES } from '@chiavetta/protocol/wire';
// biome-ignore lint/style/noRestrictedImports: this test is the host at the other end of the line.
import { SerialPort } from 'serialport';
import { describe, expect, it } from 'vitest';
import { createVirtualToken } from '../../runtime/virtual-token.ts';
import { benchBank, benchToken } from '../../testing/bench-bank.ts';
import { openNativePty } from './native-pty.ts';
import type { PtyLine } from './pty-line.ts';
import { WAITING_BYTES_MAX, waitingOutput } from './pty-line.ts';
import { openSocatPty } from './socat-pty.ts';

/** Every byte value, so that an echo, a translated line end or a swallowed control byte shows. */
const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, index) => index);

async function opened(path: string): Promise<SerialPort> {
  const port = new SerialPort({ path, baudRate: 115_200, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(error) : resolve()));
  });
  return port;
}

async function bytesFrom(port: SerialPort, byteCount: number): Promise<Uint8Array> {
  const parts: number[] = [];
  return new Promise((resolve) => {
    port.on('data', (bytes: Uint8Array) => {
      parts.push(...bytes);
      if (parts.length >= byteCount) resolve(Uint8Array.from(parts));
    });
  });
}

async function closed(port: SerialPort): Promise<void> {
  await new Promise<void>((resolve) => {
    port.close(() => resolve());
  });
}

const WAYS: readonly (readonly [string, () => Promise<PtyLine>])[] = [
  ['the prebuilt binary', async () => openNativePty()],
  ['socat', openSocatPty],
];

describe.each(WAYS)('a line opened through %s', (_name, open) => {
  it('carries every byte value both ways to a serial port, also to the second host that opens it', async () => {
    const line = await open();
    line.onData((bytes) => line.write(bytes));
    for (let host = 0; host < 2; host += 1) {
      const port = await opened(line.path);
      const echoed = bytesFrom(port, ALL_BYTES.length);
      port.write(Buffer.from(ALL_BYTES));
      expect(await echoed).toEqual(ALL_BYTES);
      await closed(port);
    }
    await line.close();
    await line.close();
    expect(existsSync(line.path)).toBe(false);
  });

  it('lets a serial port say HELLO to a virtual token', async () => {
    const token = createVirtualToken({ made: benchToken(benchBank()), seed: 'pty', tracing: 'off' });
    const line = await open();
    line.onData((bytes) => token.receive(bytes));
    token.onTransmit(line.write);
    const port = await opened(line.path);
    const reply = bytesFrom(port, 40);
    const hello = encodeFrame({ type: FRAME_TYPES.hello, seq: 1, body: new Uint8Array([1, 1, 2, 0]) });
    port.write(Buffer.from(hello));
    const bytes = await reply;
    expect(bytes[0]).toBe(0);
    expect([...bytes]).toContain(FRAME_TYPES.helloReply);
    await closed(port);
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
