import type { FastifyBaseLogger, FastifyError } from 'fastify';
import type { TSchema } from 'typebox';
import { Type } from 'typebox';
import type { StaffRefusal, StaffRefusalId } from '../core/staff/staff-answer.ts';
import { ChiavettaError, StoreError } from '../ports/failure.ts';
import { HttpFailure } from './http-failure.ts';

const SERVER_FAULT = 500;

const ERROR_BODY = 'ErrorBody';

/** The schema of every answer that is no; routes refer to it by its name. */
export const errorBodySchema: TSchema = Type.Object(
  {
    id: Type.String({ description: 'Stable name of the error; `chiavetta error ID` explains it.' }),
    message: Type.String({ description: 'What happened and what to do, in words.' }),
    requestId: Type.String({ description: 'Finds the request in the log of the validator.' }),
    fields: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]), {
        description: 'Values that the sentences of the error need.',
      }),
    ),
  },
  { $id: ERROR_BODY, additionalProperties: false },
);

/** What each status means here; the text stands in the API's document. */
const MEANINGS: Readonly<Record<number, string>> = {
  400: 'The request has not the form of this document.',
  401: 'Nobody is signed in, or the session is over.',
  403: 'Refused.',
  404: 'There is no such thing.',
  409: 'The state of things does not allow it; the message says why.',
  413: 'The body is too large.',
  415: 'The body is no JSON.',
  422: 'The new PIN is not taken; the message says why.',
  500: 'The validator failed.',
  503: 'Too much at once, or the store cannot be used.',
};

/** The error answers of a route, for its schema: its own and those that every route has. */
export function errorAnswers(...statuses: readonly number[]): Readonly<Record<number, TSchema>> {
  const all = [400, ...statuses, SERVER_FAULT, 503];
  return Object.fromEntries(
    all.map((status) => [status, { $ref: `${ERROR_BODY}#`, description: MEANINGS[status] ?? 'Refused.' }]),
  );
}

const STAFF_STATUS: Readonly<Partial<Record<StaffRefusalId, number>>> = {
  SIGN_IN: 401,
  NOT_ALLOWED: 403,
  QUEUE_FULL: 503,
};

/** A refusal of a staff service as an answer. Whatever has no status of its own is a matter of state: 409. */
export function staffFailure(refusal: StaffRefusal): HttpFailure {
  const { id, reason, fields } = refusal;
  return new HttpFailure(STAFF_STATUS[id] ?? 409, { id, message: reason, fields: { ...fields, reason } });
}

/**
 * Whatever was thrown, as an answer. Only what was meant for the reader goes out: a fault of our own, of the store or of
 * a parser could quote a path, a stack or a piece of the body, and goes to the log under the request's id.
 */
export function failureOf(thrown: unknown, log: FastifyBaseLogger): HttpFailure {
  if (thrown instanceof HttpFailure) return thrown;
  if (thrown instanceof StoreError) {
    log.error({ err: thrown, storeCode: thrown.code }, 'the store failed');
    return new HttpFailure(503, {
      id: thrown.code,
      message: 'The store of the validator cannot be used now. Its operators find the reason in its log.',
    });
  }
  if (thrown instanceof ChiavettaError) return knownFailure(thrown, log);
  return parserFailure(thrown) ?? unexpectedFailure(thrown, log);
}

function knownFailure(thrown: ChiavettaError, log: FastifyBaseLogger): HttpFailure {
  if (thrown.code === 'VALIDATOR_BUSY' || thrown.code === 'QUEUE_FULL') {
    return new HttpFailure(503, { id: 'QUEUE_FULL', message: `${thrown.message} ${thrown.next}` });
  }
  return unexpectedFailure(thrown, log);
}

/** Fixed words for what the server's parsers refuse: theirs may quote the body, and with it a PIN. */
function parserFailure(thrown: unknown): HttpFailure | undefined {
  if (!isFastifyError(thrown) || thrown.statusCode === undefined || thrown.statusCode >= SERVER_FAULT) {
    return undefined;
  }
  const { statusCode: status, validation, code } = thrown;
  if (validation !== undefined) {
    // Built from the schema alone: places and rules, never the value that broke them.
    return new HttpFailure(400, {
      id: 'BAD_REQUEST',
      message: `The request is malformed: ${thrown.message}.`,
    });
  }
  if (status === 413) {
    return new HttpFailure(413, { id: 'TOO_LARGE', message: 'The body is larger than this route takes.' });
  }
  if (status === 415) {
    return new HttpFailure(415, { id: 'BAD_REQUEST', message: 'The body must be application/json.' });
  }
  const isUrl = code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH';
  const message = isUrl ? 'The address of the request is malformed.' : 'The body is no JSON.';
  return new HttpFailure(400, { id: 'BAD_REQUEST', message });
}

function isFastifyError(thrown: unknown): thrown is FastifyError {
  return thrown instanceof Error && 'statusCode' in thrown;
}

function unexpectedFailure(thrown: unknown, log: FastifyBaseLogger): HttpFailure {
  log.error({ err: thrown }, 'a request failed');
  return new HttpFailure(SERVER_FAULT, {
    id: 'INTERNAL',
    message:
      'The validator failed. Whether the request was carried out is not certain: look before trying again. Its operators find the reason in its log under the request id.',
  });
}
