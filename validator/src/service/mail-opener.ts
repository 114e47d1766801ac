import { openMail } from '../core/sealed-mail.ts';
import type { PendingMail } from '../ports/mail.ts';
import type { ValidatorPorts } from '../ports/validator-ports.ts';

/** Opens the secret fields of messages at their delivery; `undefined` when they were not sealed for the message. */
export function mailOpener({
  crypto,
  keys,
}: Pick<ValidatorPorts, 'crypto' | 'keys'>): (mail: PendingMail) => Omit<PendingMail, 'sealed'> | undefined {
  return (mail) => openMail({ crypto, keys: { kek: keys.kek.expose() } }, mail);
}
