import type { CommandContext } from '../command.ts';
import { Failure, usageFailure } from '../output/failure.ts';
import type { PortalApi } from './portal-api.ts';
import type { SignedIn } from './sign-in.ts';

const TRIES_MAX = 3;

/**
 * Asks for a new PIN twice and changes it. At a terminal a PIN that is not taken may be chosen again; a script hears
 * of it at once. The lines of `--stdin`: the new PIN, the new PIN again.
 *
 * @throws Failure with the portal's reason, USAGE when the two differ
 */
export async function chooseNewPin(
  context: CommandContext,
  api: PortalApi,
  { sessionToken, pin }: SignedIn,
): Promise<void> {
  const { input, output } = context;
  const { texts } = output.catalogue;
  for (let tries = 1; ; tries += 1) {
    const newPin = await input.secret(texts['portal.new_pin']);
    const again = await input.secret(texts['portal.new_pin_again']);
    const isLast = !input.interactive || tries === TRIES_MAX;
    try {
      if (newPin !== again) throw usageFailure(texts['portal.pins_differ']);
      await api.changePin(sessionToken, { oldPin: pin, newPin });
      output.event({ type: 'pin-changed' });
      output.line(texts['portal.pin_changed']);
      return;
    } catch (error) {
      if (isLast || !(error instanceof Failure) || !ASK_AGAIN.includes(error.id)) throw error;
      output.note(String(error.fields['reason'] ?? error.fields['sentence']));
    }
  }
}

const ASK_AGAIN: readonly string[] = ['USAGE', 'PIN_REFUSED', 'SERVER_REFUSED'];
