import { assert } from '@chiavetta/protocol/bytes';
import { decodePrepare, OTP_ALGORITHMS, OTP_MODES } from '@chiavetta/protocol/wire';
import type { SlotDelivery } from '../binding-changes.ts';
import {
  bindFob,
  bindOtc,
  overlayBinding,
  rekeyOtc,
  resetOtc,
  retireToken,
  unlockFactor,
} from '../binding-changes.ts';
import type { CustomerRecord } from '../customer-record.ts';
import type { DeviceTransaction, FobOtp, OpenSecret, TokenState } from '../token-record.ts';
import { isInUse } from './device-request.ts';

/** The token once its transaction is committed: the operation's effect, the new epoch, no transaction any more. */
export function finishedToken(token: TokenState, nowMs: number): TokenState {
  const { transaction, ...rest } = token;
  assert(transaction !== undefined, 'only a token with a transaction is finished');
  const base: TokenState = {
    ...rest,
    device: 'PROVISIONED',
    seedEpoch: transaction.seedEpoch,
    lastTxid: transaction.txid,
  };
  return withEffect(base, transaction, nowMs);
}

/** The token with its transaction forgotten, as it was before. */
export function abandonedToken(token: TokenState): TokenState {
  const { transaction: _gone, ...rest } = token;
  const wasReady = rest.kind === 'fob' ? rest.otp !== undefined : rest.bindings.length > 0;
  if (rest.device === 'RETIRED') return rest;
  return { ...rest, device: wasReady ? 'PROVISIONED' : 'STOCK' };
}

/** The old device of a replacement: this customer's bindings revoked; the device retired unless others still use it. */
export function replacedToken(
  token: TokenState,
  job: { readonly customerId: string; readonly reason: string },
): TokenState {
  const revoked = token.bindings
    .filter((one) => one.customerId === job.customerId)
    .reduce(
      (state, { slot }) => overlayBinding(state, { slot, overlay: 'REVOKED', reason: job.reason }),
      token,
    );
  return isInUse(revoked) ? revoked : retireToken(revoked, job.reason);
}

/** The customer with one more device, and without the one that it replaces. */
export function withFactor(
  customer: CustomerRecord,
  device: { readonly serial: string; readonly slot: number; readonly oldSerial?: string },
): CustomerRecord {
  const { serial, slot, oldSerial } = device;
  const kept = withoutFactors(customer, oldSerial).factors.filter(
    (one) => one.serial !== serial || one.slot !== slot,
  );
  return { ...customer, factors: [...kept, { tag: 'token', serial, slot }] };
}

/** The customer without a device. */
export function withoutFactors(
  customer: CustomerRecord,
  serial: string | undefined,
  slot?: number,
): CustomerRecord {
  const isGone = (one: { readonly serial: string; readonly slot: number }): boolean =>
    one.serial === serial && (slot === undefined || one.slot === slot);
  return { ...customer, factors: customer.factors.filter((one) => !isGone(one)) };
}

function withEffect(
  token: TokenState,
  transaction: DeviceTransaction<OpenSecret>,
  nowMs: number,
): TokenState {
  const { operation, customerId } = transaction;
  if (operation === 'unlock') return unlockFactor(token);
  if (operation === 'revoke') {
    return overlayBinding(token, {
      slot: transaction.slot ?? 0,
      overlay: 'REVOKED',
      reason: 'taken off the device at the branch',
    });
  }
  if (operation === 'provision') {
    assert(token.kind === 'fob', 'only a fob is provisioned');
    const fresh = { ...token, otp: seededOtp(transaction), bindings: [] };
    return customerId === undefined ? fresh : bindFob(fresh, { customerId, nowMs });
  }
  assert(token.kind === 'otc', 'only an optical token is bound, reset or given new keys over the line');
  const delivery = deliveryOf(transaction, operation);
  if (operation === 'reset') return resetOtc(token, delivery);
  if (operation === 'rekey') return rekeyOtc(token, delivery);
  assert(customerId !== undefined, 'a binding has a customer');
  return bindOtc(token, { ...delivery, customerId, nowMs });
}

function seededOtp(transaction: DeviceTransaction<OpenSecret>): FobOtp<OpenSecret> {
  const { seed, prepareBody } = transaction;
  assert(seed !== undefined && prepareBody !== undefined, 'a prepared provisioning has its seed');
  const prepare = decodePrepare('provision', prepareBody.bytes);
  assert(prepare.ok && prepare.value.tag === 'provision', 'the stored PREPARE is what was sent');
  const { algorithm, mode, digits, stepSeconds } = prepare.value;
  assert(digits === 6 || digits === 7 || digits === 8, 'a PREPARE has 6 to 8 digits');
  return {
    seed,
    mode: mode === OTP_MODES.totp ? 'totp' : 'hotp',
    algorithm: algorithm === OTP_ALGORITHMS.sha256 ? 'sha256' : 'sha1',
    digits,
    stepSeconds,
    next: 0,
    driftSteps: 0,
    twoCodesNeeded: false,
    used: [],
  };
}

function deliveryOf(
  transaction: DeviceTransaction<OpenSecret>,
  operation: 'bind' | 'reset' | 'rekey',
): SlotDelivery {
  const { prepareBody, prekeys = [] } = transaction;
  assert(prepareBody !== undefined, 'a prepared pairing has its PREPARE');
  const prepare = decodePrepare(operation, prepareBody.bytes);
  assert(prepare.ok && prepare.value.tag === operation, 'the stored PREPARE is what was sent');
  const { slot, keyId, hintKey, label } = prepare.value;
  return { slot, serverKeyId: keyId, hintKey, label, prekeys };
}
