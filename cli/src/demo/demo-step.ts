import type { DemoStepId } from '../i18n/en/demo-titles.ts';
import type { Stage } from './stage/stage.ts';

/** One step of the main job, as data: what it shows, what has to be there before it, and what it does and checks. */
export type DemoStep = {
  readonly id: DemoStepId;
  /** Sentences of docs/spec/systems.md that it carries out and checks. */
  readonly sentences: readonly string[];
  /** Steps that leave behind what this one works with. */
  readonly needs: readonly DemoStepId[];
  /** Does it with the real parts; throws when anything is not as the sentences say. */
  readonly run: (stage: Stage) => Promise<void>;
};
