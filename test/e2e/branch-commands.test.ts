// Longer than 300 lines because it is one story: each test goes on where the one before it ended.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ended, ProgramAtHome, RunningProgram } from './chiavetta-program.ts';
import { jsonLinesOf, programAtHome } from './chiavetta-program.ts';

type Person = { readonly name: string; readonly password: string };
type Customer = { readonly userCode: string; readonly name: string; readonly pin: string };
type Token = { readonly program: RunningProgram; readonly serial: string };

let at: ProgramAtHome;
let serve: RunningProgram;
let clerk: Person;
let supervisor: Person;
let customers: readonly Customer[] = [];
const outputs: string[] = [];

/** Runs one command; whatever it printed is searched for secrets at the end. */
async function run(line: string, lines?: readonly string[]): Promise<Ended> {
  const ended = await at.run(line.split(' '), lines);
  outputs.push(ended.stdout, ended.stderr);
  return ended;
}

async function runJson(line: string, lines?: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const ended = await run(`${line} --json`, lines);
  expect([line, ended.status, ended.stderr]).toEqual([line, 0, expect.any(String)]);
  return jsonLinesOf(ended.stdout).at(-1) ?? {};
}

async function startToken(name: string, kind: 'fob' | 'otc'): Promise<Token> {
  const program = at.start(['sim', 'run', name, '--kind', kind, '--dev']);
  const line = await program.until(/serial \d{12}/u);
  await program.until(/^port: /u);
  return { program, serial: /serial (\d{12})/u.exec(line)?.[1] ?? '' };
}

async function signIn({ name, password }: Person): Promise<void> {
  expect((await run(`operator login ${name} --stdin`, [password])).status).toBe(0);
}

/** Runs a command with a device and presses when the token asks. */
async function withPress(
  line: string,
  press: string,
  lines: readonly string[] = [],
): Promise<{ readonly status: number | string; readonly events: ReturnType<typeof jsonLinesOf> }> {
  const program = at.start([...line.split(' '), '--json']);
  for (const each of lines) program.send(each);
  await program.until(/"waiting_for_person"/u);
  expect((await run(`sim press ${press}`)).status).toBe(0);
  const ended = await program.ended;
  outputs.push(ended.stdout, ended.stderr);
  return { status: ended.status, events: jsonLinesOf(ended.stdout) };
}

beforeAll(async () => {
  at = programAtHome();
  serve = at.start(['serve', '--dev', '--port', '0', '--json']);
  const started = JSON.parse(await serve.until(/"listening"/u));
  [clerk, supervisor] = started.firstPeople.operators;
  customers = started.firstPeople.customers;
});
afterAll(async () => {
  await at.close();
});

const customer = (index: number): Customer => customers[index] ?? { userCode: '', name: '', pin: '' };

