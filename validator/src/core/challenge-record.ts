import type { RefusalReason } from './refusal.ts';
import type { OpenSecret, SealedSecret } from './token-record.ts';

/** What the portal shows: a field for a fob's code, or a matrix. */
export type ChallengeKind = 'otp' | 'login' | 'pair1' | 'pair2';

/** Whom a challenge is for. A dead one looks the same outside and is refused whatever is typed. */
export type ChallengeTarget =
  | { readonly tag: 'live'; readonly customerId: string; readonly serial: string; readonly slot: number }
  | { readonly tag: 'dead'; readonly reason: RefusalReason; readonly customerId?: string };

/** What the challenge asks. `secret` is the response key (login), the
 * 10 digits (pair1) or the root (pair2); it is erased once the challenge is over. */
export type ChallengeTask<Secret> =
  | { readonly tag: 'otp' }
  | {
      readonly tag: 'login';
      readonly payload: Uint8Array;
      readonly plaintextHash: Uint8Array;
      readonly secret: Secret;
      readonly generation: number;
      readonly n: number;
    }
  | {
      readonly tag: 'pair1' | 'pair2';
      readonly payload: Uint8Array;
      readonly secret: Secret;
      readonly generation: number;
    };

/** The answer that a retransmission gets again. */
export type StoredAnswer = {
  readonly idempotencyKey: string;
  /** MAC of the request, so that another request under the same key is not taken for it. */
  readonly requestMark: Uint8Array;
  readonly answer:
    | { readonly outcome: 'session'; readonly pinChangeOnly: boolean }
    | {
        readonly outcome: 'continue';
        readonly challengeId: string;
        readonly payload: Uint8Array;
        readonly expiresAtMs: number;
      }
    | { readonly outcome: 'refused' };
};

/** A challenge. `Challenge<SealedSecret>` is the row, `Challenge<OpenSecret>` what decisions work on. */
export type Challenge<Secret> = {
  /** The record's id: 32 hexadecimal digits. */
  readonly challengeId: string;
  /** A code is accepted only from the portal session that its challenge was issued to. */
  readonly portalSession: string;
  readonly target: ChallengeTarget;
  readonly task: ChallengeTask<Secret>;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  readonly triesLeft: number;
  readonly state: 'live' | 'used' | 'void';
  /** When its code was accepted. */
  readonly usedAtMs?: number;
  readonly storeEpoch: number;
  readonly answers: readonly StoredAnswer[];
};
export type ChallengeRecord = Challenge<SealedSecret>;
export type ChallengeState = Challenge<OpenSecret>;

/** What a session rests on. Once the account or the binding has moved on, it is over for good. */
export type SessionBasis = {
  /** `sessionEpoch` of the customer. */
  readonly accountEpoch: number;
  /** The binding whose code opened the session: its slot, and when it was bound. */
  readonly slot: number;
  readonly boundAtMs: number;
  /** `sessionEpoch` of that binding. */
  readonly bindingEpoch: number;
};

/** A session of the portal. The record's id is the hexadecimal SHA-256 of the token that the browser holds. */
export type SessionRecord = {
  readonly customerId: string;
  readonly serial: string;
  readonly portalSession: string;
  readonly challengeId: string;
  readonly openedAtMs: number;
  readonly lastSeenMs: number;
  /** True: this session can do nothing but choose a new PIN. */
  readonly pinChangeOnly: boolean;
  /** Wrong old PINs typed at a PIN change in this session; a few of them end it. */
  readonly wrongPins: number;
  /** Absent in the records of an earlier release: such a session is over. */
  readonly basis?: SessionBasis;
};
