import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PROGRAM } from './chiavetta-program.ts';
import type { PersonAtTerminal } from './person-at-terminal.ts';
import { personAt } from './person-at-terminal.ts';

const README = new URL('../../README.md', import.meta.url);
const DEVICE_PIN = '73914';
const NEW_PIN = '860427';

let home = '';
let people: PersonAtTerminal[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'chv-'));
  people = [];
});
afterEach(async () => {
  for (const person of people) person.kill();
  await Promise.all(people.map(({ ended }) => ended));
  rmSync(home, { recursive: true, force: true });
});

/** The five lines, as they stand in README.md under "By hand". */
function readmeLines(): readonly string[] {
  const [, section = ''] = readFileSync(README, 'utf8').split('## By hand');
  const [, block = ''] = /```sh\n([^`]*)```/u.exec(section) ?? [];
  return block
    .trim()
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/u, ''));
}

/** Runs a line of the README in a shell at a terminal; `npx chiavetta` is the program that was built. */
function atTerminal(line: string): PersonAtTerminal {
  const program = `"${process.execPath}" "${PROGRAM}"`;
  const words = line.replaceAll('npx chiavetta', program);
  // One command takes the shell's place, so that what ends is the program itself.
  const script = line.includes('&&') ? words : `exec ${words}`;
  const cwd = join(home, 'empty');
  mkdirSync(cwd, { recursive: true });
  const env = { ...process.env, CHIAVETTA_HOME: join(home, 'files'), CHIAVETTA_SERVER: undefined };
  const person = personAt(['/bin/sh', '-c', script], { env, cwd });
  people.push(person);
  return person;
}

/** Types at the token and reads its display until it shows what is waited for. */
async function onToken(token: PersonAtTerminal, line: string, display: RegExp): Promise<readonly string[]> {
  token.type(line);
  return await token.read(display);
}

test('the five lines of the README lead from an empty directory to an OTC login, typed by hand at terminals', async () => {
  const [serve = '', run = '', bind = '', pair = '', login = '', ...rest] = readmeLines();
  expect(rest).toEqual([]);

  const validator = atTerminal(`${serve} --port 0`);
  const [clerkPassword = ''] = await validator.read(/clerk, password (\S+)/u);
  const [supervisorPassword = ''] = await validator.read(/supervisor, password (\S+)/u);
  const [userCode = '', firstPin = ''] = await validator.read(/Otto.*User Code (\d{8}), first PIN (\d+)/u);
  await validator.read(/listens on http:\/\/127\.0\.0\.1:\d+/u);

  const token = atTerminal(run);
  await token.read(/display: \(dark\)/u);

  expect(bind).toContain('USER_CODE');
  const clerk = atTerminal(bind.replace('USER_CODE', userCode));
  await clerk.read(/assword/u);
  clerk.type(clerkPassword);
  await clerk.read(/Signed in/u);
  await clerk.read(/supervisor/u);
  clerk.type(supervisorPassword);
  await token.read(/display: .*BIND TO CUSTOMER\? \| Otto/u);
  token.type('press ok');
  await clerk.read(/waits for its pairing/u);
  expect(await clerk.ended).toBe(0);

  const customer = atTerminal(pair);
  const firstPicture = await signIn(customer, { userCode, pin: firstPin });
  await onToken(token, 'press 2', /display: READY/u);
  await onToken(token, `scan ${firstPicture}`, /display: PAIR WITH/u);
  await onToken(token, 'press ok', /display: CHOOSE A NEW PIN/u);
  // The token hides the digits, and the terminal too where they are asked for.
  await onToken(token, 'type', /Digits to type/u);
  await onToken(token, DEVICE_PIN, /CHOOSE A NEW PIN \| 5 DIGITS \| \*{5}/u);
  await onToken(token, 'press ok', /display: TYPE THE NEW PIN \| AGAIN/u);
  await onToken(token, `type ${DEVICE_PIN}`, /AGAIN \| \*{5}/u);
  const code10 = await onToken(token, 'press ok', /TYPE ON THE PAGE \| (\d{3}) (\d{3}) (\d{4}) /u);
  customer.type(code10.join(''));
  const [secondPicture = ''] = await customer.read(/Show this picture to the token: (\S+\.png)/u);
  await onToken(token, 'press ok', /display: POINT THE CAMERA/u);
  const code6 = await onToken(token, `scan ${secondPicture}`, /TYPE ON THE PAGE \| (\d{3}) (\d{3}) /u);
  customer.type(code6.join(''));
  await customer.read(/New PIN/u);
  customer.type(NEW_PIN);
  await customer.read(/again/u);
  customer.type(NEW_PIN);
  await customer.read(/The token is paired\./u);
  expect(await customer.ended).toBe(0);
  expect(customer.seen()).not.toContain(NEW_PIN);

  // Another day: the token was off and is locked.
  await onToken(token, 'power off', /display: \(dark\)/u);
  await onToken(token, 'press power', /display: TOKEN LOCKED/u);
  const again = atTerminal(login);
  const picture = await signIn(again, { userCode, pin: NEW_PIN });
  await onToken(token, `scan ${picture}`, /display: PICTURE READ \| TYPE YOUR PIN/u);
  await onToken(token, `type ${DEVICE_PIN}`, /TYPE YOUR PIN \| \*{5}/u);
  await onToken(token, 'press ok', /display: LOGIN /u);
  const code = await onToken(token, 'press ok', /LOGIN CODE \| (\d{3}) (\d{3}) /u);
  again.type(code.join(''));
  await again.read(/Signed in: account OPEN, tokens 000000001042\./u);
  expect(await again.ended).toBe(0);
  expect(again.seen()).not.toContain(code.join(''));

  token.press('\u0004');
  expect(await token.ended).toBe(0);
  validator.press('\u0003');
  expect(await validator.ended).toBe(130);
}, 120_000);

async function signIn(
  customer: PersonAtTerminal,
  secrets: { readonly userCode: string; readonly pin: string },
): Promise<string> {
  await customer.read(/User Code:/u);
  customer.type(secrets.userCode);
  await customer.read(/PIN:/u);
  customer.type(secrets.pin);
  const [picture = ''] = await customer.read(/Show this picture to the token: (\S+\.png)/u);
  return picture;
}
