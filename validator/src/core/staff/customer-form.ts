import { isLayoutText } from '@chiavetta/protocol/bytes';
import { isWeakPin } from '@chiavetta/protocol/otc';
import type { Policy } from '../policy.ts';
import type { StaffAnswer } from './staff-answer.ts';
import { refuse } from './staff-answer.ts';

/** What a clerk types of a new customer. */
export type CustomerForm = {
  readonly name: string;
  readonly email: string;
  readonly label?: string;
  readonly birthDate?: string;
  readonly referente?: string;
};

const NAME_CHARACTERS_MAX = 80;
const MAIL_CHARACTERS_MAX = 254;
const LABEL_CHARACTERS_MAX = 24;
const MAIL = /^[^\s@<>",;:\p{Cc}]+@[^\s@<>",;:\p{Cc}]+$/u;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const FIRST_PIN_DIGITS = 6;
const USER_CODE_DIGITS = 8;

/** The form as it is stored, or the first thing that is wrong with it. */
export function checkCustomer(form: CustomerForm): StaffAnswer<CustomerForm & { readonly label: string }> {
  const name = form.name.trim();
  if (name === '' || name.length > NAME_CHARACTERS_MAX || /\p{Cc}/u.test(name)) {
    return refuse('SERVER_REFUSED', `a name is one line of at most ${NAME_CHARACTERS_MAX} characters`);
  }
  const email = form.email.trim();
  const referente = form.referente?.trim().toLowerCase();
  for (const mail of [email, referente]) {
    if (mail !== undefined && (mail.length > MAIL_CHARACTERS_MAX || !MAIL.test(mail))) {
      return refuse('SERVER_REFUSED', 'a mail address looks like name@host');
    }
  }
  const { birthDate } = form;
  if (birthDate !== undefined && !isDate(birthDate)) {
    return refuse('SERVER_REFUSED', 'a birth date looks like 1980-12-31');
  }
  const label = form.label ?? labelOf(name);
  if (!isLayoutText(label, LABEL_CHARACTERS_MAX)) {
    return refuse(
      'SERVER_REFUSED',
      `a label has at most ${LABEL_CHARACTERS_MAX} plain letters, digits and signs`,
    );
  }
  return {
    ok: true,
    value: {
      ...{ name, email, label },
      ...(birthDate === undefined ? {} : { birthDate }),
      ...(referente === undefined ? {} : { referente }),
    },
  };
}

/** A User Code from random bytes: every code equally likely. `undefined` when the bytes did not suffice. */
export function userCodeFrom(random: Uint8Array): string | undefined {
  return digitsFrom(random, USER_CODE_DIGITS);
}

/** A first PIN from random bytes; `undefined` when the bytes gave none that is allowed. */
export function firstPinFrom(random: Uint8Array, policy: Policy): string | undefined {
  const { pinDigitsMin, pinDigitsMax } = policy.account;
  const digits = Math.min(Math.max(FIRST_PIN_DIGITS, pinDigitsMin), pinDigitsMax);
  const pin = digitsFrom(random, digits);
  return pin === undefined || isWeakPin(pin) ? undefined : pin;
}

/** What a token can show of a name: its letters without accents. */
function labelOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/[^\x20-\x7e]/g, '');
  return plain.slice(0, LABEL_CHARACTERS_MAX).trim();
}

function digitsFrom(random: Uint8Array, count: number): string | undefined {
  // 250 and above would make some digits likelier than others.
  const digits = [...random].filter((byte) => byte < 250).map((byte) => byte % 10);
  return digits.length < count ? undefined : digits.slice(0, count).join('');
}

function isDate(text: string): boolean {
  const [, , month = '', day = ''] = DATE.exec(text) ?? [];
  return Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
}
