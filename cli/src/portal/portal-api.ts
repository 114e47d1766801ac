import type { ValidatorClient } from '../api/validator-client.ts';

/** What the portal shows after SEND; a wrong User Code or PIN gets the same. */
export type PortalChallenge = {
  readonly challengeId: string;
  readonly kind: 'otp' | 'login' | 'pair1' | 'pair2';
  readonly portalSession: string;
  readonly expiresInS: number;
  /** PNG of the colour matrix, base64; absent for a fob. */
  readonly matrixPng?: string;
};

/** What a right code opens: a session, or the second half of a pairing. */
export type CodeAnswer =
  | {
      readonly outcome: 'session';
      readonly sessionToken: string;
      readonly mustChangePin: boolean;
      readonly expiresInS: number;
    }
  | ({ readonly outcome: 'continue' } & PortalChallenge);

/** What the customer sees of a session. */
export type PortalSession = {
  readonly customerId: string;
  readonly name: string;
  readonly account: string;
  readonly mustChangePin: boolean;
  readonly serials: readonly string[];
  readonly expiresInS: number;
};

/** The customer's side of a validator. A code, a PIN and a session token go nowhere else. */
export interface PortalApi {
  send(request: {
    readonly userCode: string;
    readonly pin: string;
    readonly birthDate?: string;
    readonly want?: 'login';
  }): Promise<PortalChallenge>;
  code(
    challenge: PortalChallenge,
    typed: { readonly code: string; readonly nextCode?: string },
  ): Promise<CodeAnswer>;
  show(sessionToken: string): Promise<PortalSession>;
  changePin(sessionToken: string, pins: { readonly oldPin: string; readonly newPin: string }): Promise<void>;
  block(sessionToken: string, what: string): Promise<void>;
  close(sessionToken: string): Promise<void>;
}

/** @throws Failure REFUSED for every wrong answer of a customer, SERVER_DOWN, SERVER_REFUSED */
export function portalApi(client: ValidatorClient): PortalApi {
  const session = '/v1/portal/session';
  return {
    send: (request) => client.post('/v1/portal/challenges', request),
    code: ({ challengeId, portalSession }, typed) =>
      client.post(`/v1/portal/challenges/${encodeURIComponent(challengeId)}/code`, {
        portalSession,
        ...typed,
      }),
    show: (bearer) => client.get(session, { bearer }),
    changePin: (bearer, pins) => client.post(`${session}/pin`, pins, { bearer }),
    block: (bearer, what) => client.post(`${session}/block`, { what }, { bearer }),
    close: (bearer) => client.delete(session, { bearer }),
  };
}
