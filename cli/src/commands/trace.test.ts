import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAnchor, makeMaker, makeToken } from '@chiavetta/firmware-sim/factory';
import { createVirtualToken } from '@chiavetta/firmware-sim/runtime';
import { parseSerial } from '@chiavetta/protocol/keys';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CommandArgs, CommandContext } from '../command.ts';
import { homeFrom } from '../home.ts';
import { CATALOGUES } from '../i18n/languages.ts';
import { createInput } from '../input/input.ts';
import { createOutput } from '../output/output.ts';
import { traceCommands } from './trace.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chiavetta-trace-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A fob whose button is pressed again and again, longer than a turn of the replay. */
function longTrace(): string {
  const seed = nobleCrypto.sha256(new Uint8Array([1]));
  const serial = parseSerial('000000000042');
  if (!serial.ok) throw new Error('the serial is one');
  const maker = makeMaker(seed, { issuedS: 1_795_000_000 });
  const { publicKey: anchorPublicKey } = makeAnchor(seed);
  const made = makeToken({ maker, anchorPublicKey, kind: 'fob', serial: serial.value, entropy: seed });
  const token = createVirtualToken({ made, seed: 'long' });
  while (token.settled().step < 400) token.press('button');
  const path = join(folder, 'long.ndjson');
  writeFileSync(
    path,
    token
      .trace()
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
  );
  const secrets = Object.entries(token.traceSecrets()).map(([name, value]) =>
    JSON.stringify({ name, value }),
  );
  writeFileSync(`${path}.secrets`, secrets.join('\n'));
  return path;
}

async function replay(path: string, signal: AbortSignal): Promise<string> {
  const said: string[] = [];
  const streams = { data: { write: (text: string) => said.push(text) }, words: { write: () => undefined } };
  const output = createOutput({ json: false, quiet: false, catalogue: CATALOGUES.en, streams });
  const { stdin, stderr } = process;
  const context: CommandContext = {
    output,
    input: createInput({ stdin, words: stderr, fromLines: false, signal }),
    home: homeFrom({ CHIAVETTA_HOME: folder }),
    settings: { file: { path: '', exists: false }, values: {} },
    signal,
    env: {},
    yes: false,
    terminal: undefined,
  };
  const args: CommandArgs = {
    text: () => path,
    optional: () => undefined,
    many: () => [],
    flag: () => false,
    whole: () => undefined,
  };
  const [spec] = traceCommands;
  await spec?.run(context, args);
  return said.join('');
}

test('a long trace is replayed to its end', async () => {
  expect(await replay(longTrace(), new AbortController().signal)).toMatch(/4\d\d/u);
});

test('a long trace is stopped in the middle, as by Ctrl-C', async () => {
  const path = longTrace();
  // Loaded before, so that the first pause is one within the replay.
  await replay(path, new AbortController().signal);
  const stop = new AbortController();
  let turns = 0;
  const tick = (): void => {
    turns += 1;
    if (turns < 3) setImmediate(tick);
    else stop.abort();
  };
  setImmediate(tick);
  await expect(replay(path, stop.signal)).rejects.toMatchObject({ id: 'INTERRUPTED' });
});
