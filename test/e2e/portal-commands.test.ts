import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProgramAtHome, RunningProgram } from './chiavetta-program.ts';
import { jsonLinesOf, programAtHome } from './chiavetta-program.ts';

type FirstPeople = {
  readonly operators: readonly { readonly name: string; readonly role: string; readonly password: string }[];
  readonly customers: readonly { readonly name: string; readonly userCode: string; readonly pin: string }[];
};

const NEW_PIN = '860427';
const LATER_PIN = '735091';

let chiavetta: ProgramAtHome;
let userCode = '';
let firstPin = '';
let fob: RunningProgram;

/** A validator, a fob from stock that was provisioned and bound: what the customer takes home. */
beforeAll(async () => {
  chiavetta = programAtHome();
  const serve = chiavetta.start(['serve', '--dev', '--port', '0', '--json']);
  const listening: { readonly firstPeople: FirstPeople } = JSON.parse(await serve.until(/"listening"/u));
  const { operators, customers } = listening.firstPeople;
  const person = (role: string): FirstPeople['operators'][number] =>
    operators.find((one) => one.role === role) ?? expect.unreachable();
  const [customer = expect.unreachable()] = customers;
  userCode = customer.userCode;
  firstPin = customer.pin;
  const clerk = person('clerk');
  const supervisor = person('supervisor');
  fob = chiavetta.start([
    ...['sim', 'run', 'fob1', '--kind', 'fob', '--serial', '7', '--dev', '--pace', 'frozen', '--json'],
  ]);
  await fob.until(/"running"/u);
  await done(['operator', 'login', clerk.name, '--stdin'], [clerk.password]);
  const provisioned = chiavetta.start(['device', 'provision', '--token', 'fob1', '--json']);
  await fob.until(/"fob\.ask"/u);
  fob.send('press');
  expect((await provisioned.ended).status).toBe(0);
  const bind = ['token', 'bind', '7', '--customer', userCode, '--approver', supervisor.name];
  await done([...bind, '--reason', 'new customer', '--stdin'], [supervisor.password]);
});
afterAll(() => chiavetta.close());

async function done(words: readonly string[], lines: readonly string[]): Promise<void> {
  const { status, stderr, stdout } = await chiavetta.run(words, lines);
  expect([status, stderr, stdout]).toEqual([0, expect.anything(), expect.anything()]);
}

/** Presses the button until the fob shows a code: a press while one shows turns it off. */
async function nextCode(): Promise<string> {
  for (;;) {
    fob.send('press');
    const shown = /"code":"(\d{6})"/u.exec(await fob.until(/"type":"settled"/u))?.[1];
    if (shown !== undefined) return shown;
  }
}

async function portal(
  verb: string,
  words: readonly string[],
  lines: readonly string[],
): Promise<{
  readonly status: number | string;
  readonly events: ReturnType<typeof jsonLinesOf>;
  readonly text: string;
}> {
  const ended = await chiavetta.run(['portal', verb, ...words, '--stdin', '--json'], lines);
  const { status, stdout, stderr } = ended;
  return { status, events: jsonLinesOf(ended.stdout, ended.stderr), text: stdout + stderr };
}

test('the first access over lines of standard input: User Code, PIN, code, and the new PIN twice', async () => {
  const code = await nextCode();
  const { status, events, text } = await portal('login', [], [userCode, firstPin, code, NEW_PIN, NEW_PIN]);
  expect(status).toBe(0);
  expect(events.map(({ type }) => type)).toEqual([
    'challenge',
    'signed-in',
    'pin-changed',
    'session',
    'result',
  ]);
  expect(events[0]).toMatchObject({ kind: 'otp' });
  for (const secret of [firstPin, NEW_PIN, code]) expect(text).not.toContain(secret);
});

test('the same code again and a wrong PIN get the same refusal, status 3', async () => {
  const code = await nextCode();
  expect(await portal('login', [], [userCode, NEW_PIN, code])).toMatchObject({ status: 0 });
  const again = await portal('login', [], [userCode, NEW_PIN, code]);
  const wrongPin = await portal('login', [], [userCode, '907142', await nextCode()]);
  for (const { status, events } of [again, wrongPin]) {
    expect(status).toBe(3);
    expect(events.at(-1)).toMatchObject({ type: 'result', ok: false, error: { id: 'REFUSED' } });
  }
  expect(again.events.at(-1)).toEqual(wrongPin.events.at(-1));
});

test('a fob that showed 20 codes to nobody opens with two codes in a row', async () => {
  for (let codes = 0; codes < 20; codes += 1) await nextCode();
  const alone = await portal('login', [], [userCode, NEW_PIN, await nextCode()]);
  expect(alone).toMatchObject({ status: 3 });
  const first = await nextCode();
  const second = await nextCode();
  const both = await portal('login', ['--two-codes'], [userCode, NEW_PIN, first, second]);
  expect(both).toMatchObject({ status: 0 });
});

test('a chosen PIN is changed, and one that is too easy is not taken', async () => {
  const weak = await portal('change-pin', [], [userCode, NEW_PIN, await nextCode(), '11111', '11111']);
  expect(weak.status).not.toBe(0);
  const changed = await portal('change-pin', [], [userCode, NEW_PIN, await nextCode(), LATER_PIN, LATER_PIN]);
  expect(changed).toMatchObject({ status: 0 });
  expect(await portal('login', [], [userCode, LATER_PIN, await nextCode()])).toMatchObject({ status: 0 });
});

test('who asks to pair a token where none waits for it is told so', async () => {
  const { status, events } = await portal('pair', [], [userCode, LATER_PIN]);
  expect(status).toBe(2);
  expect(events.at(-1)).toMatchObject({ error: { id: 'USAGE' } });
});

test('a customer blocks a lost token at once, and its codes open nothing any more', async () => {
  const unsure = await portal('block', [], [userCode, LATER_PIN, await nextCode()]);
  expect(unsure).toMatchObject({ status: 2 });
  const blocked = await portal('block', ['--yes', '--device', '7'], [userCode, LATER_PIN, await nextCode()]);
  expect(blocked).toMatchObject({ status: 0 });
  expect(await portal('login', [], [userCode, LATER_PIN, await nextCode()])).toMatchObject({ status: 3 });
});

test('no picture and no session is left behind', () => {
  const files = readdirSync(chiavetta.home, { recursive: true }).map(String);
  expect(files.filter((file) => /picture/u.test(file))).toEqual([]);
  expect(readdirSync(join(chiavetta.home, 'state'))).toEqual(['operator.json']);
});
