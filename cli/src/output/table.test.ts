import { expect, test } from 'vitest';
import { nameValueLines, table } from './table.ts';

test('columns are as wide as their widest cell and no line ends in blanks', () => {
  expect(
    table([
      ['name', 'role'],
      ['anna', 'supervisor'],
      ['b\u{1F511}', 'x'],
    ]),
  ).toEqual(['name  role', 'anna  supervisor', 'b\u{1F511}    x']);
});

test('a value that is missing leaves no line', () => {
  expect(
    nameValueLines([
      ['serial', '1'],
      ['kind', undefined],
      ['note', ''],
      ['left', 0],
    ]),
  ).toEqual(['serial  1', 'left    0']);
});
