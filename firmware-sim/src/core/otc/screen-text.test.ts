import { describe, expect, it } from 'vitest';
import { OTC_DISPLAY, OTC_SCREEN_IDS, otcScreenText } from './screen-text.ts';

const FIELDS = {
  code: '1234567890',
  label: 'M'.repeat(16),
  text: 'W'.repeat(24),
  serial: '999999999999',
  operation: 'bind',
  customer: 'W'.repeat(24),
  firmware: '10.10.10',
  battery: 'brownout',
  slots: 8,
  left: 4,
  typed: 5,
  reason: 'unlock',
  lockCode: '12345678',
};

describe('the words of an OTC screen', () => {
  it('fit the display, each line and all of them, whatever the fields', () => {
    for (const id of OTC_SCREEN_IDS) {
      const lines = otcScreenText({ id, fields: FIELDS });
      expect(lines?.length, id).toBeLessThanOrEqual(OTC_DISPLAY.lines);
      for (const line of lines ?? []) expect(line.length, `${id}: ${line}`).toBeLessThanOrEqual(20);
    }
  });

  it('differ for each screen that refuses a picture', () => {
    const refusals = OTC_SCREEN_IDS.filter((id) => id.startsWith('otc.picture.'));
    const texts = new Set(refusals.map((id) => otcScreenText({ id, fields: {} })?.join('\n')));
    expect(refusals.length).toBeGreaterThan(12);
    expect(texts.size).toBe(refusals.length);
  });

  it('show the 10 digits as 3-3-4, a lock code as 4-4 and the tries that are left', () => {
    expect(otcScreenText({ id: 'otc.pair.code', fields: FIELDS })?.[1]).toBe('123 456 7890');
    expect(otcScreenText({ id: 'otc.blocked', fields: FIELDS })?.[2]).toBe('1234 5678');
    expect(otcScreenText({ id: 'otc.pin.wrong', fields: FIELDS })?.[0]).toBe('WRONG PIN - 4 LEFT');
  });

  it('are not known for the screen of another device', () => {
    expect(otcScreenText({ id: 'fob.code', fields: {} })).toBeUndefined();
  });
});
