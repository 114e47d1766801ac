import type { SessionBasis, SessionRecord } from './challenge-record.ts';
import type { CustomerRecord } from './customer-record.ts';
import { isUsable } from './send-checks.ts';
import type { FobBinding, OtcBinding, TokenRecord } from './token-record.ts';

/** What a session rests on that is opened now. docs/spec/validation.md, "Sessions". */
export function basisOf(
  customer: Pick<CustomerRecord, 'sessionEpoch'>,
  binding: FobBinding | OtcBinding<unknown>,
): SessionBasis {
  const { slot, boundAtMs, sessionEpoch = 0 } = binding;
  return { accountEpoch: customer.sessionEpoch ?? 0, slot, boundAtMs, bindingEpoch: sessionEpoch };
}

/**
 * Whether what the session rests on is as it was: no block of account or device, no ordered PIN and no PIN change in
 * another session came since, lifted or not.
 */
export function isBasisGood(
  session: SessionRecord,
  now: { readonly customer: CustomerRecord; readonly device: TokenRecord | undefined },
): boolean {
  const { basis } = session;
  const { customer, device } = now;
  if (basis === undefined || device === undefined) return false;
  if (customer.block !== undefined || basis.accountEpoch !== (customer.sessionEpoch ?? 0)) return false;
  return device.bindings.some(
    (one) =>
      one.slot === basis.slot &&
      one.customerId === session.customerId &&
      one.boundAtMs === basis.boundAtMs &&
      (one.sessionEpoch ?? 0) === basis.bindingEpoch &&
      isUsable(device, one),
  );
}
