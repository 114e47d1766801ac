import { Type } from 'typebox';
import type { Api, ApiServices } from './api.ts';
import type { WhoIs } from './bearer.ts';
import { BEARER, granted } from './bearer.ts';
import { errorAnswers } from './error-answers.ts';
import { reasonText, serialText } from './request-parts.ts';
import { customerSchema } from './staff-views.ts';

const mailAddress = Type.String({ minLength: 3, maxLength: 254, pattern: '^[^\\s@]+@[^\\s@]+$' });
const params = Type.Object({ customerId: Type.String({ minLength: 1, maxLength: 64 }) });
const changed = { 200: customerSchema, ...errorAnswers(401, 403, 409) };
const tags = ['customers'];

const addSchema = {
  tags,
  summary: 'Adds a customer; the first PIN goes out by mail.',
  security: BEARER,
  body: Type.Object(
    {
      name: Type.String({ minLength: 1, maxLength: 120 }),
      email: mailAddress,
      label: Type.Optional(
        Type.String({ minLength: 1, maxLength: 24, description: 'What a token shows for the customer.' }),
      ),
      birthDate: Type.Optional(Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })),
      referente: Type.Optional(mailAddress),
    },
    { additionalProperties: false },
  ),
  response: {
    201: Type.Object({ customerId: Type.String(), userCode: Type.String() }),
    ...errorAnswers(401, 403, 409),
  },
};
const showSchema = {
  tags,
  summary: 'A customer, by id or User Code, with the true state of account and devices.',
  security: BEARER,
  params,
  response: changed,
};
const blockSchema = {
  tags,
  summary: 'Blocks the account, or the devices with these serials, at once and by one person.',
  security: BEARER,
  params,
  body: Type.Object(
    {
      reason: reasonText,
      what: Type.Optional(
        Type.Union([Type.Literal('all'), Type.Array(serialText, { minItems: 1, maxItems: 32 })]),
      ),
    },
    { additionalProperties: false },
  ),
  response: changed,
};
const reinstateSchema = {
  tags,
  summary: 'Lifts every block: with the same codes, or with a new PIN by mail.',
  security: BEARER,
  params,
  body: Type.Object({ newPin: Type.Boolean(), reason: reasonText }, { additionalProperties: false }),
  response: changed,
};
const newPinSchema = {
  tags,
  summary: 'Orders a new PIN by mail; a block stays.',
  security: BEARER,
  params,
  body: Type.Object({ reason: reasonText }, { additionalProperties: false }),
  response: changed,
};

/** Customers, as staff work on them. */
export function customerRoutes(api: Api, { staff }: ApiServices, whoIs: WhoIs): void {
  const { customers } = staff;
  api.post('/v1/customers', { schema: addSchema }, async (request, reply) => {
    const added = granted(await customers.add(whoIs(request).actor, request.body));
    return reply.code(201).send(added);
  });
  api.get('/v1/customers/:customerId', { schema: showSchema }, async (request) =>
    granted(await customers.show(whoIs(request).actor, request.params.customerId)),
  );
  api.post('/v1/customers/:customerId/block', { schema: blockSchema }, async (request) =>
    granted(await customers.block(whoIs(request).actor, { ...request.params, ...request.body })),
  );
  api.post('/v1/customers/:customerId/reinstate', { schema: reinstateSchema }, async (request) =>
    granted(await customers.reinstate(whoIs(request).actor, { ...request.params, ...request.body })),
  );
  api.post('/v1/customers/:customerId/new-pin', { schema: newPinSchema }, async (request) =>
    granted(await customers.newPin(whoIs(request).actor, { ...request.params, ...request.body })),
  );
}
