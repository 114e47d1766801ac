import { expect, test } from 'vitest';
import { durationMs } from './duration.ts';
import { ORDER_USAGES, readOrderLine } from './order-line.ts';
import { paceFactor } from './pace.ts';
import { checkedTokenName } from './token-name.ts';

const orderOf = (line: string): unknown => {
  const read = readOrderLine(line);
  return read.tag === 'order' ? read.order : read.tag;
};

test('reads each order as a person types it', () => {
  expect(orderOf('press ok')).toEqual({ method: 'press', params: { key: 'ok' } });
  expect(orderOf('press')).toEqual({ method: 'press', params: {} });
  expect(orderOf('press power 2500')).toEqual({ method: 'press', params: { key: 'power', holdMs: 2_500 } });
  expect(orderOf('  press   power  3s ')).toEqual({
    method: 'press',
    params: { key: 'power', holdMs: 3_000 },
  });
  expect(orderOf('type 12345')).toEqual({ method: 'type', params: { digits: '12345' } });
  expect(orderOf('scan /tmp/a picture.png')).toEqual({
    method: 'scan',
    params: { path: '/tmp/a picture.png' },
  });
  expect(orderOf('advance 30s')).toEqual({ method: 'advance', params: { ms: 30_000 } });
  expect(orderOf('power cut')).toEqual({ method: 'power', params: { what: 'cut' } });
  expect(orderOf('battery low')).toEqual({ method: 'battery', params: { level: 'low' } });
  for (const method of ['screen', 'unplug', 'plug']) expect(orderOf(method)).toEqual({ method, params: {} });
  expect([orderOf('quit'), orderOf('help'), orderOf(''), orderOf('type')]).toEqual([
    'quit',
    'help',
    'empty',
    'ask_digits',
  ]);
});

test('makes the path of a picture independent of the folder that the token runs in', () => {
  expect(orderOf('scan picture.png')).toEqual({
    method: 'scan',
    params: { path: `${process.cwd()}/picture.png` },
  });
});

test('never repeats a line that it does not understand: it may hold a PIN', () => {
  for (const line of [
    'tipe 13579',
    'type 13579 x',
    'type 1357a',
    'press ok 13579x',
    'power 13579',
    '13579',
  ]) {
    const read = readOrderLine(line);
    expect(read.tag).toBe('wrong');
    expect(JSON.stringify(read)).not.toContain('1357');
  }
});

test('has a usage line for every order, and says in a sentence what is allowed when the order is wrong', () => {
  for (const [verb, usage] of Object.entries(ORDER_USAGES)) {
    expect(usage.startsWith(verb)).toBe(true);
    if (verb === 'quit' || verb === 'scan') continue;
    const allowed = expect.stringMatching(new RegExp(`\\b${verb}\\b.*\\.$`, 'u'));
    expect(readOrderLine(`${verb} a b c d`)).toEqual({ tag: 'wrong', allowed });
  }
  expect(readOrderLine('power foo')).toEqual({
    tag: 'wrong',
    allowed: 'The power can be on, off, cut or battery.',
  });
  expect(readOrderLine('toString')).toMatchObject({
    allowed: expect.stringMatching(/^The orders are: press/u),
  });
});

test('reads times with their units and refuses everything else', () => {
  const known = {
    '30s': 30_000,
    '500ms': 500,
    '2m': 120_000,
    '1h': 3_600_000,
    '7d': 604_800_000,
    '250': 250,
  };
  for (const [text, ms] of Object.entries(known)) expect(durationMs(text)).toBe(ms);
  for (const text of ['', 's', '-1s', '1.5s', '1 s', '1y', '1e3', '9'.repeat(13)]) {
    expect(durationMs(text)).toBeUndefined();
  }
});

test('reads a pace, and says the bounds otherwise', () => {
  expect([paceFactor('real'), paceFactor('frozen'), paceFactor('x10'), paceFactor('x0.5')]).toEqual([
    1, 0, 10, 0.5,
  ]);
  for (const text of ['x0', 'x', '10', 'x10001', 'fast', 'x-1']) {
    expect(() => paceFactor(text)).toThrowError(expect.objectContaining({ id: 'USAGE' }));
  }
});

test('takes no name that leaves the folder of the tokens', () => {
  for (const name of ['a', 'my-token_2.x', 'A'.repeat(32)]) expect(checkedTokenName(name)).toBe(name);
  for (const name of ['', '.', '..', '../x', 'a/b', '.hidden', '_maker', 'a b', 'ä', 'A'.repeat(33)]) {
    expect(() => checkedTokenName(name)).toThrowError(expect.objectContaining({ id: 'USAGE' }));
  }
});
