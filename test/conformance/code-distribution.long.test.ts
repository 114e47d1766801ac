import { expect, test } from 'vitest';
import { codeDistributions } from './code-distribution.ts';

test.each([
  [6, 1_000_000],
  [6, 10_000_000],
  [10, 1_000_000],
] as const)('codes of %i digits fill all thousands evenly, %i of them', (digits, codeCount) => {
  for (const { chiSquare, low, high } of codeDistributions(digits, codeCount)) {
    console.log(digits, codeCount, chiSquare, low, high);
    expect(chiSquare).toBeGreaterThan(low);
    expect(chiSquare).toBeLessThan(high);
  }
});
