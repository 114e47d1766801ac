import { Type } from 'typebox';
import type { Api, ApiServices } from './api.ts';
import type { WhoIs } from './bearer.ts';
import { BEARER, granted } from './bearer.ts';
import { errorAnswers } from './error-answers.ts';
import { pageOf, pageQuery, reasonText, serialText } from './request-parts.ts';
import { requestSchema } from './staff-views.ts';

const SLOTS = 8;

const params = Type.Object({ requestId: Type.String({ minLength: 1, maxLength: 64 }) });
const decided = { 200: requestSchema, ...errorAnswers(401, 403, 409) };
const tags = ['requests'];

const makeSchema = {
  tags,
  summary: 'Asks for something that two people have to want.',
  security: BEARER,
  body: Type.Object(
    {
      operation: Type.Union([
        Type.Literal('bind'),
        Type.Literal('replace'),
        Type.Literal('unlock'),
        Type.Literal('reset'),
        Type.Literal('rekey'),
      ]),
      serial: serialText,
      customerId: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      oldSerial: Type.Optional(serialText),
      slot: Type.Optional(Type.Integer({ minimum: 0, maximum: SLOTS - 1 })),
      reason: reasonText,
    },
    { additionalProperties: false },
  ),
  response: { 201: requestSchema, ...errorAnswers(401, 403, 409) },
};
const listSchema = {
  tags,
  summary: 'The requests, by id.',
  security: BEARER,
  querystring: pageQuery,
  response: { 200: Type.Object({ requests: Type.Array(requestSchema) }), ...errorAnswers(401, 403) },
};
const showSchema = { tags, summary: 'One request.', security: BEARER, params, response: decided };
const approveSchema = {
  tags,
  summary: 'Approves: another person than the requester. What needs no device is done by it.',
  security: BEARER,
  params,
  response: decided,
};
const rejectSchema = {
  tags,
  summary: 'Rejects.',
  security: BEARER,
  params,
  body: Type.Object({ reason: reasonText }, { additionalProperties: false }),
  response: decided,
};

/** Dual control: one person asks, another one approves. */
export function requestRoutes(api: Api, { staff }: ApiServices, whoIs: WhoIs): void {
  const { requests } = staff;
  api.post('/v1/requests', { schema: makeSchema }, async (request, reply) => {
    const made = granted(await requests.make(whoIs(request).actor, request.body));
    return reply.code(201).send(made);
  });
  api.get('/v1/requests', { schema: listSchema }, async (request) => ({
    requests: [...granted(await requests.list(whoIs(request).actor, pageOf(request.query)))],
  }));
  api.get('/v1/requests/:requestId', { schema: showSchema }, async (request) =>
    granted(await requests.show(whoIs(request).actor, request.params.requestId)),
  );
  api.post('/v1/requests/:requestId/approve', { schema: approveSchema }, async (request) =>
    granted(await requests.approve(whoIs(request).actor, request.params.requestId)),
  );
  api.post('/v1/requests/:requestId/reject', { schema: rejectSchema }, async (request) =>
    granted(await requests.reject(whoIs(request).actor, { ...request.params, ...request.body })),
  );
}
