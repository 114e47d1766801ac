import type { Decider, Decision } from '../core/decision.ts';
import { DECISION_RANDOM_BYTES, decisionRandom } from '../core/decision.ts';
import { ChiavettaError } from '../ports/failure.ts';
import type { ValidatorPorts } from '../ports/validator-ports.ts';

/** Too many callers changed the same records at once: nothing was decided, and trying again is safe. */
class BusyError extends ChiavettaError<'VALIDATOR_BUSY'> {
  override readonly name: string = 'BusyError';
}

/** Time, randomness and key bytes for one decision. */
export function deciderOf(ports: ValidatorPorts): Decider {
  const { keys } = ports;
  const nowMs = ports.clock.nowMs();
  return {
    crypto: ports.crypto,
    keys: {
      kek: keys.kek.expose(),
      hedgeKey: keys.hedgeKey.expose(),
      deadKey: keys.deadKey.expose(),
      pairingStatic: { keyId: keys.pairingStatic.keyId, secret: keys.pairingStatic.secret.expose() },
    },
    policy: ports.policy,
    bankLabel: ports.bankLabel,
    ...(ports.bankMail === undefined ? {} : { bankMail: ports.bankMail }),
    nowMs,
    nowText: textOfMoment(nowMs),
    random: decisionRandom(ports.entropy(DECISION_RANDOM_BYTES)),
  };
}

/** Of `Sat, 21 Nov 2026 22:31:07 GMT` what fits on a token's display. */
function textOfMoment(nowMs: number): Decider['nowText'] {
  const text = new Date(nowMs).toUTCString();
  return { date: text.slice(5, 11).toUpperCase(), time: `${text.slice(17, 22)} UTC` };
}

/**
 * Reads, decides, commits; on a lost compare-and-swap reads and decides again. No answer leaves before its change is
 * durable.
 *
 * @throws BusyError after `policy.commitTriesMax` lost swaps, StoreError when the store fails.
 */
export async function decideAndCommit<Records, Answer>(
  ports: ValidatorPorts,
  steps: {
    readonly read: () => Promise<Records>;
    readonly decide: (decider: Decider, records: Records) => Decision<Answer>;
  },
): Promise<Answer> {
  for (let tries = 0; tries < ports.policy.commitTriesMax; tries += 1) {
    const records = await steps.read();
    const { answer, change } = steps.decide(deciderOf(ports), records);
    const isEmpty =
      change.puts.length + change.removes.length + change.checks.length + change.audit.length === 0;
    if (isEmpty) return answer;
    const { outcome } = await ports.store.commit(change);
    if (outcome === 'committed') return answer;
  }
  throw new BusyError({
    code: 'VALIDATOR_BUSY',
    message: 'Too many requests changed the same records at the same time; nothing was changed by this one.',
    next: 'Send the request again.',
  });
}
