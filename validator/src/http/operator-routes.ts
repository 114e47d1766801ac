import { Type } from 'typebox';
import type { OperatorView } from '../service/staff/staff-services.ts';
import type { Api, ApiServices } from './api.ts';
import type { SignedIn, WhoIs } from './bearer.ts';
import { BEARER, bearerOf, granted } from './bearer.ts';
import { errorAnswers } from './error-answers.ts';
import { pageOf, pageQuery } from './request-parts.ts';
import { operatorSchema } from './staff-views.ts';

const name = Type.String({ minLength: 1, maxLength: 64 });
const password = Type.String({ minLength: 1, maxLength: 256 });
const role = Type.Union([
  Type.Literal('clerk'),
  Type.Literal('supervisor'),
  Type.Literal('auditor'),
  Type.Literal('referente'),
  Type.Literal('service'),
]);
const whoSchema = Type.Object({ name: Type.String(), role, expiresInS: Type.Integer() });

const signInSchema = {
  tags: ['operators'],
  summary: 'Signs an operator in.',
  body: Type.Object({ name, password }, { additionalProperties: false }),
  response: {
    200: Type.Object({ token: Type.String(), ...whoSchema.properties }),
    ...errorAnswers(401),
  },
};
const whoAmISchema = {
  tags: ['operators'],
  summary: 'Who is signed in.',
  security: BEARER,
  response: { 200: whoSchema, ...errorAnswers(401) },
};
const signOutSchema = {
  tags: ['operators'],
  summary: 'Signs out.',
  security: BEARER,
  response: { 204: Type.Null({ description: 'Done.' }), ...errorAnswers(401) },
};
const listSchema = {
  tags: ['operators'],
  summary: 'The operators, by name.',
  security: BEARER,
  querystring: pageQuery,
  response: { 200: Type.Object({ operators: Type.Array(operatorSchema) }), ...errorAnswers(401, 403) },
};
const addSchema = {
  tags: ['operators'],
  summary: 'Adds an operator.',
  security: BEARER,
  body: Type.Object({ name, role, password }, { additionalProperties: false }),
  response: { 201: operatorSchema, ...errorAnswers(401, 403, 409) },
};

/** Signing in: the one staff route that needs no session. */
export function signInRoute(api: Api, { staff }: ApiServices): void {
  api.post('/v1/operator-sessions', { schema: signInSchema }, async (request) =>
    granted(await staff.operators.signIn(request.body)),
  );
}

/** Operators and their sessions. */
export function operatorRoutes(api: Api, { staff }: ApiServices, whoIs: WhoIs): void {
  api.get('/v1/operator-sessions', { schema: whoAmISchema }, async (request) => {
    const { actor, expiresInS }: SignedIn = whoIs(request);
    return { name: actor.name, role: actor.role, expiresInS };
  });
  api.delete('/v1/operator-sessions', { schema: signOutSchema }, async (request, reply) => {
    await staff.operators.signOut(bearerOf(request));
    return reply.code(204).send(null);
  });
  api.get('/v1/operators', { schema: listSchema }, async (request) => {
    const found = granted(await staff.operators.list(whoIs(request).actor, pageOf(request.query)));
    const operators: OperatorView[] = [...found];
    return { operators };
  });
  api.post('/v1/operators', { schema: addSchema }, async (request, reply) => {
    const added = granted(await staff.operators.add(whoIs(request).actor, request.body));
    return reply.code(201).send(added);
  });
}
