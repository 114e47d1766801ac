import type { PendingMail } from '../ports/mail.ts';
import type { ValidatorPorts } from '../ports/validator-ports.ts';
import { mailOpener } from '../service/mail-opener.ts';

/** What the messages that wait will say, oldest first; those that do not open are left out. */
export async function waitingMails(
  ports: Pick<ValidatorPorts, 'crypto' | 'keys' | 'store'>,
): Promise<readonly Omit<PendingMail, 'sealed'>[]> {
  const open = mailOpener(ports);
  return (await ports.store.outbox.claim(100)).flatMap((mail) => open(mail) ?? []);
}
