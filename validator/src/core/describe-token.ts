import type { CustomerRecord } from './customer-record.ts';
import { lockAt } from './factor-lock.ts';
import { pair1sOfTheDay, unexpired } from './issue-challenge.ts';
import type { Policy } from './policy.ts';
import { acceptanceWords, refusalWords } from './refusal-words.ts';
import type { FobBinding, OtcBinding, TokenRecord } from './token-record.ts';

/** What staff are told of one binding. Words, no secret. */
export type BindingView = {
  readonly customerId: string;
  readonly slot: number;
  readonly state: string;
  readonly overlay: string;
  readonly lock: string;
  readonly pairingsToday: number;
  readonly lastAccepted?: string;
  readonly lastRefusal?: string;
  readonly notes: readonly string[];
};

/** The true state of a token, for staff. */
export type TokenView = {
  readonly serial: string;
  readonly kind: 'fob' | 'otc';
  readonly device: string;
  /** Absent for a fob. */
  readonly prekeysLeft?: number;
  readonly bindings: readonly BindingView[];
  readonly notes: readonly string[];
};

/** How staff see times. */
export type ViewJob = {
  readonly nowMs: number;
  readonly policy: Policy;
  readonly timeOf: (atMs: number) => string;
};

/** Describes a token without opening a secret. */
export function describeToken(token: TokenRecord, job: ViewJob): TokenView {
  const base = { serial: token.serial, kind: token.kind, device: token.device } as const;
  if (token.kind === 'fob') {
    const notes = [
      ...(token.otp === undefined ? ['not provisioned'] : []),
      ...(token.otp?.twoCodesNeeded === true ? ['two consecutive codes are needed once'] : []),
    ];
    return { ...base, bindings: token.bindings.map((one) => bindingView(one, job)), notes };
  }
  const prekeysLeft = token.prekeys.length;
  const bindings = token.bindings.map((one) => bindingView(unexpired(one, job.nowMs), job));
  return { ...base, prekeysLeft, bindings, notes: prekeyNotes(prekeysLeft, job.policy) };
}

/** Why the customer's last attempt was refused, in words: the later of what the account and its devices remember. */
export function explainLastRefusal(
  facts: { readonly customer: CustomerRecord; readonly tokens: readonly TokenRecord[] },
  job: Pick<ViewJob, 'timeOf'>,
): string | undefined {
  const { customer, tokens } = facts;
  const ofDevices = tokens
    .flatMap((token): readonly (FobBinding | OtcBinding<unknown>)[] => token.bindings)
    .filter((one) => one.customerId === customer.customerId)
    .map((one) => one.lastRefusal);
  const all = [customer.lastRefusal, ...ofDevices].filter((one) => one !== undefined);
  const last = all.reduce<(typeof all)[number] | undefined>(
    (latest, one) => (latest === undefined || one.atMs > latest.atMs ? one : latest),
    undefined,
  );
  return last === undefined ? undefined : refusalWords(last, job.timeOf);
}

function bindingView(binding: FobBinding | OtcBinding<unknown>, job: ViewJob): BindingView {
  const { customerId, slot, state, overlay, lastAccepted, lastRefusal } = binding;
  const lock = lockAt(binding.lock, job.nowMs);
  const pairingsToday = binding.tag === 'otc' ? pair1sOfTheDay(binding, job.nowMs).length : 0;
  return {
    customerId,
    slot,
    state,
    overlay: binding.overlayReason === undefined ? overlay : `${overlay}: ${binding.overlayReason}`,
    lock:
      lock.tag === 'COOLING'
        ? `COOLING until ${job.timeOf(lock.untilMs)}, ${lock.failures} wrong in a row`
        : `${lock.tag}, ${lock.failures} wrong in a row`,
    pairingsToday,
    ...(lastAccepted === undefined
      ? {}
      : { lastAccepted: `${acceptanceWords(lastAccepted)} on ${job.timeOf(lastAccepted.atMs)}` }),
    ...(lastRefusal === undefined
      ? {}
      : { lastRefusal: `${refusalWords(lastRefusal, job.timeOf)} (${job.timeOf(lastRefusal.atMs)})` }),
    notes:
      pairingsToday >= job.policy.pairing.pair1PerDayMax ? ['the daily number of pairings is used up'] : [],
  };
}

function prekeyNotes(prekeysLeft: number, policy: Policy): readonly string[] {
  if (prekeysLeft === 0) return ['no prekey is left: the next pairing has no forward secrecy'];
  return prekeysLeft <= policy.pairing.prekeysLowAt ? [`only ${prekeysLeft} prekeys are left`] : [];
}
