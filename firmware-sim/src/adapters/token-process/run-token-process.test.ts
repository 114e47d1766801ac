import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeMatrix, renderPng } from '@chiavetta/protocol/matrix';
import { encodeFrame, FRAME_TYPES } from '@chiavetta/protocol/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeToken } from '../../factory/index.ts';
import { createVirtualToken, replayTrace } from '../../runtime/index.ts';
import { benchBank, benchToken } from '../../testing/bench-bank.ts';
import { provisionFob } from '../../testing/bench-fob.ts';
import { rawHost } from '../../testing/raw-host.ts';
import { controlClient } from './control-client.ts';
import { PICTURE_BYTES_MAX } from './picture-file.ts';
import type { TokenProcess, TokenProcessOptions } from './run-token-process.ts';
import { runTokenProcess } from './run-token-process.ts';

const bank = benchBank();
let directory = '';
let processes: TokenProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'chiavetta token '));
});

afterEach(async () => {
  for (const one of processes) await one.stop();
  processes = [];
  rmSync(directory, { recursive: true });
});

/** A fob with a seed in it, so that its button shows codes. */
function provisionedFob() {
  const made = benchToken(bank);
  const fob = createVirtualToken({ made, seed: 'provisioned', tracing: 'off' });
  provisionFob(fob, bank);
  return { ...made, image: fob.nvm() };
}

async function start(options: Partial<TokenProcessOptions> = {}): Promise<TokenProcess> {
  const started = await runTokenProcess({
    made: benchToken(bank),
    stateDirectory: join(directory, 'state'),
    runDirectory: join(directory, 'run'),
    name: 'fob-1',
    pace: 0,
    ...options,
  });
  processes.push(started);
  return started;
}

async function helloReply(path: string): Promise<number[]> {
  const host = rawHost(path);
  host.write(encodeFrame({ type: FRAME_TYPES.hello, seq: 1, body: new Uint8Array([1, 1, 2, 0]) }));
  const bytes = await host.read(41);
  await host.close();
  return [...bytes];
}

