import { Type } from 'typebox';
import type { Api, ApiServices } from './api.ts';
import type { WhoIs } from './bearer.ts';
import { BEARER, granted } from './bearer.ts';
import { errorAnswers } from './error-answers.ts';
import { base64Text, bytesOf, pageOf, pageQuery, reasonText, serialText } from './request-parts.ts';
import { tokenSchema } from './staff-views.ts';

/** A whole batch of 50,000 tokens at 24 bytes, with head and signature. */
const MANIFEST_BYTES_MAX = 1_300_000;
const MANIFEST_BODY_BYTES_MAX = 2_000_000;

const params = Type.Object({ serial: serialText });
const tags = ['tokens'];

const listSchema = {
  tags,
  summary: 'The tokens, by serial.',
  security: BEARER,
  querystring: pageQuery,
  response: { 200: Type.Object({ tokens: Type.Array(tokenSchema) }), ...errorAnswers(401, 403) },
};
const showSchema = {
  tags,
  summary: 'The true state of a token, in words.',
  security: BEARER,
  params,
  response: { 200: tokenSchema, ...errorAnswers(401, 403, 409) },
};
const blockSchema = {
  tags,
  summary: 'Blocks a lost or stolen token at once, by one person.',
  security: BEARER,
  params,
  body: Type.Object({ reason: reasonText }, { additionalProperties: false }),
  response: { 200: tokenSchema, ...errorAnswers(401, 403, 409) },
};
const importSchema = {
  tags: ['stock'],
  summary: 'Takes a signed shipping manifest whole, or refuses it whole.',
  security: BEARER,
  body: Type.Object({ manifest: base64Text(MANIFEST_BYTES_MAX) }, { additionalProperties: false }),
  response: {
    201: Type.Object({ makerId: Type.Integer(), manifestId: Type.Integer(), tokens: Type.Integer() }),
    ...errorAnswers(401, 403, 409, 413),
  },
};

/** Tokens and the stock that makers announce. */
export function tokenRoutes(api: Api, { staff }: ApiServices, whoIs: WhoIs): void {
  api.get('/v1/tokens', { schema: listSchema }, async (request) => ({
    tokens: [...granted(await staff.tokens.list(whoIs(request).actor, pageOf(request.query)))],
  }));
  api.get('/v1/tokens/:serial', { schema: showSchema }, async (request) =>
    granted(await staff.tokens.show(whoIs(request).actor, request.params.serial)),
  );
  api.post('/v1/tokens/:serial/block', { schema: blockSchema }, async (request) =>
    granted(await staff.tokens.block(whoIs(request).actor, { ...request.params, ...request.body })),
  );
  const options = { schema: importSchema, bodyLimit: MANIFEST_BODY_BYTES_MAX };
  api.post('/v1/stock/manifests', options, async (request, reply) => {
    const manifest = bytesOf('manifest', request.body.manifest);
    const taken = granted(await staff.stock.importManifest(whoIs(request).actor, manifest));
    return reply.code(201).send(taken);
  });
}
