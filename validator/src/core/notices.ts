import type { Mail, MailKind } from '../ports/mail.ts';
import type { CustomerRecord } from './customer-record.ts';

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
