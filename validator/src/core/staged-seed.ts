import { decodePrepare, OTP_ALGORITHMS, OTP_MODES } from '@chiavetta/protocol/wire';
import type { FobOtp, FobToken, OpenSecret } from './token-record.ts';

/**
 * The new seed of a fob whose COMMIT was sent and whose DONE was not seen: the fob may already use it. Before READY was
 * proved no COMMIT was sent, so there is none. docs/spec/provisioning.md.
 */
export function stagedOtp(token: FobToken<OpenSecret>): FobOtp<OpenSecret> | undefined {
  const { transaction } = token;
  if (transaction?.operation !== 'provision' || transaction.state !== 'PROVED') return undefined;
  const { seed, prepareBody } = transaction;
  if (seed === undefined || prepareBody === undefined) return undefined;
  const prepare = decodePrepare('provision', prepareBody.bytes);
  if (!prepare.ok || prepare.value.tag !== 'provision') return undefined;
  const { algorithm, mode, digits, stepSeconds } = prepare.value;
  if (digits !== 6 && digits !== 7 && digits !== 8) return undefined;
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

/** The fob once a code of the new seed was seen: that code proves what DONE would have said. The old seed is gone. */
export function withStagedSeed(token: FobToken<OpenSecret>): FobToken<OpenSecret> {
  const otp = stagedOtp(token);
  const { transaction, ...rest } = token;
  if (otp === undefined || transaction === undefined) return token;
  const { txid: lastTxid, seedEpoch } = transaction;
  return { ...rest, otp, seedEpoch, device: 'PROVISIONED', lastTxid };
}
