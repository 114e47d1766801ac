import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ended, ProgramAtHome } from './chiavetta-program.ts';
import { jsonLinesOf, programAtHome } from './chiavetta-program.ts';

type Person = { readonly name: string; readonly password: string };
type Shown = { readonly screen: { readonly id: string }; readonly lines: readonly string[] };

const DEVICE_PIN = '73914';
const WRONG_PIN = '91735';
const PORTAL_PIN = '860427';
const SERIAL = '000000001042';

let at: ProgramAtHome;
let clerk: Person;
let supervisor: Person;
let customer: { readonly userCode: string; readonly pin: string };

beforeAll(async () => {
  at = programAtHome();
  const serve = at.start(['serve', '--dev', '--port', '0', '--json']);
  const started = JSON.parse(await serve.until(/"listening"/u));
  [clerk, supervisor] = started.firstPeople.operators;
  [, customer] = started.firstPeople.customers;
});
afterAll(() => at.close());

async function done(words: readonly string[], lines: readonly string[] = []): Promise<Ended> {
  const ended = await at.run(words, lines);
  expect([words, ended.status, ended.stderr]).toEqual([words, 0, expect.any(String)]);
  return ended;
}

async function sim(verb: string, ...words: readonly string[]): Promise<Shown> {
  return JSON.parse((await done(['sim', verb, 'otc1', ...words, '--json'])).stdout);
}

async function type(digits: string): Promise<Shown> {
  await done(['sim', 'type', 'otc1', '--stdin', '--json'], [digits]);
  return sim('press', 'ok');
}

/** Off and on again, until it has started. */
async function onAgain(): Promise<Shown> {
  await sim('power', 'off');
  await sim('press', 'power');
  return sim('advance', '3s');
}

/** Runs a request with the token in the cradle; a colleague approves, and the person at the token says yes. */
async function withYes(words: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const program = at.start([...words, '--approver', supervisor.name, '--stdin', '--json']);
  program.send(supervisor.password);
  await program.until(/"waiting_for_person"/u);
  await sim('press', 'ok');
  const ended = await program.ended;
  expect([ended.status, ended.stderr]).toEqual([0, expect.any(String)]);
  return jsonLinesOf(ended.stdout).at(-1) ?? {};
}

function codeOn({ lines }: Shown): string {
  return (/((?:\d{3} ){1,3}\d{3,4})/u.exec(lines.join(' '))?.[1] ?? '').replaceAll(' ', '');
}

describe('an OTC token whose device PIN was typed wrong five times', () => {
  test('is bound and paired with a device PIN first', async () => {
    const token = at.start([
      'sim',
      'run',
      'otc1',
      '--kind',
      'otc',
      '--serial',
      '1042',
      '--dev',
      '--pace',
      'frozen',
      '--json',
    ]);
    await token.until(/"running"/u);
    await done(['operator', 'login', clerk.name, '--stdin'], [clerk.password]);
    await withYes(['token', 'bind', SERIAL, '--customer', customer.userCode, '--reason', 'contract']);
    const pair = at.start(['portal', 'pair', '--stdin', '--json']);
    pair.send(customer.userCode);
    pair.send(customer.pin);
    const first = JSON.parse(await pair.until(/"pair1"/u));
    await sim('press', '2');
    await sim('advance', '3s');
    await sim('scan', first.picture);
    await sim('press', 'ok');
    await type(DEVICE_PIN);
    pair.send(codeOn(await type(DEVICE_PIN)));
    const second = JSON.parse(await pair.until(/"pair2"/u));
    await sim('press', 'ok');
    pair.send(codeOn(await sim('scan', second.picture)));
    pair.send(PORTAL_PIN);
    pair.send(PORTAL_PIN);
    expect(await pair.ended).toMatchObject({ status: 0 });
  });

  test('is blocked, and stays so when it is switched on again', async () => {
    expect((await onAgain()).screen.id).toBe('otc.pin');
    for (let count = 1; count < 5; count += 1) {
      expect((await type(WRONG_PIN)).screen.id).toBe('otc.pin.wrong');
      await sim('press', 'ok');
    }
    expect((await type(WRONG_PIN)).screen.id).toBe('otc.blocked');
    expect((await onAgain()).screen.id).toBe('otc.blocked');
  });

  test('gets its tries back by a clerk, a colleague and an OK, and the old PIN opens it', async () => {
    const unlocked = await withYes(['token', 'unlock', SERIAL, '--reason', 'tries']);
    expect(unlocked).toMatchObject({
      ok: true,
      request: { operation: 'unlock', state: 'used', requester: clerk.name, approver: supervisor.name },
      result: { outcome: 'done' },
    });
    expect((await onAgain()).screen.id).toBe('otc.pin');
    expect((await type(WRONG_PIN)).lines.join(' ')).toContain('4 LEFT');
    await sim('press', 'ok');
    expect((await type(DEVICE_PIN)).screen.id).toBe('otc.scanning');
  });
});
