import { Type } from 'typebox';
import type { PinFault } from '../core/account-pin.ts';
import type { SessionView } from '../service/customer-session.ts';
import type { Api, ApiServices } from './api.ts';
import { BEARER, bearerOf } from './bearer.ts';
import { errorAnswers } from './error-answers.ts';
import { HttpFailure } from './http-failure.ts';

const PIN_WORDS: Readonly<Record<PinFault, string>> = {
  pin_not_digits: 'A PIN has digits only.',
  pin_length: 'A PIN has 5 to 8 digits.',
  pin_weak: 'This PIN is too easy to guess: no sequences, no repeated digit.',
  pin_used_before: 'This PIN was used before: choose another one.',
};

const nothing = Type.Null({ description: 'Done.' });
const pin = Type.String({ minLength: 1, maxLength: 64 });

const showSchema = {
  tags: ['session'],
  summary: 'What the session is. Asking counts as use, unless a new PIN has to be chosen first.',
  security: BEARER,
  response: {
    200: Type.Union([
      Type.Object(
        { mustChangePin: Type.Literal(true), expiresInS: Type.Integer() },
        { additionalProperties: false, description: 'With the mailed PIN: nothing of the customer.' },
      ),
      Type.Object({
        mustChangePin: Type.Literal(false),
        expiresInS: Type.Integer(),
        customerId: Type.String(),
        name: Type.String(),
        account: Type.String(),
        serials: Type.Array(Type.String()),
      }),
    ]),
    ...errorAnswers(401),
  },
};
const pinSchema = {
  tags: ['session'],
  summary: 'Chooses a new PIN. After the third wrong old one the session is over.',
  security: BEARER,
  body: Type.Object({ oldPin: pin, newPin: pin }, { additionalProperties: false }),
  response: { 204: nothing, ...errorAnswers(401, 403, 422) },
};
const blockSchema = {
  tags: ['session'],
  summary: 'Blocks the whole account (`all`) or one device (its serial), at once.',
  security: BEARER,
  body: Type.Object({ what: Type.String({ minLength: 1, maxLength: 12 }) }, { additionalProperties: false }),
  response: { 204: nothing, ...errorAnswers(401, 404) },
};
const closeSchema = {
  tags: ['session'],
  summary: 'Ends the session.',
  security: BEARER,
  response: { 204: nothing, ...errorAnswers(401) },
};

/** What a customer can do once a code opened a session. */
export function sessionRoutes(api: Api, { session }: ApiServices): void {
  api.get('/v1/portal/session', { schema: showSchema }, async (request) => {
    const view: SessionView | undefined = await session.show(bearerOf(request));
    if (view === undefined) throw sessionOver();
    return view.mustChangePin ? view : { ...view, serials: [...view.serials] };
  });
  api.post('/v1/portal/session/pin', { schema: pinSchema }, async (request, reply) => {
    const answer = await session.changePin(bearerOf(request), request.body);
    if (answer.outcome === 'no_session') throw sessionOver();
    if (answer.outcome === 'wrong_old_pin') {
      const message = 'The old PIN is wrong; nothing was changed. After a few wrong ones the session ends.';
      throw new HttpFailure(403, { id: 'REFUSED', message });
    }
    if (answer.outcome === 'refused_pin') {
      const { fault } = answer;
      throw new HttpFailure(422, { id: 'PIN_REFUSED', message: PIN_WORDS[fault], fields: { fault } });
    }
    return reply.code(204).send(null);
  });
  api.post('/v1/portal/session/block', { schema: blockSchema }, async (request, reply) => {
    const { what } = request.body;
    const answer = await session.block(bearerOf(request), what === 'all' ? what : { serial: what });
    if (answer.outcome === 'no_session') throw sessionOver();
    if (answer.outcome === 'unknown_credential') {
      throw new HttpFailure(404, { id: 'NOT_FOUND', message: 'You have no active device with this serial.' });
    }
    return reply.code(204).send(null);
  });
  api.delete('/v1/portal/session', { schema: closeSchema }, async (request, reply) => {
    await session.close(bearerOf(request));
    return reply.code(204).send(null);
  });
}

function sessionOver(): HttpFailure {
  return new HttpFailure(401, {
    id: 'SIGN_IN',
    message: 'There is no session, or it is over: log in again.',
  });
}
