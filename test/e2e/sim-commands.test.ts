import { existsSync, lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeMatrix, renderPng } from '@chiavetta/protocol/matrix';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProgramAtHome } from './chiavetta-program.ts';
import { jsonLinesOf, programAtHome } from './chiavetta-program.ts';

let chiavetta: ProgramAtHome;
beforeEach(() => {
  chiavetta = programAtHome();
});
afterEach(() => chiavetta.close());

const FOREIGN_PAYLOAD = Uint8Array.from({ length: 96 }, (_, index) => (index === 0 ? 0xc1 : index));

test('a token takes orders line by line and tells each change of its display', async () => {
  const orders = ['press', 'screen', 'advance 40s', 'nonsense 13579', 'press button 6500', 'quit'];
  const { status, stdout, stderr } = await chiavetta.run(
    ['sim', 'run', 'fob1', '--kind', 'fob', '--serial', '42', '--pace', 'frozen'],
    orders,
  );
  expect(status).toBe(0);
  expect(stdout).toContain('token "fob1", fob-hotp, serial 000000000042');
  expect(stdout.match(/^display: .*$/gmu)).toEqual([
    'display: (dark)',
    'display: NO SEED',
    'display: NO SEED',
    'display: (dark)',
    expect.stringMatching(/^display: 000000 \| 000042 \| C000000 \|/u),
  ]);
  expect(stderr).toContain('Not understood');
  expect(stdout + stderr).not.toContain('13579');
});

test('under --json a token prints nothing but objects with a version, and a result last', async () => {
  const ended = await chiavetta.run(
    ['sim', 'run', 'o1', '--kind', 'otc', '--pace', 'frozen', '--json'],
    ['press power', 'press 2', 'type 13579', 'type', '24680', 'nonsense', 'power off'],
  );
  expect(ended).toMatchObject({ status: 0 });
  const lines = jsonLinesOf(ended.stdout, ended.stderr);
  expect(lines[0]).toMatchObject({ type: 'running', name: 'o1', kind: 'otc' });
  expect(lines.filter(({ type }) => type === 'settled')).toHaveLength(5);
  expect(lines.filter(({ type }) => type === 'refused')).toHaveLength(1);
  expect(lines.at(-1)).toMatchObject({ type: 'result', ok: true, name: 'o1' });
  expect(ended.stdout).not.toMatch(/13579|24680/u);
});

test('a running token is found by its name: press, type, scan, screen, time, power, cable, stop', async () => {
  const token = chiavetta.start(['sim', 'run', 'o1', '--kind', 'otc', '--pace', 'frozen', '--json']);
  await token.until(/"type":"running"/u);
  const sim = async (
    verb: string,
    ...words: readonly string[]
  ): Promise<Readonly<Record<string, unknown>>> => {
    const ended = await chiavetta.run(['sim', verb, 'o1', ...words, '--json']);
    expect(ended).toMatchObject({ status: 0 });
    return jsonLinesOf(ended.stdout, ended.stderr)[0] ?? {};
  };
  expect(await sim('press', 'power')).toMatchObject({ screen: { id: 'otc.language' } });
  await sim('press', '2');
  expect(await sim('advance', '3s')).toMatchObject({ screen: { id: 'otc.ready' }, nowMs: 5_080 });
  const picture = join(chiavetta.home, 'picture.png');
  writeFileSync(picture, renderPng(encodeMatrix(FOREIGN_PAYLOAD), { modulePx: 5 }));
  expect(await sim('scan', picture)).toMatchObject({
    screen: { id: expect.stringMatching(/^otc\.picture/u) },
  });
  const typed = await chiavetta.run(['sim', 'type', 'o1', '--stdin', '--json'], ['13579']);
  expect(typed.status).toBe(0);
  expect(typed.stdout).not.toContain('13579');
  expect(await sim('power', 'cut')).toMatchObject({ screen: { id: 'off' }, lines: [] });
  const link = join(chiavetta.home, 'run', 'o1.tty');
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  await sim('unplug');
  expect(existsSync(link)).toBe(false);
  await sim('plug');
  expect(existsSync(link)).toBe(true);
  expect(statSync(join(chiavetta.home, 'run', 'o1.sock')).mode & 0o777).toBe(0o600);
  const listed = await chiavetta.run(['sim', 'list']);
  expect(listed.stdout).toContain(link);
  expect((await chiavetta.run(['sim', 'stop', 'o1'])).status).toBe(0);
  expect((await token.ended).status).toBe(0);
  expect(existsSync(link)).toBe(false);
  expect(await chiavetta.run(['sim', 'screen', 'o1'])).toMatchObject({ status: 40 });
});

