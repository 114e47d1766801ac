import { expect, test } from 'vitest';
import { typedSerial } from './typed-serial.ts';

test('reads a serial however it is typed, and writes it as the bank does', () => {
  for (const text of ['1042', '000000001042', '0000 0000 1042', '0000-0000-1042']) {
    expect(typedSerial(text)).toBe('000000001042');
  }
});

test('takes nothing else for a serial', () => {
  for (const text of ['', '0', 'x', '1042x', '1'.repeat(13), '-', '000000000000']) {
    expect(() => typedSerial(text)).toThrowError(expect.objectContaining({ id: 'USAGE' }));
  }
});
