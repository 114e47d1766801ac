import { expect, test } from 'vitest';
import { codeDistributions } from './code-distribution.ts';

test.each([6, 10] as const)('100,000 codes of %i digits fill all thousands evenly', (digits) => {
  for (const { chiSquare, low, high } of codeDistributions(digits, 100_000)) {
    expect(chiSquare).toBeGreaterThan(low);
    expect(chiSquare).toBeLessThan(high);
  }
});
