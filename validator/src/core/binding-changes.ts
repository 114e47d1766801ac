import { OPEN_LOCK } from './factor-lock.ts';
import type {
  FobToken,
  OpenSecret,
  OtcBinding,
  OtcToken,
  Overlay,
  StoredPrekey,
  Token,
  TokenState,
} from './token-record.ts';

/** Binds a provisioned fob: only the validator changes. A binding before it, which staff ended first, goes. */
export function bindFob(
  token: FobToken<OpenSecret>,
  to: { readonly customerId: string; readonly nowMs: number },
): FobToken<OpenSecret> {
  return {
    ...token,
    bindings: [
      {
        tag: 'fob',
        customerId: to.customerId,
        slot: 0,
        boundAtMs: to.nowMs,
        overlay: 'NONE',
        lock: OPEN_LOCK,
        state: 'AWAITING_FIRST_CODE',
      },
    ],
  };
}

/** What BIND, RESET and REKEY deliver for one slot. */
export type SlotDelivery = {
  readonly slot: number;
  readonly serverKeyId: number;
  readonly hintKey: Uint8Array;
  readonly label: string;
  /** The prekeys of READY, already verified: valid with COMMIT, they replace the older ones. */
  readonly prekeys: readonly StoredPrekey[];
};

/** A committed BIND: the slot waits for its pairing. Another binding in the same slot is replaced. */
export function bindOtc(
  token: OtcToken<OpenSecret>,
  delivery: SlotDelivery & { readonly customerId: string; readonly nowMs: number },
): OtcToken<OpenSecret> {
  const binding: OtcBinding<OpenSecret> = {
    tag: 'otc',
    customerId: delivery.customerId,
    slot: delivery.slot,
    boundAtMs: delivery.nowMs,
    overlay: 'NONE',
    lock: OPEN_LOCK,
    state: 'AWAITING_PAIRING',
    label: delivery.label,
    hintKey: { bytes: delivery.hintKey },
    serverKeyId: delivery.serverKeyId,
    lastGeneration: lastGenerationOf(token, delivery.slot),
    pair1AtMs: [],
  };
  const others = token.bindings.filter((one) => one.slot !== delivery.slot);
  return { ...token, prekeys: delivery.prekeys, bindings: [...others, binding] };
}

/**
 * A committed RESET: a new device PIN will be chosen, which erases every slot of the token. So the generations of all
 * its bindings are retired, P1 and P2 are void, and each pairs anew. docs/spec/otc.md §7.
 */
export function resetOtc(token: OtcToken<OpenSecret>, delivery: SlotDelivery): OtcToken<OpenSecret> {
  const bindings = token.bindings.map((binding) => {
    const { active: _retired, pairing: _void, liveChallengeId: _dead, ...rest } = binding;
    return deliver({ ...rest, state: 'AWAITING_PAIRING', lock: OPEN_LOCK, pair1AtMs: [] }, delivery);
  });
  return { ...token, prekeys: delivery.prekeys, bindings };
}

/** A committed REKEY of one slot: it pairs anew, and logs in with the old generation until the new one is ACTIVE. */
export function rekeyOtc(token: OtcToken<OpenSecret>, delivery: SlotDelivery): OtcToken<OpenSecret> {
  const bindings = token.bindings.map((binding) => {
    if (binding.slot !== delivery.slot) return binding;
    const { pairing: _void, ...rest } = binding;
    return deliver({ ...rest, state: 'AWAITING_PAIRING', lock: OPEN_LOCK, pair1AtMs: [] }, delivery);
  });
  return { ...token, prekeys: delivery.prekeys, bindings };
}

/** A person acted: the wrong codes of every binding of the token are forgiven. */
export function unlockFactor<Secret>(token: Token<Secret>): Token<Secret> {
  return mapBindings(token, { lock: OPEN_LOCK });
}

/** Lays a suspension or a revocation over a binding, or lifts a suspension. A revocation is never lifted. */
export function overlayBinding(
  token: TokenState,
  change: { readonly slot: number; readonly overlay: Overlay; readonly reason: string },
): TokenState {
  const { slot, overlay, reason } = change;
  if (token.kind === 'fob') {
    return {
      ...token,
      bindings: token.bindings.map((one) =>
        one.slot === slot && one.overlay !== 'REVOKED' ? overlaid(one, overlay, reason) : one,
      ),
    };
  }
  return {
    ...token,
    bindings: token.bindings.map((one) => {
      if (one.slot !== slot || one.overlay === 'REVOKED') return one;
      const { pairing: _void, ...rest } = overlaid(one, overlay, reason);
      const state = one.state === 'P1' || one.state === 'P2' ? 'AWAITING_PAIRING' : one.state;
      if (overlay !== 'REVOKED') return { ...rest, state };
      const { active: _retired, ...bare } = rest;
      return { ...bare, state };
    }),
  };
}

/** The old device of a replacement: every binding revoked, its seed erased, the device RETIRED. */
export function retireToken(token: TokenState, reason: string): TokenState {
  const revoked = token.bindings.reduce(
    (state, { slot }) => overlayBinding(state, { slot, overlay: 'REVOKED', reason }),
    token,
  );
  if (revoked.kind === 'otc') return { ...revoked, device: 'RETIRED', prekeys: [] };
  const { otp: _erased, ...rest } = revoked;
  return { ...rest, device: 'RETIRED' };
}

/** The binding in `slot` with the new parts laid over it. */
export function putOtcBinding(
  token: OtcToken<OpenSecret>,
  binding: OtcBinding<OpenSecret>,
): OtcToken<OpenSecret> {
  return {
    ...token,
    bindings: token.bindings.map((one) => (one.slot === binding.slot ? binding : one)),
  };
}

function deliver(binding: OtcBinding<OpenSecret>, delivery: SlotDelivery): OtcBinding<OpenSecret> {
  if (binding.slot !== delivery.slot) return binding;
  const { serverKeyId, hintKey, label } = delivery;
  return { ...binding, serverKeyId, hintKey: { bytes: hintKey }, label };
}

function overlaid<B extends { readonly liveChallengeId?: string; readonly sessionEpoch?: number }>(
  binding: B,
  overlay: Overlay,
  reason: string,
): Omit<B, 'liveChallengeId'> & {
  readonly overlay: Overlay;
  readonly overlayReason: string;
  readonly sessionEpoch: number;
} {
  const { liveChallengeId: _void, ...rest } = binding;
  // A session from before a suspension does not come back when it is lifted.
  return { ...rest, overlay, overlayReason: reason, sessionEpoch: (binding.sessionEpoch ?? 0) + 1 };
}

function mapBindings<Secret>(
  token: Token<Secret>,
  parts: { readonly lock: typeof OPEN_LOCK },
): Token<Secret> {
  return token.kind === 'fob'
    ? { ...token, bindings: token.bindings.map((one) => ({ ...one, ...parts })) }
    : { ...token, bindings: token.bindings.map((one) => ({ ...one, ...parts })) };
}

/** A slot that is bound again goes on counting generations: the token may still hold the last one. */
function lastGenerationOf(token: OtcToken<OpenSecret>, slot: number): number {
  return token.bindings.find((one) => one.slot === slot)?.lastGeneration ?? 0;
}
