import { asciiBytes, equalConstantTime } from '@chiavetta/protocol/bytes';
import { hotp } from '@chiavetta/protocol/otp';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { Policy } from './policy.ts';
import type { FobOtp, OpenSecret } from './token-record.ts';

/** What a customer types: one code, or two consecutive ones after many presses. Digits only. */
export type TypedCodes = { readonly code: string; readonly nextCode?: string };

/** Whether a fob's code is good, and what the token's record then becomes. */
export type WindowOutcome =
  | {
      readonly outcome: 'accepted';
      /** The new watermark: higher than before, always. */
      readonly next: number;
      readonly driftSteps: number;
      /** Presses skipped (HOTP) or steps fast (TOTP). */
      readonly offset: number;
    }
  | { readonly outcome: 'refused'; readonly reason: 'wrong_code' | 'two_codes_needed' };

/**
 * Compares a fob's code with every candidate of its window. One code alone: `hotp.candidates` counters, or
 * +-`totp.sideSteps` steps. Two consecutive codes: the wide window. The work depends on how many codes were typed and
 * on nothing else: all candidates are computed and compared whether or not one was found. RFC 4226 section 7.4,
 * RFC 6238 section 5.2, docs/spec/validation.md, "Codes".
 */
export function checkFobCode(
  crypto: Crypto,
  job: {
    readonly otp: FobOtp<OpenSecret>;
    readonly typed: TypedCodes;
    readonly nowMs: number;
    readonly policy: Policy;
  },
): WindowOutcome {
  const { otp, typed, nowMs } = job;
  const window = otp.mode === 'hotp' ? hotpWindow(job) : totpWindow(job);
  const found = search(crypto, { otp, typed, ...window });
  if (found === undefined) return { outcome: 'refused', reason: 'wrong_code' };
  const last = typed.nextCode === undefined ? found : found + 1;
  if (typed.nextCode === undefined && otp.twoCodesNeeded) {
    return { outcome: 'refused', reason: 'two_codes_needed' };
  }
  if (otp.mode === 'hotp') {
    return { outcome: 'accepted', next: last + 1, driftSteps: 0, offset: found - otp.next };
  }
  const lead = last - stepAt(otp, nowMs);
  const driftSteps = typed.nextCode === undefined ? learned(otp.driftSteps, lead, job.policy) : lead;
  return { outcome: 'accepted', next: last + 1, driftSteps, offset: lead };
}

type Window = { readonly first: number; readonly candidateCount: number };

function hotpWindow(job: {
  readonly otp: FobOtp<OpenSecret>;
  readonly typed: TypedCodes;
  readonly policy: Policy;
}): Window {
  const { candidates, resyncWindow } = job.policy.hotp;
  return {
    first: job.otp.next,
    candidateCount: job.typed.nextCode === undefined ? candidates : resyncWindow,
  };
}

function totpWindow(job: {
  readonly otp: FobOtp<OpenSecret>;
  readonly typed: TypedCodes;
  readonly nowMs: number;
  readonly policy: Policy;
}): Window {
  const { sideSteps, resyncSideSteps } = job.policy.totp;
  const side = job.typed.nextCode === undefined ? sideSteps : resyncSideSteps;
  const centre = stepAt(job.otp, job.nowMs) + job.otp.driftSteps;
  return { first: Math.max(0, centre - side), candidateCount: 2 * side + 1 };
}

/** The first counter in the window that matches and is not below the watermark. No early exit. */
function search(
  crypto: Crypto,
  job: Window & { readonly otp: FobOtp<OpenSecret>; readonly typed: TypedCodes },
): number | undefined {
  const { otp, typed, first } = job;
  const code = asciiBytes(typed.code);
  const nextCode = typed.nextCode === undefined ? undefined : asciiBytes(typed.nextCode);
  let isPreviousHit = false;
  let found: number | undefined;
  const last = nextCode === undefined ? first + job.candidateCount - 1 : first + job.candidateCount;
  for (let counter = first; counter <= last; counter += 1) {
    const candidate = asciiBytes(
      hotp({
        crypto,
        secret: otp.seed.bytes,
        counter: BigInt(counter),
        digits: otp.digits,
        hash: otp.algorithm,
      }),
    );
    const isHit = equalConstantTime(candidate, code);
    const isPair = nextCode !== undefined && equalConstantTime(candidate, nextCode) && isPreviousHit;
    const match = nextCode === undefined ? counter : counter - 1;
    // The window slides forward only: an older counter would let a code that was seen be used again. RFC 6238 §5.2.
    if ((nextCode === undefined ? isHit : isPair) && match >= otp.next && found === undefined) found = match;
    isPreviousHit = isHit;
  }
  return found;
}

/** Drift moves by a bounded number of steps for each accepted code. */
function learned(driftSteps: number, lead: number, policy: Policy): number {
  const most = policy.totp.driftStepsPerAcceptMax;
  return driftSteps + Math.min(most, Math.max(-most, lead - driftSteps));
}

function stepAt(otp: FobOtp<OpenSecret>, nowMs: number): number {
  return Math.floor(nowMs / 1000 / otp.stepSeconds);
}
