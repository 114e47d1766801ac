/** What choosing steps looks at. */
type Choosable = {
  readonly id: string;
  readonly sentences: readonly string[];
  readonly needs: readonly string[];
};

/**
 * The steps to run, in order: those that `only` names and everything that they need. It names a step (`fob-bind`), a
 * sentence (`S1.4`) or a whole system (`S2`). Empty when it names nothing.
 */
export function selectSteps<Step extends Choosable>(
  steps: readonly Step[],
  only: string | undefined,
): readonly Step[] {
  if (only === undefined) return steps;
  const wanted = new Set<string>();
  const add = (step: Step): void => {
    if (wanted.has(step.id)) return;
    wanted.add(step.id);
    for (const id of step.needs) steps.filter((one) => one.id === id).forEach(add);
  };
  steps.filter((step) => isNamed(step, only)).forEach(add);
  return steps.filter((step) => wanted.has(step.id));
}

function isNamed(step: Choosable, only: string): boolean {
  const name = only.toLowerCase();
  return (
    step.id === name ||
    step.sentences.some((sentence) => {
      const lower = sentence.toLowerCase();
      return lower === name || lower.startsWith(`${name}.`);
    })
  );
}
