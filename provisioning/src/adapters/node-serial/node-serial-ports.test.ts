import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProvisioningFailure } from '../../core/operator-error.ts';
import { nodeSerialPorts } from './node-serial-ports.ts';
import { lockPort } from './port-lock.ts';

const hasSocat = ((): boolean => {
  try {
    execFileSync('socat', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
const needsSocat = hasSocat || process.env['CI'] === 'true';

let directory = '';
let cable: ChildProcess | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'chiavetta-serial-'));
});

afterEach(async () => {
  await unplug();
  rmSync(directory, { recursive: true, force: true });
});

/** A pseudo-terminal whose far end echoes what it gets. */
async function plug(): Promise<string> {
  const path = join(directory, 'token');
  cable = spawn('socat', [`pty,raw,echo=0,link=${path}`, 'exec:cat'], { stdio: 'ignore' });
  for (let tries = 0; tries < 200 && !existsSync(path); tries += 1) await pause(10);
  return path;
}

async function unplug(): Promise<void> {
  const ending = cable;
  cable = undefined;
  if (ending === undefined || ending.exitCode !== null) return;
  const ended = once(ending, 'exit');
  ending.kill('SIGTERM');
  await ended;
}

async function failureOf(path: string): Promise<ProvisioningFailure['error']> {
  try {
    const link = await nodeSerialPorts.open(path);
    await link.close();
  } catch (error) {
    if (error instanceof ProvisioningFailure) return error.error;
    throw error;
  }
  throw new Error('the port opened');
}

describe('a port that is not there', () => {
  it('is PORT_NOT_FOUND, also when the path is a plain file or a link to nowhere', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const link = join(directory, 'link');
    symlinkSync(join(directory, 'gone'), link);
    for (const path of [join(directory, 'none'), file, link]) {
      expect(await failureOf(path)).toEqual({ id: 'PORT_NOT_FOUND', fields: { path } });
    }
  });
});

// The far end of the cable is the program socat; without it there is no second side to speak with.
describe.skipIf(!needsSocat)('a real pseudo-terminal (needs the program socat)', () => {
  it('carries bytes both ways', async () => {
    const link = await nodeSerialPorts.open(await plug());
    const came = new Promise<Uint8Array>((resolve) => link.onBytes(resolve));
    link.write(Uint8Array.of(1, 0, 13, 10, 17, 19, 3, 4));
    expect(await came).toEqual(Uint8Array.of(1, 0, 13, 10, 17, 19, 3, 4));
    await link.close();
  });

  it('tells once that the cable was pulled, also to a listener that comes late', async () => {
    const link = await nodeSerialPorts.open(await plug());
    let told = 0;
    const gone = new Promise<void>((resolve) =>
      link.onGone(() => {
        told += 1;
        resolve();
      }),
    );
    await unplug();
    await gone;
    await pause(600);
    expect(told).toBe(1);
    await new Promise<void>((resolve) => link.onGone(resolve));
    await link.close();
  });

  it('is not called gone when it is closed by ourselves', async () => {
    const link = await nodeSerialPorts.open(await plug());
    let told = 0;
    link.onGone(() => {
      told += 1;
    });
    await link.close();
    await link.close();
    await unplug();
    await pause(600);
    expect(told).toBe(0);
  });

  it('is PORT_BUSY while somebody has it, and free again afterwards', async () => {
    const path = await plug();
    const link = await nodeSerialPorts.open(path);
    expect((await failureOf(path)).id).toBe('PORT_BUSY');
    await link.close();
    const again = await nodeSerialPorts.open(path);
    await again.close();
  });

  it('names the program that has the port', async () => {
    const path = await plug();
    const other = spawn(process.execPath, ['-e', HOLD_THE_PORT], {
      env: { ...process.env, PORT: path },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(other.stdout, 'data');
      const failure = await failureOf(path);
      expect(failure.id).toBe('PORT_BUSY');
      expect(String(failure.fields['holder'])).toContain(String(other.pid));
    } finally {
      const ended = once(other, 'exit');
      other.kill('SIGTERM');
      await ended;
    }
  });
});

/** Takes the lock of our own programs and opens the device, as a second branch tool would. */
const HOLD_THE_PORT = `
const { createHash } = require('node:crypto');
const { openSync, realpathSync, writeFileSync, constants } = require('node:fs');
const { join } = require('node:path');
const device = realpathSync(process.env.PORT);
const name = createHash('sha256').update(device).digest('hex').slice(0, 16);
writeFileSync(join(require('node:os').tmpdir(), 'chiavetta-port-' + name + '.lock'), String(process.pid));
openSync(device, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
console.log('held');
setInterval(() => {}, 1000);
`;

describe('the lock on a port', () => {
  it('is given back, and taken over from a process that is gone', async () => {
    const device = join(directory, 'device');
    const first = lockPort(device);
    expect('release' in first).toBe(true);
    expect(lockPort(device)).toEqual({ heldBy: process.pid });
    if ('release' in first) first.release();
    const child = spawn(process.execPath, ['-e', 'console.log(1)'], { stdio: 'ignore' });
    await once(child, 'exit');
    const again = lockPort(device);
    expect('release' in again).toBe(true);
    if ('release' in again) again.release();
  });

  it('is taken over when it names no process at all', () => {
    const device = join(directory, 'other');
    const first = lockPort(device);
    expect('release' in first).toBe(true);
    const name = createHash('sha256').update(device).digest('hex').slice(0, 16);
    const path = join(tmpdir(), `chiavetta-port-${name}.lock`);
    writeFileSync(path, 'nonsense');
    const second = lockPort(device);
    expect('release' in second).toBe(true);
    if ('release' in second) second.release();
    expect(existsSync(path)).toBe(false);
  });
});
