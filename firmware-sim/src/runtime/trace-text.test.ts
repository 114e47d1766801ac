import { describe, expect, it } from 'vitest';
import { benchBank, benchToken } from '../testing/bench-bank.ts';
import { provisionFob } from '../testing/bench-fob.ts';
import { replayTrace } from './replay-trace.ts';
import { readTraceSecretsText, readTraceText } from './trace-text.ts';
import { createVirtualToken } from './virtual-token.ts';

const bank = benchBank();

describe('the text of a trace', () => {
  it('replays after it was written to lines and read again', () => {
    const fob = createVirtualToken({ made: benchToken(bank, { profile: 'fob-totp' }), seed: 'text' });
    provisionFob(fob, bank, { mode: 'totp' });
    fob.press('button');
    fob.battery('low');
    const text = fob.trace().map((line) => `${JSON.stringify(line)}\n`);
    const secrets = Object.entries(fob.traceSecrets()).map(([name, value]) =>
      JSON.stringify({ name, value }),
    );
    const lines = readTraceText(text.join(''));
    const values = readTraceSecretsText(secrets.join('\n'));
    expect(lines).toEqual({ ok: true, value: fob.trace() });
    expect(lines.ok && values.ok && replayTrace(lines.value, values.value)).toMatchObject({ ok: true });
  });

  it.each([
    'nonsense',
    '[]',
    'null',
    '{"v":2,"kind":"fob","profile":"fob-hotp","serial":"1"}',
    '{"step":1,"atMs":0,"event":{"tag":"nothing"},"effects":"","state":"","screen":{"id":"off"}}',
    '{"step":1,"atMs":0,"event":{"tag":"timer","id":1},"effects":"","state":"","screen":{"id":"off"}}',
    '{"step":1,"atMs":0,"event":{"tag":"power.on","nvm":"ff"},"effects":"","state":"","screen":{"id":"off"}}',
  ])('names the line that is none: %s', (line) => {
    const head = '{"v":1,"kind":"fob","profile":"fob-hotp","serial":"1"}';
    expect(readTraceText(`${head}\n\n${line}\n`)).toEqual({
      ok: false,
      error: { code: 'bad_line', lineNumber: 3 },
    });
  });

  it('names the line that is no secret', () => {
    expect(readTraceSecretsText('{"name":"s1","value":"00"}\n{"name":"s2"}')).toEqual({
      ok: false,
      error: { code: 'bad_line', lineNumber: 2 },
    });
  });
});
