import { describe, expect, test } from 'vitest';
import { en } from '../i18n/en.ts';
import { Failure } from './failure.ts';
import { createOutput } from './output.ts';
import { printable } from './printable.ts';

/** What an evil device could call itself: it clears the screen, sets the window's title, and turns the text around. */
const EVIL = 'Anna\u001b[2J\u001b]0;bank\u0007\r\n\u009b1A\u202Eoigen\u2066\u200B\uFEFF\u2028Rossi';

/** The code points that a terminal obeys instead of showing, by number and not by Unicode class. */
const OBEYED: readonly (readonly [first: number, last: number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x061c, 0x061c],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x2064],
  [0x2066, 0x206f],
  [0xfeff, 0xfeff],
  [0xe0020, 0xe007f],
];

describe('text from outside', () => {
  test('never brings a control, an escape or a mark that reorders or hides text to the terminal', () => {
    const passed: string[] = [];
    let asked = 0;
    for (const [first, last] of OBEYED) {
      for (let point = first; point <= last; point += 1) {
        asked += 1;
        if (printable(String.fromCodePoint(point)) !== '\u{FFFD}') passed.push(point.toString(16));
      }
    }
    expect(passed).toEqual([]);
    expect(asked).toBeGreaterThan(180);
  });

  test('keeps what people write', () => {
    const names = 'Łucja Nuñez-D’Amico, Žofie, 山田 太郎, 🔑 +39 02 = @ -';
    expect(printable(names)).toBe(names);
  });

  test('is one line of its own in an answer, a note and a failure, whatever is in it', () => {
    const written: string[] = [];
    const stream = { write: (text: string) => written.push(text) };
    const output = createOutput({
      json: false,
      quiet: false,
      catalogue: en,
      streams: { data: stream, words: stream },
    });
    output.line(EVIL);
    output.note(EVIL);
    output.failure(new Failure('PORT_BUSY', { path: EVIL, holder: EVIL }));
    expect(written).toHaveLength(3);
    const [line = '', note = '', failure = ''] = written;
    for (const text of [line, note]) expect(text).toMatch(/^Anna[^\p{Cc}\p{Cf}]*Rossi\n$/u);
    // Its own three sentences are on three lines; the values in them are on none.
    expect(failure.split('\n')).toHaveLength(4);
    expect(failure.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
