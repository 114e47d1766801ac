/**
 * Whether a device PIN is too easy to guess: all digits equal, steps of +1 or of -1 mod 10 throughout (12345, 89012,
 * 54321, 10987), the shape ababa, or on the profile's list. 120 of the 100,000 five-digit PINs fall without a list.
 *
 * `refused`: further PINs of the token's profile. docs/spec/otc.md §4.
 */
export function isWeakPin(pin: string, refused: readonly string[] = []): boolean {
  const digits = [...pin].map(Number);
  const steps = digits.slice(1).map((digit, index) => (digit - (digits[index] ?? 0) + 10) % 10);
  const isRun = [0, 1, 9].some((step) => steps.every((found) => found === step));
  const isAlternating = digits.every((digit, index) => index < 2 || digit === digits[index - 2]);
  return isRun || isAlternating || refused.includes(pin);
}
