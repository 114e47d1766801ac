import type { MailKind } from '../../ports/mail.ts';

/** The text of one kind of message. `{name}` stands for a field of the message. */
export type MailText = { readonly subject: string; readonly lines: readonly string[] };

/** Ends every message: what a swindler would ask for, and that nobody of the bank does. */
export const NEVER_ASKED =
  'Our staff never ask for your PIN, your device PIN or a code, neither by telephone nor by mail nor in person.';

/** What every message that the customer did not expect says. */
const NOT_YOU = 'If this was not you, go to your branch or call your referente at once.';

/** Every message that customers get. */
export const MAIL_TEXTS: Readonly<Record<MailKind, MailText>> = {
  'user-code': {
    subject: 'Your User Code',
    lines: [
      'Your User Code is {userCode}.',
      'You need it together with your PIN and a code from your device.',
    ],
  },
  'initial-pin': {
    subject: 'Your first PIN',
    lines: [
      'Your first PIN is {pin}.',
      'At your first access you choose a PIN of your own; this one cannot be used again.',
    ],
  },
  'new-pin': {
    subject: 'Your new PIN',
    lines: [
      'Your new PIN is {pin}. The PIN you had before no longer works.',
      'At your next access you choose a PIN of your own; this one cannot be used again.',
      NOT_YOU,
    ],
  },
  'pin-changed': {
    subject: 'Your PIN was changed',
    lines: ['The PIN of your account was changed.', NOT_YOU],
  },
  'account-blocked': {
    subject: 'Your account is blocked',
    lines: [
      'Access to your account by Internet is blocked. Your money is safe.',
      'To have it opened again, go to your branch or call your referente.',
    ],
  },
  'account-reinstated': {
    subject: 'Your account is open again',
    lines: ['Access to your account by Internet is open again.', NOT_YOU],
  },
  'codes-blocked': {
    subject: 'Your codes are blocked',
    lines: [
      'Too many wrong codes were typed for your account, so codes are not accepted for now.',
      'If it was you, wait a while and start again with a fresh code, or go to your branch.',
      NOT_YOU,
    ],
  },
  'device-bound': {
    subject: 'A device was added to your account',
    lines: ['A device was added to your account at the branch.', NOT_YOU],
  },
  'device-blocked': {
    subject: 'Your device is blocked',
    lines: ['A device of your account is blocked; its codes are no longer accepted.', NOT_YOU],
  },
  'device-replaced': {
    subject: 'Your device was replaced',
    lines: [
      'Your device was replaced by a new one. Codes of the old device are no longer accepted.',
      NOT_YOU,
    ],
  },
  'device-reset': {
    subject: 'Your device was reset',
    lines: ['Your device was reset at the branch and has to be paired again.', NOT_YOU],
  },
  'device-unlocked': {
    subject: 'Your device was unlocked',
    lines: ['The device PIN of your device can be tried again.', NOT_YOU],
  },
  'pairing-done': {
    subject: 'Your device is ready',
    lines: ['Your device is now paired with your account.', NOT_YOU],
  },
  'pairing-failed': {
    subject: 'Your device was not paired',
    lines: ['An attempt to pair a device with your account failed. You can start again.', NOT_YOU],
  },
  'bank-notice': {
    subject: 'A block or a replacement',
    lines: ['What happened: {what}.', 'Customer: {name}.', 'Device: {serial}.', 'Reason: {reason}.'],
  },
};
