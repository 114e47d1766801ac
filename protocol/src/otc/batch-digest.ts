import { asciiBytes, concatBytes, u8, u16, u32, u64 } from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';
import { decDigits } from './dec-digits.ts';
import { LABELS } from './labels.ts';
import type { TransactionContent } from './transaction-content.ts';

/** One payment of a batch: what its digest covers. */
export type BatchPayment = Pick<
  TransactionContent,
  'currency' | 'amountMinor' | 'iban' | 'name' | 'reference'
>;

/**
 * The 8 digits that the token and the portal show for a batch: they change with every member and with the order.
 * Texts are length-prefixed ASCII of at most 255 characters. docs/spec/otc.md §4.
 */
export function batchDigest(crypto: Crypto, payments: readonly BatchPayment[]): string {
  const members = payments.map((payment) =>
    concatBytes(
      u16(payment.currency),
      u64(payment.amountMinor),
      ...[payment.iban, payment.name, payment.reference].map((text) =>
        concatBytes(u8(text.length), asciiBytes(text)),
      ),
    ),
  );
  return decDigits(crypto.sha256(concatBytes(LABELS.batch, u32(payments.length), ...members)), 8);
}
