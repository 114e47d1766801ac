import { programAtHome } from './chiavetta-program.ts';

/** A step as `demo --list --json` tells it. */
export type ListedStep = {
  readonly id: string;
  readonly sentences: readonly string[];
  readonly needs: readonly string[];
  readonly title: string;
};

/** The steps of the demo, asked of the program itself. */
export async function demoListed(): Promise<readonly ListedStep[]> {
  const at = programAtHome();
  try {
    const { stdout } = await at.run(['demo', '--list', '--json']);
    const { steps }: { readonly steps: readonly ListedStep[] } = JSON.parse(stdout);
    return steps;
  } finally {
    await at.close();
  }
}
