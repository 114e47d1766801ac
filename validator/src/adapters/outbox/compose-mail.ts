import type { Result } from '@chiavetta/protocol/bytes';
import { err, ok } from '@chiavetta/protocol/bytes';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { PendingMail } from '../../ports/mail.ts';
import { MAIL_TEXTS, NEVER_ASKED } from './mail-texts.ts';

/** Why a message cannot be composed. */
export type ComposeError =
  | { readonly code: 'unknown_kind'; readonly kind: string }
  | { readonly code: 'missing_field'; readonly field: string }
  | { readonly code: 'bad_address' }
  /** Its secret fields were sealed for another message, or edited. */
  | { readonly code: 'sealed_for_another' };

/** A message as it is delivered: its secret fields are among the others. */
export type OpenedMail = Omit<PendingMail, 'sealed'>;

/** Most characters of an address (RFC 5321 section 4.5.3.1.3). */
const ADDRESS_MAX = 254;

/** One bare address in plain ASCII, without anything that could begin another header or another receiver. */
const BARE_ADDRESS = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/;

/** The bytes of a message as RFC 5322 has them. The same message gives the same bytes. */
export async function composeMail(
  mail: OpenedMail,
  sender: string,
): Promise<Result<Uint8Array, ComposeError>> {
  // A kind comes from a store and may be of another version of this program.
  const text = Object.hasOwn(MAIL_TEXTS, mail.kind) ? MAIL_TEXTS[mail.kind] : undefined;
  if (text === undefined) return err({ code: 'unknown_kind', kind: mail.kind });
  if (mail.to.length > ADDRESS_MAX || !BARE_ADDRESS.test(mail.to)) return err({ code: 'bad_address' });
  const body = fill([...text.lines, '', NEVER_ASKED, ''].join('\n'), mail.fields);
  if (!body.ok) return body;
  const host = sender.slice(sender.lastIndexOf('@') + 1).replace('>', '');
  const composer = new MailComposer({
    from: sender,
    to: { name: '', address: mail.to },
    subject: text.subject,
    text: body.value,
    date: new Date(mail.createdMs),
    messageId: `<${mail.createdMs}.${mail.id}@${host}>`,
    newline: 'windows',
  });
  return ok(new Uint8Array(await composer.compile().build()));
}

/** Puts fields in the places that name them. */
function fill(text: string, fields: PendingMail['fields']): Result<string, ComposeError> {
  let missing: string | undefined;
  const filled = text.replace(/\{(\w+)\}/g, (_place, name: string) => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (value === undefined) missing ??= name;
    return value ?? '';
  });
  return missing === undefined ? ok(filled) : err({ code: 'missing_field', field: missing });
}
