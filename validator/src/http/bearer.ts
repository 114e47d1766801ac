import type { FastifyRequest } from 'fastify';
import type { Actor, StaffAnswer } from '../core/staff/staff-answer.ts';
import type { OperatorService } from '../service/staff/staff-services.ts';
import type { Api } from './api.ts';
import { staffFailure } from './error-answers.ts';
import { HttpFailure } from './http-failure.ts';

const TOKEN_FORM = /^Bearer ([A-Za-z0-9._~+/=-]{1,256})$/;

/** Marks a route of the API's document as one that takes a session's token. */
export const BEARER: readonly { [scheme: string]: readonly string[] }[] = [{ bearer: [] }];

/** The token of the Authorization header. */
export function bearerOf(request: FastifyRequest): string {
  const token = TOKEN_FORM.exec(request.headers.authorization ?? '')?.[1];
  if (token !== undefined) return token;
  throw new HttpFailure(401, { id: 'SIGN_IN', message: 'Sign in first: this needs the token of a session.' });
}

/** Who is signed in, for the requests of routes behind `staffOnly`. */
export type SignedIn = { readonly actor: Actor; readonly expiresInS: number };

/** Tells who sent a request. */
export type WhoIs = (request: FastifyRequest) => SignedIn;

/**
 * Lets only signed-in staff through to the routes of `api`, before a body is read. What each role may do is checked by
 * the services.
 */
export function staffOnly(api: Api, operators: OperatorService): WhoIs {
  const signedIn = new WeakMap<FastifyRequest, SignedIn>();
  api.addHook('onRequest', async (request) => {
    signedIn.set(request, granted(await operators.authenticate(bearerOf(request))));
  });
  return (request) => {
    const found = signedIn.get(request);
    if (found !== undefined) return found;
    throw new HttpFailure(401, { id: 'SIGN_IN', message: 'Sign in first.' });
  };
}

/** The value of a staff service's answer. @throws HttpFailure for a refusal, with its true reason in words. */
export function granted<T>(answer: StaffAnswer<T>): T {
  if (answer.ok) return answer.value;
  throw staffFailure(answer.error);
}
