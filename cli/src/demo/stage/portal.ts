import type { ValidatorClient } from '../../api/validator-client.ts';
import { Failure } from '../../output/failure.ts';
import { DemoCheckFailed } from '../check.ts';

/** What the login page shows after SEND: a field for a code, and a colour matrix where the device has a camera. */
export type Challenge = {
  readonly challengeId: string;
  readonly kind: 'otp' | 'login' | 'pair1' | 'pair2';
  readonly portalSession: string;
  readonly expiresInS: number;
  /** PNG, base64. */
  readonly matrixPng?: string;
};

/** A session that a code opened. */
export type PortalSession = { readonly sessionToken: string; readonly mustChangePin: boolean };

/** What a code brought. */
export type CodeAnswer =
  | ({ readonly outcome: 'session' } & PortalSession)
  | ({ readonly outcome: 'continue' } & Challenge)
  | { readonly outcome: 'refused'; readonly words: string };

/** What a customer sees of their own session. */
export type SessionView = {
  readonly name: string;
  readonly account: string;
  readonly mustChangePin: boolean;
  readonly serials: readonly string[];
};

/** The bank's login page, and what stands behind it. */
export interface Portal {
  readonly send: (attempt: {
    readonly userCode: string;
    readonly pin: string;
    readonly birthDate?: string;
    readonly portalSession?: string;
  }) => Promise<Challenge>;
  readonly code: (
    challenge: Pick<Challenge, 'challengeId' | 'portalSession'>,
    typed: { readonly code: string; readonly nextCode?: string },
  ) => Promise<CodeAnswer>;
  readonly session: (sessionToken: string) => Promise<SessionView>;
  readonly changePin: (
    sessionToken: string,
    pins: { readonly oldPin: string; readonly newPin: string },
  ) => Promise<void>;
  /** All credentials, or the device with this serial. */
  readonly block: (sessionToken: string, what: string) => Promise<void>;
  readonly leave: (sessionToken: string) => Promise<void>;
}

/** The portal of a running validator. */
export function portalOf(client: ValidatorClient): Portal {
  return {
    send: (attempt) => client.post<Challenge>('/v1/portal/challenges', attempt),
    code: async ({ challengeId, portalSession }, typed) => {
      try {
        const path = `/v1/portal/challenges/${encodeURIComponent(challengeId)}/code`;
        return await client.post<CodeAnswer>(path, { portalSession, ...typed });
      } catch (error) {
        if (error instanceof Failure && error.id === 'REFUSED') {
          return { outcome: 'refused', words: String(error.fields['reason']) };
        }
        throw error;
      }
    },
    session: (bearer) => client.get<SessionView>('/v1/portal/session', { bearer }),
    changePin: (bearer, pins) => client.post('/v1/portal/session/pin', pins, { bearer }),
    block: (bearer, what) => client.post('/v1/portal/session/block', { what }, { bearer }),
    leave: (bearer) => client.delete('/v1/portal/session', { bearer }),
  };
}

/** The session that a code opened; any other answer fails the step. */
export function opened(answer: CodeAnswer): PortalSession {
  if (answer.outcome === 'session') return answer;
  throw new DemoCheckFailed(`the code opens a session; the portal answered "${answer.outcome}"`);
}

/** The words of a refusal; any other answer fails the step. */
export function refused(answer: CodeAnswer): string {
  if (answer.outcome === 'refused') return answer.words;
  throw new DemoCheckFailed(`the code is refused; the portal answered "${answer.outcome}"`);
}

/** The next challenge of a pairing; any other answer fails the step. */
export function continued(answer: CodeAnswer): Challenge {
  if (answer.outcome === 'continue') return answer;
  throw new DemoCheckFailed(`the pairing goes on; the portal answered "${answer.outcome}"`);
}

/** What a call that must be refused was refused with; going through fails the step. */
export async function refusalOf(call: Promise<unknown>, what: string): Promise<Failure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new DemoCheckFailed(`${what} is refused`);
}
