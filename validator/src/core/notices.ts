import type { Mail, MailKind } from '../ports/mail.ts';
import type { CustomerRecord } from './customer-record.ts';
import type { Decider } from './decision.ts';

/** The same notice to the customer and to the company contact, if there is one. Never a PIN or a code in `fields`. */
export function noticeMails(
  customer: CustomerRecord,
  notice: { readonly kind: MailKind; readonly fields?: Readonly<Record<string, string>> },
): readonly Mail[] {
  const { kind } = notice;
  const fields = { name: customer.name, ...notice.fields };
  const receivers = [customer.email, ...(customer.referente === undefined ? [] : [customer.referente])];
  return receivers.map((to) => ({ to, kind, fields }));
}

/** A notice of a block that nobody of the staff made: the bank itself is told too. */
export function blockMails(
  { bankMail }: Pick<Decider, 'bankMail'>,
  customer: CustomerRecord,
  notice: { readonly kind: MailKind; readonly fields?: Readonly<Record<string, string>> },
): readonly Mail[] {
  const fields = { name: customer.name, ...notice.fields };
  return [...noticeMails(customer, notice), ...bankMails(bankMail, { kind: notice.kind, fields })];
}

/** What the bank itself is told of a block or a replacement, where it wants to be told. */
export function bankMails(bankMail: string | undefined, notice: Omit<Mail, 'to'>): readonly Mail[] {
  if (bankMail === undefined) return [];
  const { name = '', serial = 'all', reason = '-' } = notice.fields;
  const what = notice.kind.replace('-', ' ');
  const fields = { what, name: name === '' ? '-' : name, serial, reason };
  return [{ to: bankMail, kind: 'bank-notice', fields }];
}
