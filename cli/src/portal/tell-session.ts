import type { CommandContext } from '../command.ts';
import { fill } from '../i18n/fill.ts';
import type { PortalSession } from './portal-api.ts';
import type { SignedIn } from './sign-in.ts';

/** Says that the customer is in, and as whom. The session token is told nobody. */
export function tellSession(
  { output }: CommandContext,
  { paired }: SignedIn,
  { customerId, account, serials }: PortalSession,
): void {
  const { texts } = output.catalogue;
  output.event({ type: 'session', customerId, account, serials });
  if (paired) output.line(texts['portal.paired']);
  output.line(fill(texts['portal.signed_in'], { account, serials: serials.join(', ') }));
}
