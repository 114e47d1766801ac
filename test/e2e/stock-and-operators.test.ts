import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ended, ProgramAtHome } from './chiavetta-program.ts';
import { jsonLinesOf, programAtHome } from './chiavetta-program.ts';

type Person = { readonly name: string; readonly password: string };

const NEW_PASSWORD = 'plover-anvil-93-tundra';

let at: ProgramAtHome;
let clerk: Person;
let supervisor: Person;

beforeAll(async () => {
  at = programAtHome();
  const serve = at.start(['serve', '--dev', '--port', '0', '--json']);
  const started = JSON.parse(await serve.until(/"listening"/u));
  [clerk, supervisor] = started.firstPeople.operators;
});
afterAll(() => at.close());

/** The answer of a command as one document, with its exit status. */
async function asked(words: readonly string[], lines: readonly string[] = []): Promise<unknown> {
  const ended: Ended = await at.run([...words, '--json'], lines);
  expect(ended.stdout + ended.stderr).not.toContain(NEW_PASSWORD);
  return { status: ended.status, documents: jsonLinesOf(ended.stdout, ended.stderr) };
}

const failed = (status: number, id: string): object => ({
  status,
  documents: [{ ok: false, error: { id, exit: status } }],
});

async function signIn({ name, password }: Person): Promise<void> {
  expect(await asked(['operator', 'login', name, '--stdin'], [password])).toMatchObject({ status: 0 });
}

test('stock import takes what a maker signed, and nothing else', async () => {
  const token = at.start(['sim', 'run', 'fob1', '--kind', 'fob', '--serial', '7', '--dev', '--json']);
  await token.until(/"running"/u);
  const folder = join(at.home, 'data', 'validator', 'dev', 'manifests');
  const [name = expect.unreachable()] = readdirSync(folder);
  const manifest = join(folder, name);
  expect(await asked(['stock', 'import', manifest])).toMatchObject(failed(4, 'SIGN_IN'));
  await signIn(clerk);
  expect(await asked(['stock', 'import', join(at.home, 'absent.bin')])).toMatchObject(
    failed(2, 'FILE_NOT_FOUND'),
  );
  const forged = join(at.home, 'forged.bin');
  writeFileSync(forged, 'no manifest at all');
  expect(await asked(['stock', 'import', forged])).toMatchObject(failed(60, 'SERVER_REFUSED'));
  expect(await asked(['token', 'list'])).toMatchObject({ documents: [{ tokens: [] }] });
  expect(await asked(['stock', 'import', manifest])).toMatchObject({
    status: 0,
    documents: [{ tokens: 1 }],
  });
  expect(await asked(['token', 'list'])).toMatchObject({
    documents: [{ tokens: [{ serial: '000000000007' }] }],
  });
});

test('operator add asks for the password twice, and the new one signs in with it', async () => {
  const add = ['operator', 'add', 'bruno', '--role', 'clerk', '--stdin'];
  await signIn(clerk);
  expect(await asked(add, [NEW_PASSWORD, NEW_PASSWORD])).toMatchObject(failed(4, 'NOT_ALLOWED'));
  await signIn(supervisor);
  expect(await asked(add, [NEW_PASSWORD, `${NEW_PASSWORD}x`])).toMatchObject(failed(2, 'USAGE'));
  expect(await asked(add, ['short', 'short'])).toMatchObject(failed(60, 'SERVER_REFUSED'));
  const king = ['operator', 'add', 'bruno', '--role', 'king', '--stdin'];
  expect(await asked(king, [NEW_PASSWORD, NEW_PASSWORD])).toMatchObject(failed(2, 'USAGE'));
  expect(await asked(add, [NEW_PASSWORD, NEW_PASSWORD])).toMatchObject({
    status: 0,
    documents: [{ operator: { name: 'bruno', role: 'clerk' } }],
  });
  expect(await asked(add, [NEW_PASSWORD, NEW_PASSWORD])).toMatchObject(failed(60, 'SERVER_REFUSED'));
  const { documents } = JSON.parse(JSON.stringify(await asked(['operator', 'list'])));
  const { operators } = documents[0];
  expect(operators.filter(({ name }: Person) => name === 'bruno')).toHaveLength(1);
  await signIn({ name: 'bruno', password: NEW_PASSWORD });
  expect(await asked(['operator', 'whoami'])).toMatchObject({
    documents: [{ name: 'bruno', role: 'clerk' }],
  });
});
