/** A bug of ours was found: an invariant that the code states does not hold. Never caught to carry on. */
export class InvariantError extends Error {
  override readonly name: string = 'InvariantError';
}

/**
 * States an invariant, said positively.
 *
 * @throws InvariantError when the condition is false. Never used on input from outside: that gets a `Result`.
 */
export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new InvariantError(`Invariant broken: ${invariant}`);
}

/** Makes a forgotten variant of a union a compile error. The value itself is not printed: it may hold a secret. */
export function assertNever(_value: never): never {
  throw new InvariantError('Invariant broken: every variant of the union is handled');
}
