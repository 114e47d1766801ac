import type { CommandContext } from '../command.ts';
import { Failure } from '../output/failure.ts';

type Asked = Pick<CommandContext, 'input' | 'yes' | 'output'>;

/** What was given, else what a person answers. */
export async function askedText(
  { input }: Asked,
  given: string | undefined,
  question: string,
): Promise<string> {
  return given ?? (await input.text(question));
}

/** Goes on only after a yes: `--yes`, or a person's. */
export async function sureOrStop({ input, yes, output }: Asked, question: string): Promise<void> {
  if (yes || (await input.confirm(question))) return;
  output.note(output.catalogue.texts['common.nothing_done']);
  throw new Failure('INTERRUPTED');
}
