import type { Layout, Result } from '../bytes/index.ts';
import { err, fieldBytes, fieldText, fieldU8, fieldU32, isLayoutText, layout, ok } from '../bytes/index.ts';
import type { OpenError } from './open-error.ts';
import { isPadded, padPlaintext } from './padding.ts';

/** What a LOGIN picture says under its seal. */
export type LoginContent = {
  /** 8 bytes: the portal session; the code is accepted in no other. */
  readonly session: Uint8Array;
  /** Unix seconds, for showing only. */
  readonly timeS: number;
  /** Flags bit 0: the previous code of this generation was accepted. A token in masked mode refills its tries. */
  readonly previousAccepted: boolean;
  /** Where the login is from, at most 24 printable ASCII characters. */
  readonly text: string;
};

/** Characters of the text of a LOGIN. */
export const LOGIN_TEXT_BYTES_MAX = 24;
const PREVIOUS_ACCEPTED_BIT = 0x01;

/** The columns of a LOGIN content. */
export type LoginFields = Omit<LoginContent, 'previousAccepted'> & { readonly flags: number };

/** The sealed part of a LOGIN without its pad, 38 bytes. */
export const loginLayout: Layout<LoginFields> = layout('LOGIN content', {
  session: fieldBytes(8),
  timeS: fieldU32,
  flags: fieldU8,
  text: fieldText(LOGIN_TEXT_BYTES_MAX),
});

/** The sealed part of a LOGIN with its pad, or the field that cannot be sent. docs/spec/otc.md §4. */
export function encodeLoginContent(content: LoginContent): Result<Uint8Array, OpenError> {
  if (!isLayoutText(content.text, LOGIN_TEXT_BYTES_MAX)) return err({ code: 'bad_field', field: 'text' });
  const { previousAccepted, ...fields } = content;
  const flags = previousAccepted ? PREVIOUS_ACCEPTED_BIT : 0;
  return ok(padPlaintext(loginLayout.encode({ ...fields, flags })));
}

/** Reads the sealed part of a LOGIN. Total. */
export function decodeLoginContent(plaintext: Uint8Array): Result<LoginContent, OpenError> {
  if (plaintext.length < loginLayout.byteCount) return err({ code: 'bad_field', field: 'length' });
  const fields = loginLayout.decode(plaintext.subarray(0, loginLayout.byteCount));
  if (!fields.ok) {
    return err({
      code: 'bad_field',
      field: fields.error.code === 'bad_field' ? fields.error.field : 'length',
    });
  }
  const { flags, ...rest } = fields.value;
  if ((flags & ~PREVIOUS_ACCEPTED_BIT) !== 0) return err({ code: 'reserved_bits', field: 'flags' });
  if (!isPadded(plaintext, loginLayout.byteCount)) return err({ code: 'bad_padding' });
  return ok({ ...rest, previousAccepted: (flags & PREVIOUS_ACCEPTED_BIT) !== 0 });
}
