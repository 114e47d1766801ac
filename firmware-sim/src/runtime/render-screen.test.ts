import { describe, expect, it } from 'vitest';
import { benchBank, benchToken } from '../testing/bench-bank.ts';
import { createVirtualToken, renderScreenText } from './index.ts';

describe('a screen as text', () => {
  it('is a line for the code and one for the icons of a fob', () => {
    expect(renderScreenText({ id: 'fob.code', fields: { code: '012345', battery: 'low' } })).toEqual([
      '012345',
      '[battery low]',
    ]);
    expect(renderScreenText({ id: 'fob.dark', fields: {} })).toEqual([]);
  });

  it('shows the information menu in lines of eight characters', () => {
    const fob = createVirtualToken({ made: benchToken(benchBank()), seed: 'menu' });
    const { screen } = fob.press('button', { holdMs: 6_500 });
    expect(renderScreenText(screen)).toEqual(['000000', '004711', 'C000000', 'E 01.36', 'BAT OK']);
  });

  it('tells date and time in UTC as the calendar does, over leap years and ends of months', () => {
    for (let unixS = 0; unixS < 4_294_967_296; unixS += 7_654_321) {
      const date = new Date(unixS * 1_000).toISOString();
      const lines = renderScreenText({ id: 'fob.menu', fields: { clockS: unixS, expiresS: unixS } });
      expect(lines[2]).toBe(`T ${date.slice(11, 16)}`);
      expect(lines[3]).toBe(`E ${date.slice(5, 7)}.${date.slice(2, 4)}`);
    }
  });

  it('says what an OTC token shows in at most four lines of twenty characters', () => {
    const otc = createVirtualToken({ made: benchToken(benchBank(), { kind: 'otc' }), seed: 'otc' });
    expect(renderScreenText(otc.screen())).toEqual([]);
    const lines = renderScreenText(otc.press('power').screen);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(4);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(20);
  });
});
