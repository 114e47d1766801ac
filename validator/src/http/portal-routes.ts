import { toBase64 } from '@chiavetta/protocol/bytes';
import { encodeMatrix, renderPng, symbolFor } from '@chiavetta/protocol/matrix';
import type { Static } from 'typebox';
import { Type } from 'typebox';
import type { SendAnswer } from '../core/decide-send.ts';
import { REFUSED_WORDS } from '../core/refusal-words.ts';
import type { Api, ApiServices } from './api.ts';
import { errorAnswers } from './error-answers.ts';
import { HttpFailure } from './http-failure.ts';

const MODULE_PX = 8;
const SECOND_MS = 1000;

// Only lengths are checked here. Whether a text can be a PIN or a code is decided behind, with the work of a refusal.
const typed = Type.String({ maxLength: 64 });
const portalSession = Type.String({ minLength: 1, maxLength: 64 });
const challengeParams = Type.Object({ challengeId: Type.String({ minLength: 1, maxLength: 64 }) });

const challengeSchema = Type.Object({
  challengeId: Type.String(),
  kind: Type.Union([
    Type.Literal('otp'),
    Type.Literal('login'),
    Type.Literal('pair1'),
    Type.Literal('pair2'),
  ]),
  portalSession: Type.String(),
  expiresInS: Type.Integer(),
  matrixPng: Type.Optional(Type.String({ description: 'PNG of the colour matrix, base64.' })),
});
type ChallengeBody = Static<typeof challengeSchema>;

const codeAnswerSchema = Type.Union([
  Type.Object({
    outcome: Type.Literal('session'),
    sessionToken: Type.String(),
    mustChangePin: Type.Boolean(),
    expiresInS: Type.Integer(),
  }),
  Type.Object({ outcome: Type.Literal('continue'), ...challengeSchema.properties }),
]);

const sendSchema = {
  tags: ['portal'],
  summary: 'SEND: User Code and PIN. Right or wrong, the answer has the same form.',
  body: Type.Object(
    {
      userCode: typed,
      pin: typed,
      birthDate: Type.Optional(typed),
      portalSession: Type.Optional(portalSession),
      want: Type.Optional(Type.Literal('login')),
    },
    { additionalProperties: false },
  ),
  response: { 200: challengeSchema, ...errorAnswers() },
};

const againSchema = {
  tags: ['portal'],
  summary: 'The same challenge again, until it expires.',
  params: challengeParams,
  headers: Type.Object({ 'x-portal-session': portalSession }),
  response: { 200: challengeSchema, ...errorAnswers(403) },
};

const codeSchema = {
  tags: ['portal'],
  summary: 'The code that the token shows. `nextCode`: the second of two consecutive codes of a fob.',
  params: challengeParams,
  headers: Type.Object({
    'idempotency-key': Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 128,
        description: 'The same key with the same body gets the same answer.',
      }),
    ),
  }),
  body: Type.Object(
    { portalSession, code: typed, nextCode: Type.Optional(typed) },
    { additionalProperties: false },
  ),
  response: { 200: codeAnswerSchema, ...errorAnswers(403) },
};

/** The customer's side before there is a session. */
export function portalRoutes(api: Api, { portal, clock, sessionInactivityMs }: ApiServices): void {
  const bodyOf = (answer: SendAnswer): ChallengeBody => challengeBody(answer, clock.nowMs());
  api.post('/v1/portal/challenges', { schema: sendSchema }, async (request) =>
    bodyOf(await portal.send(request.body)),
  );
  api.get('/v1/portal/challenges/:challengeId', { schema: againSchema }, async (request) => {
    const answer = await portal.challenge(request.params.challengeId, request.headers['x-portal-session']);
    if (answer === undefined) throw refused();
    return bodyOf(answer);
  });
  api.post('/v1/portal/challenges/:challengeId/code', { schema: codeSchema }, async (request) => {
    const idempotencyKey = request.headers['idempotency-key'];
    const attempt = { ...request.body, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
    const answer = await portal.code(request.params.challengeId, attempt);
    if (answer.outcome === 'refused') throw refused();
    if (answer.outcome === 'continue') return { outcome: 'continue' as const, ...bodyOf(answer.next) };
    return {
      outcome: 'session' as const,
      sessionToken: answer.sessionToken,
      mustChangePin: answer.pinChangeOnly,
      expiresInS: sessionInactivityMs / SECOND_MS,
    };
  });
}

/** The one refusal of the customer's side: which element was wrong is never told. */
function refused(): HttpFailure {
  return new HttpFailure(403, { id: 'REFUSED', message: REFUSED_WORDS });
}

function challengeBody(answer: SendAnswer, nowMs: number): ChallengeBody {
  const { challengeId, kind, portalSession: own, payload, expiresAtMs } = answer;
  const expiresInS = Math.max(0, Math.ceil((expiresAtMs - nowMs) / SECOND_MS));
  const picture = payload === undefined ? {} : { matrixPng: toBase64(pngOf(payload)) };
  return { challengeId, kind, portalSession: own, expiresInS, ...picture };
}

function pngOf(payload: Uint8Array): Uint8Array {
  return renderPng(encodeMatrix(payload, symbolFor(payload)), { modulePx: MODULE_PX });
}