describe('signing in', () => {
  test('is asked of everyone, and a wrong password is told apart from no session', async () => {
    const unsigned = await run('token list');
    expect([unsigned.status, unsigned.stdout]).toEqual([4, '']);
    expect(unsigned.stderr).toMatch(/^SIGN_IN: /u);
    const wrong = await run('operator login clerk --stdin', ['not the password']);
    expect([wrong.status, wrong.stdout]).toEqual([4, '']);
    expect(wrong.stderr).toMatch(/^WRONG_PASSWORD: /u);
  });

  test('keeps the session in a file for its owner alone, and whoami reads it', async () => {
    await signIn(clerk);
    const file = join(at.home, 'state', 'operator.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(clerk.password);
    expect(await runJson('operator whoami')).toMatchObject({ name: 'clerk', role: 'clerk' });
  });

  test('never sends the session to another validator', async () => {
    const other = await run('token list --server http://127.0.0.1:9');
    expect([other.status, other.stderr.slice(0, 8)]).toEqual([4, 'SIGN_IN:']);
  });

  test('gives a clerk only what a clerk may do', async () => {
    const refused = await run('audit show --json');
    expect(refused.status).toBe(4);
    expect(jsonLinesOf(refused.stdout)).toMatchObject([{ ok: false, error: { id: 'NOT_ALLOWED', exit: 4 } }]);
  });
});

describe('a key fob', () => {
  let fob: Token;
  let request = '';
  beforeAll(async () => {
    fob = await startToken('fob1', 'fob');
  });

  test('is seen on its port and says who it is', async () => {
    const { devices } = await runJson('device list');
    expect(devices).toMatchObject([{ label: 'fob1', serial: fob.serial, virtual: true }]);
    expect(await runJson('device info')).toMatchObject({
      device: { serial: fob.serial, model: 'fob', provisionings: 0, unfinished: false },
    });
  });

  test('is provisioned when its button is pressed, and each step is told once', async () => {
    const { status, events } = await withPress('device provision --token fob1', 'fob1');
    expect(status).toBe(0);
    expect(events.map((event) => event['phase'] ?? event['type'])).toEqual([
      'greeting',
      'handshake',
      'prepare',
      'waiting_for_person',
      'commit',
      'done',
      'result',
    ]);
    expect(events.at(-1)).toMatchObject({ ok: true, serial: fob.serial, outcome: 'done' });
  });

  test('waits for a second person, and asking again by hand needs the request', async () => {
    const line = `token bind ${fob.serial} --customer ${customer(0).userCode} --reason contract`;
    const waiting = await run(line);
    expect([waiting.status, waiting.stdout]).toEqual([5, '']);
    request = /Request (\w+) waits/u.exec(waiting.stderr)?.[1] ?? '';
    const again = await run(`${line} --request ${request}`);
    expect(again.status).toBe(5);
    const other = await run(`token bind 000000000001 --request ${request}`);
    expect(other.status).toBe(2);
  });

  test('is not bound by the same person twice, nor with a wrong password', async () => {
    const line = `token bind ${fob.serial} --request ${request} --stdin`;
    const alone = await run(`${line} --approver clerk`, [clerk.password]);
    expect(alone.status).toBe(4);
    const wrong = await run(`${line} --approver supervisor`, ['guess']);
    expect(wrong.status).toBe(4);
    expect(await runJson(`token status ${fob.serial}`)).toMatchObject({ token: { bindings: [] } });
  });

  test('is bound once a colleague types a password of their own', async () => {
    const line = `token bind ${fob.serial} --request ${request} --approver supervisor --stdin`;
    const bound = await runJson(line, [supervisor.password]);
    expect(bound).toMatchObject({
      ok: true,
      request: { requester: 'clerk', approver: 'supervisor', state: 'used' },
      token: { bindings: [{ state: 'AWAITING_FIRST_CODE' }] },
    });
    // The colleague's session served for that one answer: whoever works here is still the clerk.
    expect(await runJson('operator whoami')).toMatchObject({ name: 'clerk' });
  });

  test('goes on by itself when the cable was pulled and plugged in again', async () => {
    const second = await startToken('fob2', 'fob');
    const program = at.start(['device', 'provision', '--token', 'fob2', '--json']);
    await program.until(/"waiting_for_person"/u);
    await run('sim unplug fob2');
    await program.until(/"waiting_for_device"/u);
    await run('sim plug fob2');
    await program.until(/"waiting_for_person"|"done"/u);
    await run('sim press fob2');
    const ended = await program.ended;
    expect(ended.status).toBe(0);
    expect(jsonLinesOf(ended.stdout).at(-1)).toMatchObject({ ok: true, serial: second.serial });
  });

  test('is unfinished after Ctrl-C in the middle, says so, and is finished by the same command', async () => {
    const third = await startToken('fob3', 'fob');
    const program = at.start(['device', 'provision', '--token', 'fob3', '--json']);
    await program.until(/"waiting_for_person"/u);
    program.signal('SIGINT');
    const stopped = await program.ended;
    expect(stopped.status).toBe(50);
    expect(jsonLinesOf(stopped.stdout).at(-1)).toMatchObject({
      ok: false,
      error: { id: 'IN_DOUBT', safe: expect.stringContaining('do not hand it out') },
    });
    const { status, events } = await withPress('device provision --token fob3', 'fob3');
    expect(status).toBe(0);
    expect(events.at(-1)).toMatchObject({ ok: true, serial: third.serial });
    await run('sim stop fob3');
  });

  test('is replaced by another one, and the old one is retired in the same step', async () => {
    const { devices } = await runJson('device list');
    const fob2 = (Array.isArray(devices) ? devices : []).find(({ label }) => label === 'fob2');
    const line = `token replace ${fob.serial} --with ${fob2?.serial} --reason broken --approver supervisor --stdin`;
    const replaced = await runJson(line, [supervisor.password]);
    expect(replaced).toMatchObject({ ok: true, request: { operation: 'replace', state: 'used' } });
    const old = await runJson(`token status ${fob.serial}`);
    expect(JSON.stringify(old)).toMatch(/RETIRED|REVOKED/u);
  });
});

describe('an OTC token', () => {
  let otc: Token;
  let request = '';
  beforeAll(async () => {
    otc = await startToken('otc1', 'otc');
  });

  test('has to be named when several devices are connected', async () => {
    const several = await run('device info');
    expect(several.status).toBe(2);
    expect(several.stderr).toContain('otc1');
    expect(several.stderr).toContain('fob1');
    const absent = await run('device info --token nobody');
    expect([absent.status, absent.stderr.slice(0, 14)]).toEqual([40, 'NO_SUCH_TOKEN:']);
  });

  test('is bound at the cradle after a colleague has approved elsewhere', async () => {
    const line = `token bind ${otc.serial} --customer ${customer(1).userCode} --reason contract`;
    expect((await run(line)).status).toBe(5);
    const { requests } = await runJson('request list');
    const waiting = (Array.isArray(requests) ? requests : []).find(({ serial }) => serial === otc.serial);
    request = String(waiting?.requestId);
    await signIn(supervisor);
    expect(await runJson(`request approve ${request}`)).toMatchObject({ request: { state: 'approved' } });
    await signIn(clerk);
    const { status, events } = await withPress(`token bind ${otc.serial} --request ${request}`, 'otc1 ok');
    expect(status).toBe(0);
    expect(events.at(-1)).toMatchObject({
      ok: true,
      request: { state: 'used' },
      result: { outcome: 'done', prekeysLeft: 8 },
      token: { bindings: [{ state: 'AWAITING_PAIRING' }] },
    });
  });

  test('stays as it is when the person at it says no', async () => {
    const line = `token reset-pin ${otc.serial} --reason forgotten --approver supervisor --stdin`;
    const refused = await withPress(line, 'otc1 clear', [supervisor.password]);
    expect(refused.status).toBe(40);
    expect(refused.events.at(-1)).toMatchObject({ ok: false, error: { id: 'TOKEN_REFUSED', exit: 40 } });
    expect(refused.events.at(-2)).toMatchObject({
      type: 'error',
      error: { id: 'TOKEN_REFUSED', retry: true },
    });
  });

  test('is reset after a forgotten device PIN by a clerk and a colleague at one terminal', async () => {
    const line = `token reset-pin ${otc.serial} --reason forgotten --approver supervisor --stdin`;
    const { status, events } = await withPress(line, 'otc1 ok', [supervisor.password]);
    expect([status, events.at(-1)]).toMatchObject([0, { request: { operation: 'reset', state: 'used' } }]);
  });

  test('that is not in the cradle leaves an approved request that goes on later', async () => {
    await run('sim unplug otc1');
    const line = `token reset-pin ${otc.serial} --reason forgotten --approver supervisor --stdin`;
    const absent = await run(line, [supervisor.password]);
    expect(absent.status).toBe(10);
    const goOn = /--request (\w+)/u.exec(absent.stderr)?.[1] ?? '';
    await run('sim plug otc1');
    const { status } = await withPress(`token reset-pin ${otc.serial} --request ${goOn}`, 'otc1 ok');
    expect(status).toBe(0);
  });

  test('has no tries to give back while it has no device PIN, and says so itself', async () => {
    const line = `token unlock ${otc.serial} --reason tries --approver supervisor --stdin`;
    const refused = await run(line, [supervisor.password]);
    expect([refused.status, refused.stderr]).toEqual([40, expect.stringContaining('TOKEN_REFUSED')]);
  });

  test('is blocked at once by one person, but not without a yes', async () => {
    const unsure = await run(`token block ${otc.serial} --reason lost`);
    expect([unsure.status, unsure.stderr.slice(0, 15)]).toEqual([2, 'NOT_A_TERMINAL:']);
    expect(JSON.stringify(await runJson(`token status ${otc.serial}`))).not.toContain('SUSPENDED');
    const blocked = await run(`token block ${otc.serial} --reason lost --yes`);
    expect(blocked.status).toBe(0);
    expect(blocked.stdout).toContain('blocked: lost');
  });
});

describe('a customer', () => {
  test('is added with a User Code, and the PIN goes only into the mail', async () => {
    const added = await runJson('customer add --name Rossi --email rossi@example.com --label Rossi');
    expect(added).toMatchObject({ userCode: expect.stringMatching(/^\d{8}$/u) });
    expect(JSON.stringify(added)).not.toMatch(/pin/iu);
    const shown = await run(`customer show ${added['userCode']}`);
    expect(shown.stdout).toContain('open; the first PIN is not changed yet');
  });

  test('is blocked, reinstated with a new PIN, and asked for a reason each time', async () => {
    const { userCode } = customer(0);
    const asked = await run(`customer block ${userCode} --yes`);
    expect([asked.status, asked.stderr.includes('Why?')]).toEqual([2, true]);
    const blocked = await runJson(`customer block ${userCode} --yes --reason phone`);
    expect(blocked).toMatchObject({ customer: { account: 'STAFF_BLOCKED' } });
    const back = await runJson(`customer reinstate ${userCode} --new-pin --reason passport`);
    expect(back).toMatchObject({ customer: { account: 'FIRST_ACCESS' } });
    const unknown = await run('customer show 00000000');
    expect([unknown.status, unknown.stderr]).toEqual([3, expect.stringMatching(/^NOT_FOUND: .*"00000000"/u)]);
  });
});

describe('whoever runs the validator', () => {
  const data = (): string => join(at.home, 'data', 'validator');

  test('verifies the log in the database, in a copy and in an export', async () => {
    await signIn(supervisor);
    const path = join(at.home, 'log.ndjson');
    expect((await run(`audit export ${path}`)).status).toBe(0);
    const whole = await runJson(`audit verify --file ${path} --witness ${join(data(), 'witness.ndjson')}`);
    expect(whole).toMatchObject({ ok: true });
    const here = await runJson('audit verify');
    expect(here).toMatchObject({ ok: true, publicKey: whole['publicKey'] });
    const copy = join(at.home, 'copy.db');
    expect((await run(`store backup ${copy}`)).status).toBe(0);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect((await run(`audit verify --store ${copy}`)).status).toBe(0);
    expect((await run(`store backup ${copy}`)).status).toBe(2);
  });

  test('is told which entry of the log was changed, and that its end was cut off', async () => {
    const lines = readFileSync(join(at.home, 'log.ndjson'), 'utf8').trim().split('\n');
    const bad = join(at.home, 'bad.ndjson');
    const changedAt = lines.findIndex((line) => line.includes('"reason":"contract"'));
    const changed = lines.map((line, index) =>
      index === changedAt ? line.replace('"contract"', '"consent"') : line,
    );
    writeFileSync(bad, `${changed.join('\n')}\n`);
    const edited = await run(`audit verify --file ${bad}`);
    expect([edited.status, edited.stdout]).toEqual([3, '']);
    expect(edited.stderr).toContain(`entry ${changedAt} `);
    writeFileSync(bad, `${lines.slice(0, -3).join('\n')}\n`);
    const cut = await run(`audit verify --file ${bad} --witness ${join(data(), 'witness.ndjson')}`);
    expect([cut.status, cut.stderr]).toEqual([3, expect.stringContaining('the log ends before entry')]);
  });

  test('has one validator a directory, and a developer’s directory is refused without --dev', async () => {
    const second = await run('serve --dev --port 0');
    expect([second.status, second.stderr]).toEqual([60, expect.stringContaining('STORE_LOCKED')]);
    expect(second.stderr).toContain(String(serve.pid));
  });

  test('finds this machine fit, and a report that holds no secret', async () => {
    const path = join(at.home, 'report.json');
    const looked = await runJson(`doctor --report ${path}`);
    expect(looked).toMatchObject({ ok: true });
    const report = readFileSync(path, 'utf8');
    const token: { readonly token: string } = JSON.parse(
      readFileSync(join(at.home, 'state', 'operator.json'), 'utf8'),
    );
    for (const secret of [token.token, clerk.password, supervisor.password])
      expect(report).not.toContain(secret);
  });

  test('signs out, and stops the validator in order', async () => {
    expect((await run('operator logout')).status).toBe(0);
    expect((await run('token list')).status).toBe(4);
    serve.signal('SIGTERM');
    const ended = await serve.ended;
    expect(ended.status).toBe(0);
    expect((await run('token list')).stderr).toMatch(/^SIGN_IN: /u);
    const gone = await run('operator login clerk --stdin --server http://127.0.0.1:1', ['any']);
    expect([gone.status, gone.stderr.slice(0, 12)]).toEqual([60, 'SERVER_DOWN:']);
    const normal = await run('serve --port 0');
    expect([normal.status, normal.stderr.slice(0, 12)]).toEqual([60, 'DATA_IS_DEV:']);
    expect((await run('audit verify')).status).toBe(0);
  });
});

test('no command printed a password, a PIN or a session', () => {
  const printed = outputs.join('\n');
  expect(printed.length).toBeGreaterThan(1_000);
  const secrets = [clerk.password, supervisor.password, ...customers.map(({ pin }) => pin)];
  expect(secrets.filter((secret) => printed.includes(secret))).toEqual([]);
});
