/** Something in the demo is not as the step says. The sentence tells what was expected; it never quotes a secret. */
export class DemoCheckFailed extends Error {
  override readonly name: string = 'DemoCheckFailed';
}

/** Goes on only if what the step promises is so. */
export function check(isSo: boolean, promise: string): asserts isSo {
  if (!isSo) throw new DemoCheckFailed(promise);
}

/** Like `check` for two values; shows both, so neither may be a secret. */
export function checkEqual(found: unknown, expected: unknown, what: string): void {
  const [left, right] = [JSON.stringify(found), JSON.stringify(expected)];
  if (left !== right) throw new DemoCheckFailed(`${what} is ${left}, not ${right}`);
}