test('says that the token is off when keys, digits and pictures cannot reach it, by line and by name', async () => {
  const words = ['sim', 'run', 'o1', '--kind', 'otc', '--pace', 'frozen'];
  const lines = await chiavetta.run(words, ['press 2', 'type 13579', 'power foo', 'advance 1x']);
  expect(lines.stderr.match(/The token is off.*press power/gu)).toHaveLength(2);
  expect(lines.stdout.match(/^display: \(dark\)$/gmu)).toHaveLength(3);
  expect(lines.stderr).toContain('The power can be on, off, cut or battery.');
  const token = chiavetta.start([...words, '--json']);
  await token.until(/"type":"running"/u);
  expect(await chiavetta.run(['sim', 'press', 'o1', '2'])).toMatchObject({
    status: 0,
    stdout: 'display: (dark)\n',
    stderr: expect.stringContaining('press power to switch it on'),
  });
  for (const [line, sentence] of [
    ['advance o1 1x', 'The time to advance is'],
    ['power o1 foo', 'The power can be'],
  ] as const) {
    const ended = await chiavetta.run(['sim', ...line.split(' ')]);
    expect(ended).toMatchObject({ status: 2, stderr: expect.stringContaining(sentence) });
  }
  const missing = await chiavetta.run(['sim', 'scan', 'o1', join(chiavetta.home, 'missing.png')]);
  expect(missing).toMatchObject({ status: 2, stderr: expect.stringContaining('FILE_NOT_FOUND') });
  const folder = await chiavetta.run(['sim', 'scan', 'o1', chiavetta.home]);
  expect(folder).toMatchObject({ status: 3, stderr: expect.stringContaining('it is a folder.') });
  expect(folder.stderr.split(chiavetta.home)).toHaveLength(2);
  expect((await chiavetta.run(['sim', 'list'])).stdout).toMatch(/^name +serial +profile +port\no1 /u);
  expect((await chiavetta.run(['sim', 'stop', 'o1'])).status).toBe(0);
  await token.ended;
});

test('keeps its memory over its end, its language too', async () => {
  const words = ['sim', 'run', 'o1', '--kind', 'otc', '--pace', 'frozen'];
  await chiavetta.run(words, ['press power', 'press 2']);
  const { stdout } = await chiavetta.run(words, ['press power']);
  expect(stdout).toContain('display: FIRMWARE 1.0.0');
  expect(stdout).not.toContain('LINGUA');
});

test('runs once under one name, and is free again after its process was killed', async () => {
  const words = ['sim', 'run', 'fob1', '--kind', 'fob'];
  const first = chiavetta.start([...words, '--json']);
  await first.until(/"type":"running"/u);
  expect(await chiavetta.run(words, [])).toMatchObject({
    status: 40,
    stderr: expect.stringContaining('TOKEN_RUNNING'),
  });
  first.signal('SIGKILL');
  await first.ended;
  expect((await chiavetta.run(words, ['quit'])).status).toBe(0);
});

test('ends in order with its terminal, its parent and every polite signal', async () => {
  const words = ['sim', 'run', 'fob1', '--kind', 'fob', '--json'];
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const token = chiavetta.start(words);
    await token.until(/"type":"display"/u);
    token.signal(name);
    const { status, stderr } = await token.ended;
    expect([status, stderr]).toEqual([130, '']);
    expect(existsSync(join(chiavetta.home, 'run', 'fob1.sock'))).toBe(false);
  }
  const token = chiavetta.start(words);
  await token.until(/"type":"display"/u);
  token.endInput();
  expect((await token.ended).status).toBe(0);
});