describe('a token process', () => {
  it('answers a host at its link and is pressed over its socket', async () => {
    const running = await start({ made: provisionedFob() });
    expect(await helloReply(running.linkPath)).toContain(FRAME_TYPES.helloReply);
    const client = await controlClient(running.socketPath);
    const pressed = await client.call('press');
    expect(pressed.screen.id).toBe('fob.code');
    expect(pressed.lines).toEqual([pressed.screen.fields['code']]);
    expect((await client.call('advance', { ms: 31_000 })).screen.id).toBe('fob.dark');
    expect((await client.call('info')).info).toMatchObject({
      name: 'fob-1',
      serial: '000000004711',
      kind: 'fob',
      linkPath: running.linkPath,
    });
    client.close();
  });

  it('keeps its flash over a stop: the counter goes on where it was', async () => {
    const made = provisionedFob();
    const first = await start({ made });
    const code = first.token.press('button').screen.fields['code'];
    await first.stop();
    const second = await start({ made });
    expect(second.token.press('button').screen.fields['code']).not.toBe(code);
    const uninterrupted = createVirtualToken({ made, seed: 'compare' });
    uninterrupted.press('button');
    uninterrupted.press('button');
    expect(second.token.screen()).toEqual(uninterrupted.press('button').screen);
  });

  it('loses its line when it is unplugged and has a new one under the same link when plugged in', async () => {
    const running = await start();
    const before = running.ptyPath;
    const client = await controlClient(running.socketPath);
    const pulled = await client.call('unplug');
    expect(pulled.info.ptyPath).toBeUndefined();
    expect(existsSync(running.linkPath)).toBe(false);
    expect(existsSync(before)).toBe(false);
    await client.call('unplug');
    await client.call('plug');
    await client.call('plug');
    expect(await helloReply(running.linkPath)).toContain(FRAME_TYPES.helloReply);
    client.close();
  });

  it('keeps its files to their owner and leaves neither link nor socket behind', async () => {
    const running = await start({ trace: join(directory, 'trace.ndjson') });
    for (const path of [
      join(directory, 'state', 'fob-1.flash'),
      running.socketPath,
      join(directory, 'trace.ndjson'),
      join(directory, 'trace.ndjson.secrets'),
    ]) {
      expect(statSync(path).mode & 0o777, path).toBe(0o600);
    }
    const client = await controlClient(running.socketPath);
    await client.call('stop');
    await running.stopped;
    expect(existsSync(running.linkPath)).toBe(false);
    expect(existsSync(running.socketPath)).toBe(false);
    await expect(client.call('screen')).rejects.toMatchObject({ code: 'NOT_RUNNING' });
  });

  it('writes a trace that replays with its secrets', async () => {
    const trace = join(directory, 'trace.ndjson');
    const running = await start({ made: provisionedFob(), trace });
    running.token.press('button');
    await running.stop();
    const lines = readFileSync(trace, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const secrets = Object.fromEntries(
      readFileSync(`${trace}.secrets`, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .map(({ name, value }) => [name, value]),
    );
    expect(replayTrace(lines, secrets)).toMatchObject({ ok: true });
  });

  it('refuses a second token of its name and leaves the first alone', async () => {
    const running = await start();
    await expect(start()).rejects.toMatchObject({ code: 'FAILED' });
    expect(await helloReply(running.linkPath)).toContain(FRAME_TYPES.helloReply);
  });

  it('takes over the socket of a process that died', async () => {
    const running = await start();
    await running.stop();
    writeFileSync(running.socketPath, '');
    const again = await start();
    const client = await controlClient(again.socketPath);
    expect((await client.call('screen')).screen.id).toBe('fob.dark');
    client.close();
  });

  it('refuses the flash of another kind of token and does not change it', async () => {
    const first = await start();
    await first.stop();
    const path = join(directory, 'state', 'fob-1.flash');
    writeFileSync(path, 'not a flash');
    await expect(start()).rejects.toMatchObject({ code: 'FAILED' });
    expect(readFileSync(path, 'utf8')).toBe('not a flash');
    expect(existsSync(first.socketPath)).toBe(false);
  });

  it('shows no code and stops when its flash cannot be written', async () => {
    const running = await start({ made: provisionedFob() });
    const client = await controlClient(running.socketPath);
    rmSync(join(directory, 'state'), { recursive: true });
    await expect(client.call('press')).rejects.toMatchObject({ code: 'FAILED' });
    expect((await running.stopped).failure).toContain('could not be written');
    expect(running.token.screen().id).toBe('off');
  });
});

describe('the control socket', () => {
  it('says in words what is wrong with a request and goes on', async () => {
    const running = await start();
    const client = await controlClient(running.socketPath);
    await expect(client.call('press', { key: 'ok' })).rejects.toMatchObject({ code: 'BAD_PARAMS' });
    await expect(client.call('type', { digits: '12a' })).rejects.toMatchObject({ code: 'BAD_PARAMS' });
    await expect(client.call('advance', { ms: -1 })).rejects.toMatchObject({ code: 'BAD_PARAMS' });
    await expect(client.call('scan', { path: '/nowhere.png' })).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
    expect((await client.call('screen')).screen.id).toBe('fob.dark');
    client.close();
  });

  it('says that a key had no effect because the token is off, or is still starting', async () => {
    const made = makeToken({
      maker: bank.maker,
      anchorPublicKey: bank.anchor.publicKey,
      kind: 'otc',
      serial: benchToken(bank).serial,
      entropy: new Uint8Array(32),
    });
    const running = await start({ made });
    const client = await controlClient(running.socketPath);
    const off = { screen: { id: 'off' }, unheard: 'off' };
    const path = join(directory, 'picture.png');
    writeFileSync(path, renderPng(encodeMatrix(new Uint8Array(96)), { modulePx: 4 }));
    expect(await client.call('press', { key: '2' })).toMatchObject(off);
    expect(await client.call('type', { digits: '12' })).toMatchObject(off);
    expect(await client.call('scan', { path })).toMatchObject(off);
    expect(await client.call('power', { what: 'on' })).not.toHaveProperty('unheard');
    expect(await client.call('press', { key: '2' })).not.toHaveProperty('unheard');
    const starting = { screen: { id: 'otc.boot' }, unheard: 'busy' };
    expect(await client.call('scan', { path })).toMatchObject(starting);
    expect(await client.call('type', { digits: '12' })).toMatchObject({ unheard: 'busy' });
    expect(await client.call('scan', { path })).not.toHaveProperty('unheard');
    client.close();
  });

  it('opens only a regular file of a bounded size as a picture', async () => {
    const running = await start();
    const client = await controlClient(running.socketPath);
    const scan = (path: string): Promise<unknown> => client.call('scan', { path });
    const refused = (message: RegExp) => ({
      code: 'PICTURE_UNREADABLE',
      message: expect.stringMatching(message),
    });
    const large = join(directory, 'large.png');
    writeFileSync(large, '');
    truncateSync(large, PICTURE_BYTES_MAX + 1);
    await expect(scan('/dev/null')).rejects.toMatchObject(refused(/device or a pipe/u));
    await expect(scan(directory)).rejects.toMatchObject(refused(/folder/u));
    await expect(scan(large)).rejects.toMatchObject(refused(/larger than 16 MiB/u));
    truncateSync(large, PICTURE_BYTES_MAX);
    await expect(scan(large)).rejects.toMatchObject(refused(/not a PNG/u));
    client.close();
  });

  it('does not keep a client waiting for ever for a token that does not answer', async () => {
    const path = join(directory, 'silent.sock');
    const silent = createServer((socket) => socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => {
      silent.listen(path, resolve);
    });
    const client = await controlClient(path, { answerMsMax: 1 });
    await expect(client.call('screen')).rejects.toMatchObject({ code: 'NO_ANSWER' });
    client.close();
    await new Promise((resolve) => {
      silent.close(resolve);
    });
  });

  it('answers lines that are no request and drops a connection whose line never ends', async () => {
    const running = await start();
    const socket = connect(running.socketPath);
    socket.setEncoding('utf8');
    const answer = new Promise<string>((resolve) => {
      socket.once('data', resolve);
    });
    socket.write('nonsense\n');
    expect(JSON.parse(String(await answer))).toMatchObject({ error: { id: 'BAD_REQUEST' } });
    const dropped = new Promise<void>((resolve) => {
      socket.on('close', () => resolve());
    });
    socket.on('error', () => undefined);
    socket.write('x'.repeat(70_000));
    await dropped;
    const client = await controlClient(running.socketPath);
    expect((await client.call('screen')).step).toBeGreaterThan(0);
    client.close();
  });
});
