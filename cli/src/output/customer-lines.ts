import type { CustomerView } from '../api/staff-views.ts';
import type { Catalogue } from '../i18n/catalogue.ts';
import { stateWords } from './state-words.ts';
import { nameValueLines } from './table.ts';
import { tokenLines } from './token-lines.ts';

/** A customer as a clerk reads it. */
export function customerLines(customer: CustomerView, texts: Catalogue['texts']): readonly string[] {
  const { tokens } = customer;
  return [
    ...nameValueLines([
      [texts['column.name'], customer.name],
      [texts['column.user_code'], customer.userCode],
      [texts['column.customer'], customer.customerId],
      [texts['column.email'], customer.email],
      [texts['column.label'], customer.label],
      [texts['column.referente'], customer.referente],
      [texts['column.account'], stateWords(customer.account, texts)],
      [texts['column.block_reason'], customer.blockReason],
      [texts['column.last_refusal'], customer.lastRefusal],
    ]),
    ...tokens.flatMap((token) => ['', ...tokenLines(token, texts)]),
  ];
}