test('goes on in the background until it is stopped', async () => {
  const started = await chiavetta.run(['sim', 'run', 'fob1', '--kind', 'fob', '--detach', '--json']);
  expect(started.status).toBe(0);
  const [about] = jsonLinesOf(started.stdout, started.stderr);
  expect(about).toMatchObject({ name: 'fob1', running: true });
  try {
    expect((await chiavetta.run(['sim', 'press', 'fob1'])).stdout).toBe('display: NO SEED\n');
    expect((await chiavetta.run(['sim', 'run', 'fob1', '--detach'])).status).toBe(40);
  } finally {
    expect((await chiavetta.run(['sim', 'stop', 'fob1'])).status).toBe(0);
  }
});

test('a recorded run replays, its digits stand apart, and a changed line is named', async () => {
  const trace = join(chiavetta.home, 'run.ndjson');
  const orders = ['press power', 'press 2', 'type 13579', 'advance 40s', 'power cut', 'press power'];
  await chiavetta.run(['sim', 'run', 'o1', '--kind', 'otc', '--pace', 'frozen', '--trace', trace], orders);
  expect(await chiavetta.run(['trace', 'replay', trace])).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^\d+ steps, none differs\.\n$/u),
  });
  for (const file of [trace, `${trace}.secrets`]) expect(statSync(file).mode & 0o777).toBe(0o600);
  const lines = readFileSync(trace, 'utf8').split('\n');
  expect(lines.some((line) => /"key":"[0-9]"/u.test(line))).toBe(false);
  lines[5] = (lines[5] ?? '').replace(/"state":"./u, '"state":"x');
  writeFileSync(trace, lines.join('\n'));
  expect(await chiavetta.run(['trace', 'replay', trace])).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('at step 5'),
  });
});

test('codes of the RFCs come out of the secret on standard input only', async () => {
  const hotp = await chiavetta.run(
    ['otp', 'hotp', '--counter', '0', '--count', '3', '--stdin'],
    ['GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'],
  );
  expect(hotp.stdout).toBe('755224\n287082\n359152\n');
  const totp = await chiavetta.run(
    ['otp', 'totp', '--time', '1111111109', '--digits', '8', '--stdin', '--json'],
    ['GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'],
  );
  expect(jsonLinesOf(totp.stdout, totp.stderr)[0]).toMatchObject({ codes: [{ code: '07081804' }] });
  expect(await chiavetta.run(['otp', 'hotp', '--counter', '0'], [])).toMatchObject({ status: 2 });
  const secret = ['GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'];
  const last = ['otp', 'hotp', '--counter', '18446744073709551615', '--stdin'];
  expect(await chiavetta.run(last, secret)).toMatchObject({ status: 0 });
  expect(await chiavetta.run([...last, '--count', '2'], secret)).toMatchObject({ status: 2, stdout: '' });
  const before1970 = ['otp', 'totp', '--time', '-5', '--stdin'];
  expect(await chiavetta.run(before1970, secret)).toMatchObject({ status: 2, stdout: '' });
});

test('a payload becomes a picture and comes back, file by file as NDJSON', async () => {
  const file = join(chiavetta.home, 'payload.hex');
  const picture = join(chiavetta.home, 'picture.png');
  const payload = Buffer.from(FOREIGN_PAYLOAD).toString('hex');
  writeFileSync(file, payload);
  expect((await chiavetta.run(['matrix', 'encode', file, '--out', picture])).status).toBe(0);
  expect((await chiavetta.run(['matrix', 'decode', picture])).stdout).toBe(`${payload}\n`);
  const junk = join(chiavetta.home, 'junk.png');
  writeFileSync(junk, 'no picture');
  expect(await chiavetta.run(['matrix', 'decode', junk])).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('it is not a PNG picture'),
  });
  const decoded = await chiavetta.run(['matrix', 'decode', picture, junk, '--json']);
  expect(decoded).toMatchObject({ status: 3 });
  expect(jsonLinesOf(decoded.stdout, decoded.stderr)).toMatchObject([
    { type: 'picture', ok: true, payload },
    { type: 'picture', ok: false, reason: 'not_a_png' },
    { type: 'result', ok: false, error: { id: 'PICTURE_UNREADABLE' } },
  ]);
});
