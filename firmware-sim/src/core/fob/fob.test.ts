import { hotp, totp } from '@chiavetta/protocol/otp';
import { describe, expect, it } from 'vitest';
import type { VirtualToken } from '../../runtime/virtual-token.ts';
import { createVirtualToken } from '../../runtime/virtual-token.ts';
import { benchBank, benchToken } from '../../testing/bench-bank.ts';
import { provisionFob } from '../../testing/bench-fob.ts';

const bank = benchBank();

function freshFob(profile = 'fob-hotp'): VirtualToken {
  return createVirtualToken({ made: benchToken(bank, { profile }), seed: 'fob test', unixS: 1_800_000_000 });
}

describe('an event-based fob', () => {
  it('shows nothing and says so before a seed was provisioned', () => {
    const fob = freshFob();
    expect(fob.screen().id).toBe('fob.dark');
    expect(fob.press('button').screen.id).toBe('fob.no-seed');
  });

  it('shows the codes of the seed that both ends derived, one for each press', () => {
    const fob = freshFob();
    const secret = provisionFob(fob, bank);
    for (let counter = 0n; counter < 5n; counter += 1n) {
      expect(fob.press('button').screen).toEqual({
        id: 'fob.code',
        fields: { code: hotp({ secret, counter }) },
      });
      expect(fob.press('button').screen.id).toBe('fob.dark');
    }
  });

  it('clears a shown code with the next press and moves no counter with it', () => {
    const fob = freshFob();
    const secret = provisionFob(fob, bank);
    fob.press('button');
    fob.press('button');
    expect(fob.press('button').screen.fields['code']).toBe(hotp({ secret, counter: 1n }));
  });

  it('turns itself off after 31 seconds, even while the button is stuck', () => {
    const fob = freshFob();
    provisionFob(fob, bank);
    fob.press('button');
    expect(fob.advance(30_800).screen.id).toBe('fob.code');
    expect(fob.advance(200).screen.id).toBe('fob.dark');
    const stuck = fob.press('button', { holdMs: 60_000 });
    expect(stuck.screen.id).toBe('fob.dark');
  });

  it('opens the information menu after six seconds and moves no counter with it', () => {
    const fob = freshFob();
    const secret = provisionFob(fob, bank);
    fob.press('button');
    fob.press('button');
    const menu = fob.press('button', { holdMs: 6_000 }).screen;
    expect(menu).toMatchObject({
      id: 'fob.menu',
      fields: { serial: '000000004711', battery: 'good', counter: '1' },
    });
    expect(fob.press('button').screen.id).toBe('fob.dark');
    expect(fob.press('button').screen.fields['code']).toBe(hotp({ secret, counter: 1n }));
  });

  it('does not open the menu just before six seconds', () => {
    const fob = freshFob();
    provisionFob(fob, bank);
    expect(fob.press('button', { holdMs: 5_999 }).screen.id).toBe('fob.code');
  });

  it('warns of a low battery beside the code and shows none when a write would not succeed', () => {
    const fob = freshFob();
    const secret = provisionFob(fob, bank);
    fob.battery('low');
    expect(fob.press('button').screen.fields).toEqual({
      code: hotp({ secret, counter: 0n }),
      battery: 'low',
    });
    fob.press('button');
    fob.battery('brownout');
    expect(fob.press('button').screen.id).toBe('fob.battery-empty');
    fob.press('button');
    fob.battery('good');
    expect(fob.press('button').screen.fields['code']).toBe(hotp({ secret, counter: 1n }));
  });

  it('keeps its counter over a change of battery', () => {
    const fob = freshFob();
    const secret = provisionFob(fob, bank);
    fob.press('button');
    fob.power('battery');
    expect(fob.screen().id).toBe('fob.dark');
    expect(fob.press('button').screen.fields['code']).toBe(hotp({ secret, counter: 1n }));
  });

  it('shows a fault and no code when its records belong to another element', () => {
    const made = benchToken(bank);
    const fob = createVirtualToken({ made: { ...made, elementKey: new Uint8Array(32) }, seed: 'clone' });
    expect(fob.screen().id).toBe('fob.fault');
    expect(fob.press('button').screen.id).toBe('fob.fault');
  });
});

describe('a time-based fob', () => {
  it('shows the same code within a step and the next one in the next', () => {
    const fob = freshFob('fob-totp');
    const secret = provisionFob(fob, bank, { mode: 'totp' });
    const startS = 1_800_000_000;
    const first = fob.press('button');
    expect(first.screen.fields['code']).toBe(totp({ secret, timeS: startS + first.nowMs / 1_000 }));
    fob.press('button');
    expect(fob.press('button').screen.fields['code']).toBe(first.screen.fields['code']);
    fob.press('button');
    fob.advance(30_000);
    const next = fob.press('button');
    expect(next.screen.fields['code']).toBe(totp({ secret, timeS: startS + next.nowMs / 1_000 }));
    expect(next.screen.fields['code']).not.toBe(first.screen.fields['code']);
  });

  it('drifts by about two minutes in a year', () => {
    const fob = freshFob('fob-totp');
    fob.advance(365 * 86_400_000);
    const menu = fob.press('button', { holdMs: 6_000 }).screen;
    expect(menu.fields['clockS']).toBe(1_800_000_000 + 365 * 86_400 + 6 + 119);
  });

  it('refuses a seed for the other kind of fob', () => {
    const fob = freshFob('fob-totp');
    expect(() => provisionFob(fob, bank, { mode: 'hotp' })).toThrow('a healthy fob gets ready');
    expect(fob.press('button').screen.id).toBe('fob.no-seed');
  });
});
