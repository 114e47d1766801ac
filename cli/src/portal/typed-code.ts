import type { CommandContext } from '../command.ts';
import type { TextKey } from '../i18n/catalogue.ts';
import { fill } from '../i18n/fill.ts';
import { usageFailure } from '../output/failure.ts';
import type { PortalChallenge } from './portal-api.ts';

/**
 * Asks for a code. One that no token shows (letters, too few or too many digits) is never sent, because it would cost a
 * try: a person is asked again, a script hears of it. Blanks and hyphens are left to whoever types.
 *
 * @throws Failure USAGE where nobody can be asked again
 */
export async function askCode(
  { input, output }: Pick<CommandContext, 'input' | 'output'>,
  kind: PortalChallenge['kind'],
  question: TextKey,
): Promise<string> {
  const { texts } = output.catalogue;
  const digits = kind === 'pair1' ? FIRST_PAIRING_DIGITS : CODE_DIGITS;
  for (;;) {
    const code = (await input.secret(texts[question])).replace(/[\s\p{Dash}]/gu, '');
    if (code.length === digits && /^[0-9]+$/u.test(code)) return code;
    const sentence = fill(texts['portal.code_form'], { digits });
    if (!input.interactive) throw usageFailure(sentence);
    output.note(sentence);
  }
}

const CODE_DIGITS = 6;
/** The first code of a pairing proves more than a login does (docs/spec/otc.md). */
const FIRST_PAIRING_DIGITS = 10;
