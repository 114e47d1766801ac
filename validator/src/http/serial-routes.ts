import { toBase64 } from '@chiavetta/protocol/bytes';
import type { Static } from 'typebox';
import { Type } from 'typebox';
import type { SerialAnswer } from '../service/staff/staff-services.ts';
import type { Api, ApiServices } from './api.ts';
import type { WhoIs } from './bearer.ts';
import { BEARER, granted } from './bearer.ts';
import { errorAnswers } from './error-answers.ts';
import { base64Text, bytesOf, serialText } from './request-parts.ts';

/** The bodies of HELLO and HELLO_REPLY are far below this. */
const HELLO_BYTES_MAX = 256;
/** The largest message of the wire: docs/spec/wire.md. */
const MESSAGE_BYTES_MAX = 2_048;

const answerSchema = Type.Object({
  sessionId: Type.String(),
  frame: Type.Union([Type.String(), Type.Null()], {
    description: 'The next opaque message for the token, base64; null when there is none.',
  }),
  phase: Type.Union([
    Type.Literal('handshake'),
    Type.Literal('prepare'),
    Type.Literal('commit'),
    Type.Literal('done'),
  ]),
  result: Type.Optional(
    Type.Object({
      serial: Type.String(),
      deviceState: Type.String(),
      outcome: Type.Union([Type.Literal('done'), Type.Literal('recovered'), Type.Literal('discarded')]),
      finished: Type.Optional(Type.String()),
      prekeysLeft: Type.Optional(Type.Integer()),
    }),
  ),
});
type AnswerBody = Static<typeof answerSchema>;

const startSchema = {
  tags: ['serial sessions'],
  summary: 'Opens a session with the token in the cradle; the branch PC only relays.',
  security: BEARER,
  body: Type.Object(
    {
      operation: Type.Union([
        Type.Literal('provision'),
        Type.Literal('bind'),
        Type.Literal('unlock'),
        Type.Literal('reset'),
        Type.Literal('rekey'),
        Type.Literal('revoke'),
      ]),
      requestId: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      expectedSerial: Type.Optional(serialText),
      slot: Type.Optional(Type.Integer({ minimum: 0, maximum: 7 })),
      hello: base64Text(HELLO_BYTES_MAX),
      helloReply: base64Text(HELLO_BYTES_MAX),
    },
    { additionalProperties: false },
  ),
  response: { 201: answerSchema, ...errorAnswers(401, 403, 409) },
};
const frameSchema = {
  tags: ['serial sessions'],
  summary: "The token's answer, and what goes to the token next. A refusal ends the session.",
  security: BEARER,
  params: Type.Object({ sessionId: Type.String({ minLength: 1, maxLength: 64 }) }),
  body: Type.Object({ frame: base64Text(MESSAGE_BYTES_MAX) }, { additionalProperties: false }),
  response: { 200: answerSchema, ...errorAnswers(401, 403, 409) },
};

/** The validator's end of the sessions with tokens. */
export function serialRoutes(api: Api, { staff }: ApiServices, whoIs: WhoIs): void {
  api.post('/v1/serial-sessions', { schema: startSchema }, async (request, reply) => {
    const { hello, helloReply, ...job } = request.body;
    const bytes = { hello: bytesOf('hello', hello), helloReply: bytesOf('helloReply', helloReply) };
    const answer = granted(await staff.serial.start(whoIs(request).actor, { ...job, ...bytes }));
    return reply.code(201).send(answerBody(answer));
  });
  api.post('/v1/serial-sessions/:sessionId/frames', { schema: frameSchema }, async (request) => {
    const frame = bytesOf('frame', request.body.frame);
    const { sessionId } = request.params;
    return answerBody(granted(await staff.serial.frame(whoIs(request).actor, { sessionId, frame })));
  });
}

function answerBody({ frame, result, ...answer }: SerialAnswer): AnswerBody {
  return {
    ...answer,
    frame: frame === undefined ? null : toBase64(frame),
    ...(result === undefined ? {} : { result }),
  };
}
