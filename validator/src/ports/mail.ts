/** Every message that the validator sends to a customer, and the one that the bank gets itself; the outbox adapter has the text of each. */
export const MAIL_KINDS = [
  'user-code',
  'initial-pin',
  'new-pin',
  'pin-changed',
  'account-blocked',
  'account-reinstated',
  'codes-blocked',
  'device-bound',
  'device-blocked',
  'device-replaced',
  'device-reset',
  'device-unlocked',
  'pairing-done',
  'pairing-failed',
  'bank-notice',
] as const;

/** Which message it is. A new kind is added here and gets its text in the outbox adapter's catalogue. */
export type MailKind = (typeof MAIL_KINDS)[number];

/** Fields that a message may have only sealed. */
export const SECRET_MAIL_FIELDS = ['pin', 'userCode'] as const;

/** One message to a customer, written in the same commit as the change that it tells about. */
export type Mail = {
  /** A bare address, `name@host`. */
  readonly to: string;
  readonly kind: MailKind;
  /** What the text's placeholders stand for, for instance `pin` or `serial`. */
  readonly fields: Readonly<Record<string, string>>;
  /** Further fields, secret ones such as `pin`, sealed until the message is delivered. */
  readonly sealed?: SealedFields;
};

/** Secret fields of a message, sealed for it alone. docs/spec/validation.md, "Secrets at rest". */
export type SealedFields = {
  /** Whose message it is. */
  readonly customerId: string;
  /** 16 random bytes in hexadecimal. */
  readonly id: string;
  /** Nonce, ciphertext and tag, in base64. */
  readonly box: string;
};

/** A message that waits for delivery. */
export type PendingMail = Mail & {
  /** Unique in its store, never used again. */
  readonly id: number;
  /** When the change was committed, in milliseconds since 1970. */
  readonly createdMs: number;
};
