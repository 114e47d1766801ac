import type { CommandContext } from '../command.ts';
import { fill } from '../i18n/fill.ts';
import { Failure, usageFailure } from '../output/failure.ts';
import type { PortalApi } from './portal-api.ts';
import type { SignedIn } from './sign-in.ts';

/**
 * Asks for a new PIN twice and changes it. At a terminal a PIN that is not taken is chosen again, as often as needed; a
 * script hears of it at once. The lines of `--stdin`: the new PIN, the new PIN again.
 *
 * @throws Failure with the portal's reason, USAGE when the two differ or are no PIN
 */
export async function chooseNewPin(
  context: CommandContext,
  api: PortalApi,
  { sessionToken, pin }: SignedIn,
): Promise<void> {
  const { input, output } = context;
  const { texts } = output.catalogue;
  for (;;) {
    try {
      const newPin = await askedPin(context);
      await api.changePin(sessionToken, { oldPin: pin, newPin });
      output.event({ type: 'pin-changed' });
      output.line(texts['portal.pin_changed']);
      return;
    } catch (error) {
      if (!input.interactive || !(error instanceof Failure) || !ASK_AGAIN.includes(error.id)) throw error;
      output.note(reasonOf(error));
    }
  }
}

/**
 * The choice that the first visit asks for. Whoever leaves without one hears what is true: what was done, and that the
 * mailed PIN stands.
 *
 * @throws Failure NO_NEW_PIN where no PIN was taken; others where that is not certain
 */
export async function chooseFirstPin(
  context: CommandContext,
  api: PortalApi,
  session: SignedIn,
): Promise<void> {
  const { texts } = context.output.catalogue;
  try {
    await chooseNewPin(context, api, session);
  } catch (error) {
    const done = texts[session.paired ? 'portal.paired' : 'portal.code_taken'];
    if (error instanceof Failure) throw withoutPin(context, error, done);
    // A person stopped the dialogue: the exit status says only that.
    const { what, safe, next } = context.output.catalogue.failures.NO_NEW_PIN;
    const fields = { done, reason: texts['portal.stopped'] };
    for (const sentence of [what, safe, next]) context.output.note(fill(sentence, fields));
    throw error;
  }
}

async function askedPin({ input, output }: CommandContext): Promise<string> {
  const { texts } = output.catalogue;
  const newPin = await input.secret(texts['portal.new_pin']);
  if (!/^[0-9]{5,8}$/u.test(newPin)) throw usageFailure(texts['portal.pin_form']);
  const again = await input.secret(texts['portal.new_pin_again']);
  if (newPin !== again) throw usageFailure(texts['portal.pins_differ']);
  return newPin;
}

function withoutPin({ output }: CommandContext, cause: Failure, done: string): Failure {
  const { texts } = output.catalogue;
  if (ASK_AGAIN.includes(cause.id))
    return new Failure('NO_NEW_PIN', { done, reason: reasonOf(cause) }, { cause });
  if (cause.id === 'NOT_A_TERMINAL') {
    return new Failure('NO_NEW_PIN', { done, reason: texts['portal.no_answer'] }, { cause });
  }
  if (cause.id === 'SIGN_IN' || cause.id === 'REFUSED') {
    return new Failure('NO_NEW_PIN', { done, reason: texts['portal.visit_over'] }, { cause });
  }
  return cause;
}

function reasonOf({ fields }: Failure): string {
  return String(fields['reason'] ?? fields['sentence']);
}

const ASK_AGAIN: readonly string[] = ['USAGE', 'PIN_REFUSED', 'SERVER_REFUSED'];
