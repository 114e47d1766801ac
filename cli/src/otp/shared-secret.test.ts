import { asciiBytes } from '@chiavetta/protocol/bytes';
import { expect, test } from 'vitest';
import { sharedSecret } from './shared-secret.ts';

const RFC_4226_KEY = asciiBytes('12345678901234567890');

test('reads the key of RFC 4226 however people write it', () => {
  for (const text of [
    'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    'gezd gnbv gy3t qojq gezd gnbv gy3t qojq',
    'GEZDGNBV-GY3TQOJQ-GEZDGNBV-GY3TQOJQ',
  ]) {
    expect(sharedSecret(text, 'base32')).toEqual(RFC_4226_KEY);
  }
  expect(sharedSecret('3132333435363738393031323334353637383930', 'hex')).toEqual(RFC_4226_KEY);
  expect(sharedSecret('MZXW6YQ=', 'base32')).toEqual(asciiBytes('foob'));
  expect(sharedSecret('MZXW6YQ', 'base32')).toEqual(asciiBytes('foob'));
});

test('refuses what is no secret without repeating it', () => {
  for (const [text, encoding] of [
    ['', 'base32'],
    ['not8base1', 'base32'],
    ['xyz', 'hex'],
    ['abc', 'hex'],
  ] as const) {
    try {
      sharedSecret(text, encoding);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ id: 'USAGE' });
      if (text !== '') expect(JSON.stringify(error)).not.toContain(text);
    }
  }
});
