import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import fastify, { LogController } from 'fastify';
import type { Api, ApiServices } from './api.ts';
import { apiDocument } from './api-document.ts';
import { auditRoutes } from './audit-routes.ts';
import { staffOnly } from './bearer.ts';
import { customerRoutes } from './customer-routes.ts';
import { errorBodySchema, failureOf } from './error-answers.ts';
import { healthRoutes } from './health-routes.ts';
import { HttpFailure } from './http-failure.ts';
import { operatorRoutes, signInRoute } from './operator-routes.ts';
import { portalRoutes } from './portal-routes.ts';
import { requestRoutes } from './request-routes.ts';
import { serialRoutes } from './serial-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { tokenRoutes } from './token-routes.ts';

/** Limits of the server. All of them protect memory: what a request costs is known before it is read. */
export type ApiLimits = {
  readonly bodyBytesMax: number;
  /** How long a request may take to arrive whole. */
  readonly requestMs: number;
  /** How long a line may be silent, a long wait for an answer included. */
  readonly silenceMs: number;
  readonly requestsInFlightMax: number;
};

/** The limits unless told. */
export const DEFAULT_LIMITS: ApiLimits = {
  bodyBytesMax: 16_384,
  requestMs: 10_000,
  silenceMs: 30_000,
  requestsInFlightMax: 1_000,
};

const UNCACHED = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

/** The HTTP API over its services. docs/api/openapi.json is its document. */
export async function buildApi(parts: {
  readonly services: ApiServices;
  readonly log: FastifyBaseLogger;
  readonly limits?: ApiLimits;
}): Promise<Api> {
  const { services, log, limits = DEFAULT_LIMITS } = parts;
  const app: Api = fastify({
    loggerInstance: log,
    // The server's own lines would carry addresses with User Codes in them.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.requestMs,
    connectionTimeout: limits.silenceMs,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    // `refuseWhileClosing` answers in our form.
    return503OnClosing: false,
    // Unknown fields are refused and nothing is turned into another type: a PIN 01234 must not become 1234.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
    clientErrorHandler: (_failure, socket) => answerUnreadable(socket),
    frameworkErrors: (failure, request, reply) => answerFailure(failure, request, reply),
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setErrorHandler(answerFailure);
  app.setNotFoundHandler((request, reply) => {
    const message = `There is no ${request.method} at this address; GET /openapi.json lists what there is.`;
    answerFailure(new HttpFailure(404, { id: 'NOT_FOUND', message }), request, reply);
  });
  keepOutOfCaches(app);
  refuseWhileClosing(app);
  limitInFlight(app, limits.requestsInFlightMax);
  logAnswers(app);
  app.addSchema(errorBodySchema);
  await app.register(swagger, {
    openapi: apiDocument(),
    refResolver: { buildLocalReference: ({ $id }, _base, _fragment, index) => String($id ?? `def-${index}`) },
  });
  healthRoutes(app, services);
  portalRoutes(app, services);
  sessionRoutes(app, services);
  signInRoute(app, services);
  await app.register(async (plain) => {
    const api = plain.withTypeProvider<TypeBoxTypeProvider>();
    const whoIs = staffOnly(api, services.staff.operators);
    operatorRoutes(api, services, whoIs);
    customerRoutes(api, services, whoIs);
    tokenRoutes(api, services, whoIs);
    requestRoutes(api, services, whoIs);
    serialRoutes(api, services, whoIs);
    auditRoutes(api, services, whoIs);
  });
  await app.ready();
  return app;
}

/** The one form of every answer that is no. */
function answerFailure(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const failure = failureOf(thrown, request.log);
  const { id, message, fields } = failure;
  const body = { id, message, requestId: request.id, ...(fields === undefined ? {} : { fields }) };
  // Written here and not by the route's schema, so that no route can change it; with every header, because an address
  // that cannot be read gets here before any hook.
  reply
    .code(failure.status)
    .headers({ ...UNCACHED, 'content-type': 'application/json; charset=utf-8' })
    .serializer((text: unknown) => String(text))
    .send(JSON.stringify(body));
}

/** What is no HTTP, or has headers without end, gets the same form and a closed line. */
function answerUnreadable(socket: Socket): void {
  if (!socket.writable) return;
  const message = 'This is no HTTP request that can be read.';
  const body = JSON.stringify({ id: 'BAD_REQUEST', message, requestId: randomUUID() });
  const head = [
    'HTTP/1.1 400 Bad Request',
    'content-type: application/json; charset=utf-8',
    `content-length: ${body.length}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Answers hold session tokens and pictures: nothing between the validator and its caller may keep them. */
function keepOutOfCaches(app: Api): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(UNCACHED);
  });
}

/** What comes on a kept-alive line after the stop began is refused; what came before is answered. */
function refuseWhileClosing(app: Api): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onRequest', async () => {
    if (!isClosing) return;
    throw new HttpFailure(503, {
      id: 'SERVER_DOWN',
      message: 'The validator is stopping; nothing was changed.',
    });
  });
  // A line that is kept alive after its last answer would hold up the stop until it falls silent by itself.
  app.addHook('onResponse', async () => {
    if (isClosing) setImmediate(() => app.server.closeIdleConnections());
  });
}

function limitInFlight(app: Api, requestsMax: number): void {
  let inFlight = 0;
  app.addHook('onRequest', async (_request, reply) => {
    if (inFlight >= requestsMax) {
      const message = 'Too many requests at the same time. Send it again in a moment.';
      throw new HttpFailure(503, { id: 'QUEUE_FULL', message });
    }
    inFlight += 1;
    // Not the `onResponse` hook: it is never called for a caller that hung up, and the place would be lost.
    reply.raw.once('close', () => {
      inFlight -= 1;
    });
  });
}

/** One line for each answer: the route and not the address, which may hold a User Code. */
function logAnswers(app: Api): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    const route = routeOptions.url ?? 'none';
    const ms = Math.round(reply.elapsedTime);
    request.log.info({ method, route, status: reply.statusCode, ms }, 'answered');
  });
}
