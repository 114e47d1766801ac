import type { NoiseState, TransportState } from '@chiavetta/protocol/session';
import type { HelloReply } from '@chiavetta/protocol/wire';
import type { DeviceOperation } from '../../core/token-record.ts';
import type { SerialAnswer } from './staff-services.ts';

/** What was asked for when the session began. */
export type SerialTask = {
  readonly operation: DeviceOperation;
  readonly requestId?: string;
  readonly expectedSerial?: string;
  readonly slot?: number;
  readonly hello: HelloReply;
};

/** What the validator waits for. */
export type SerialStage =
  | { readonly tag: 'certificate'; readonly noise: NoiseState }
  | {
      readonly tag: 'ready' | 'status' | 'done' | 'discarded';
      readonly transport: TransportState;
      readonly serial: string;
      readonly txid: string;
      /** The transaction is one that an earlier session left behind. */
      readonly isRecovery: boolean;
    };

/** One serial session: in memory only, holding its session keys. Lost, it is begun anew. */
export type SerialSession = {
  readonly sessionId: string;
  /** Nobody else goes on with it. */
  readonly operator: string;
  readonly task: SerialTask;
  readonly stage: SerialStage;
  readonly lastSeenMs: number;
};

/** A session whose handshake is over. */
export type OpenSession = SerialSession & {
  readonly stage: Exclude<SerialStage, { readonly tag: 'certificate' }>;
};

/** What a frame led to: the next answer, and the session as it goes on, unless it is over. */
export type SerialStep = { readonly answer: SerialAnswer; readonly next?: SerialSession };

/** What the table of sessions allows. docs/spec/provisioning.md, "Transaction". */
export const SERIAL_LIMITS = {
  sessionsMax: 64,
  /** Without a message that no person has to confirm: twice what a token may need in all. docs/spec/wire.md. */
  idleMs: 60_000,
  /** A person at the device is asked for OK: as long as an operator ticket lives. docs/spec/wire.md, "Time". */
  personMs: 300_000,
} as const;

/** The open sessions. Taking one out and putting it back makes each frame the only one of its session. */
export class SerialTable {
  readonly #sessions = new Map<string, SerialSession>();

  /** False when there is no room. */
  put(session: SerialSession): boolean {
    this.#forgetIdle(session.lastSeenMs);
    if (this.#sessions.size >= SERIAL_LIMITS.sessionsMax) return false;
    this.#sessions.set(session.sessionId, session);
    return true;
  }

  /** The session, which is then no longer here: of two frames at once, one finds nothing. */
  take(job: {
    readonly sessionId: string;
    readonly operator: string;
    readonly nowMs: number;
  }): SerialSession | undefined {
    this.#forgetIdle(job.nowMs);
    const session = this.#sessions.get(job.sessionId);
    if (session === undefined || session.operator !== job.operator) return undefined;
    this.#sessions.delete(job.sessionId);
    return session;
  }

  #forgetIdle(nowMs: number): void {
    for (const [id, { stage, lastSeenMs }] of this.#sessions) {
      const limitMs = stage.tag === 'ready' ? SERIAL_LIMITS.personMs : SERIAL_LIMITS.idleMs;
      if (nowMs - lastSeenMs >= limitMs) this.#sessions.delete(id);
    }
  }
}
