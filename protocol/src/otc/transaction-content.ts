import type { Result } from '../bytes/index.ts';
import {
  asciiBytes,
  asciiText,
  assert,
  concatBytes,
  err,
  isLayoutText,
  ok,
  readU64,
  readUint,
  U64_MAX,
  u8,
  u16,
  u32,
  u64,
} from '../bytes/index.ts';
import type { OpenError } from './open-error.ts';
import { isPadded, padPlaintext } from './padding.ts';

/** What a TX picture says under its seal: one payment, or a batch of `count` payments. */
export type TransactionContent = {
  /** 8 bytes: the portal session; the code is accepted in no other. */
  readonly session: Uint8Array;
  /** Unix seconds, for showing only. */
  readonly timeS: number;
  /** ISO 4217 numeric code, 1 to 999 (978 = euro). */
  readonly currency: number;
  /** Minor units (cents), at least 1; for a batch the total. */
  readonly amountMinor: bigint;
  /** 1 = one payment; 2 to 65,535 = a batch. */
  readonly count: number;
  /** At most 34 capital letters and digits. In a batch: its new payee, or empty. */
  readonly iban: string;
  /** The payee's name, at most 35 printable ASCII characters. */
  readonly name: string;
  /** At most 20 printable ASCII characters. In a batch: its 8-digit digest. */
  readonly reference: string;
};

/** Characters of the three texts of a TX. */
export const TRANSACTION_TEXT_BYTES_MAX = { iban: 34, name: 35, reference: 20 } as const;

const FIXED_BYTES = 24;
const TEXT_FIELDS = ['iban', 'name', 'reference'] as const;

/** The sealed part of a TX with its pad, or the field that cannot be sent. docs/spec/otc.md §4. */
export function encodeTransactionContent(content: TransactionContent): Result<Uint8Array, OpenError> {
  const fault = transactionFault(content);
  if (fault !== undefined) return err({ code: 'bad_field', field: fault });
  assert(content.session.length === 8, 'a session has 8 bytes');
  const texts = TEXT_FIELDS.map((field) =>
    concatBytes(u8(content[field].length), asciiBytes(content[field])),
  );
  const fixed = [
    content.session,
    u32(content.timeS),
    u16(content.currency),
    u64(content.amountMinor),
    u16(content.count),
  ];
  return ok(padPlaintext(concatBytes(...fixed, ...texts)));
}

/** Reads the sealed part of a TX. Total. */
export function decodeTransactionContent(plaintext: Uint8Array): Result<TransactionContent, OpenError> {
  if (plaintext.length < FIXED_BYTES) return err({ code: 'bad_field', field: 'length' });
  const texts = readTexts(plaintext);
  if (!texts.ok) return texts;
  const content: TransactionContent = {
    session: plaintext.slice(0, 8),
    timeS: readUint(plaintext.subarray(8, 12)),
    currency: readUint(plaintext.subarray(12, 14)),
    amountMinor: readU64(plaintext.subarray(14, 22)),
    count: readUint(plaintext.subarray(22, FIXED_BYTES)),
    iban: texts.value.iban,
    name: texts.value.name,
    reference: texts.value.reference,
  };
  const fault = transactionFault(content);
  if (fault !== undefined) return err({ code: 'bad_field', field: fault });
  if (!isPadded(plaintext, texts.value.endBytes)) return err({ code: 'bad_padding' });
  return ok(content);
}

/** The first field that a TX cannot carry, or `undefined`: check a payment from outside with this first. */
export function transactionFault(content: TransactionContent): string | undefined {
  const { currency, amountMinor, count, iban, name, reference } = content;
  if (!Number.isInteger(currency) || currency < 1 || currency > 999) return 'currency';
  if (amountMinor < 1n || amountMinor > U64_MAX) return 'amountMinor';
  if (!Number.isInteger(count) || count < 1 || count > 0xffff) return 'count';
  const isBatch = count > 1;
  if (!/^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/.test(iban) && !(isBatch && iban === '')) return 'iban';
  if (!isLayoutText(name, TRANSACTION_TEXT_BYTES_MAX.name)) return 'name';
  if (!isLayoutText(reference, TRANSACTION_TEXT_BYTES_MAX.reference)) return 'reference';
  // The digest stands for the members that the token does not show one by one.
  if (isBatch && !/^[0-9]{8}$/.test(reference)) return 'reference';
  return undefined;
}

type Texts = Pick<TransactionContent, (typeof TEXT_FIELDS)[number]> & { readonly endBytes: number };

function readTexts(plaintext: Uint8Array): Result<Texts, OpenError> {
  const found = { iban: '', name: '', reference: '', endBytes: FIXED_BYTES };
  for (const field of TEXT_FIELDS) {
    const textBytes = plaintext[found.endBytes];
    const start = found.endBytes + 1;
    if (textBytes === undefined || textBytes > TRANSACTION_TEXT_BYTES_MAX[field]) {
      return err({ code: 'bad_field', field });
    }
    if (start + textBytes > plaintext.length) return err({ code: 'bad_field', field });
    const text = plaintext.subarray(start, start + textBytes);
    if (text.some((byte) => byte < 0x20 || byte > 0x7e)) return err({ code: 'bad_field', field });
    found[field] = asciiText(text);
    found.endBytes = start + textBytes;
  }
  return ok(found);
}
