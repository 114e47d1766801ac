import { asciiBytes, concatBytes, equalConstantTime } from '@chiavetta/protocol/bytes';
import { code6Pair, HEADER_BYTES, responseCodeFromKey } from '@chiavetta/protocol/otc';
import type { ChallengeState } from './challenge-record.ts';
import type { Decider } from './decision.ts';
import { checkFobCode } from './otp-window.ts';
import type { FobOtp, OpenSecret } from './token-record.ts';

const MARK_LABEL = asciiBytes('chiavetta/v1 used code');
const MARK_BYTES = 8;

/** What the evaluation of a typed code says. */
export type Evaluation =
  | { readonly outcome: 'right' }
  | {
      readonly outcome: 'right_fob';
      readonly next: number;
      readonly driftSteps: number;
      readonly offset: number;
    }
  | {
      readonly outcome: 'wrong';
      readonly reason: 'wrong_code' | 'used_code' | 'two_codes_needed' | 'malformed_code';
      readonly usedAtMs?: number;
    };

/** What was typed, as digits: blanks and hyphens are ignored. `undefined`: not the digits that this challenge asks. */
export function cleanCode(text: string, digitCount: number): string | undefined {
  const digits = text.replaceAll(/[\s-]/g, '');
  return digits.length === digitCount && /^[0-9]+$/.test(digits) ? digits : undefined;
}

/** How many digits a challenge asks for. */
export function digitsAsked(challenge: ChallengeState, otp: FobOtp<OpenSecret> | undefined): number {
  if (challenge.task.tag === 'otp') return otp?.digits ?? 6;
  return challenge.task.tag === 'pair1' ? 10 : 6;
}

/**
 * Compares what was typed with what the challenge expects. Always done, for dead and refused challenges too, so that
 * no refusal is cheaper than another. docs/spec/validation.md, "Codes".
 */
export function evaluateCode(
  decider: Decider,
  job: {
    readonly challenge: ChallengeState;
    readonly otp: FobOtp<OpenSecret> | undefined;
    readonly code: string;
    readonly nextCode?: string;
  },
): Evaluation {
  const { crypto, nowMs, policy } = decider;
  const { challenge, otp } = job;
  const digitCount = digitsAsked(challenge, otp);
  const code = cleanCode(job.code, digitCount);
  const nextCode = job.nextCode === undefined ? undefined : cleanCode(job.nextCode, digitCount);
  const isMalformed = code === undefined || (job.nextCode !== undefined && nextCode === undefined);
  const zeros = '0'.repeat(digitCount);
  const typed = {
    code: code ?? zeros,
    ...(job.nextCode === undefined ? {} : { nextCode: nextCode ?? zeros }),
  };
  if (challenge.task.tag === 'otp') {
    if (otp === undefined) return { outcome: 'wrong', reason: 'wrong_code' };
    const mark = codeMark(decider, { otp, code: typed.code });
    const checked = checkFobCode(crypto, { otp, typed, nowMs, policy });
    if (isMalformed) return { outcome: 'wrong', reason: 'malformed_code' };
    if (checked.outcome === 'accepted') return { ...checked, outcome: 'right_fob' };
    const used = otp.used.find((one) => equalConstantTime(one.mark, mark));
    return used === undefined
      ? { outcome: 'wrong', reason: checked.reason }
      : { outcome: 'wrong', reason: 'used_code', usedAtMs: used.atMs };
  }
  const isRight = equalConstantTime(asciiBytes(expectedCode(decider, challenge)), asciiBytes(typed.code));
  if (isMalformed) return { outcome: 'wrong', reason: 'malformed_code' };
  return isRight ? { outcome: 'right' } : { outcome: 'wrong', reason: 'wrong_code' };
}

/** A fingerprint of a used code, for "used before on ...": without the hedge key it tells nothing. */
export function codeMark(
  decider: Decider,
  job: { readonly otp: FobOtp<OpenSecret>; readonly code: string },
): Uint8Array {
  const input = concatBytes(MARK_LABEL, job.otp.seed.bytes, asciiBytes(job.code));
  return decider.crypto.hmacSha256(decider.keys.hedgeKey, input).slice(0, MARK_BYTES);
}

function expectedCode(decider: Decider, challenge: ChallengeState): string {
  const { task } = challenge;
  if (task.tag === 'otp') return '';
  const secret = task.secret.bytes;
  if (task.tag === 'login') {
    const header = task.payload.slice(0, HEADER_BYTES);
    return responseCodeFromKey(decider.crypto, {
      header,
      plaintextHash: task.plaintextHash,
      responseKey: secret,
    });
  }
  if (task.tag === 'pair2') return code6Pair(decider.crypto, { kRoot: secret, pair2: task.payload });
  return String.fromCharCode(...secret);
}
