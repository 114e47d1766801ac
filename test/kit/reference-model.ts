/** What a validator has to remember of an event-based fob: the lowest counter whose code may still open a session. */
export type ReferenceModel = { readonly next: number };

/** Before the first code. */
export const FRESH_MODEL: ReferenceModel = { next: 0 };

/**
 * The whole reference: which counter explains a session, given the codes that the fob shows from counter 0 on. A used
 * or older counter explains none. Two counters may show the same digits, so the lowest one that explains it is taken;
 * it leaves the validator the most room. `undefined`: nothing that is still unused explains this session.
 */
export function explain(
  { next }: ReferenceModel,
  typed: { readonly code: string; readonly nextCode?: string },
  codes: readonly string[],
): ReferenceModel | undefined {
  for (let counter = next; counter < codes.length; counter += 1) {
    if (codes[counter] !== typed.code) continue;
    if (typed.nextCode === undefined) return { next: counter + 1 };
    if (codes[counter + 1] === typed.nextCode) return { next: counter + 2 };
  }
  return undefined;
}
