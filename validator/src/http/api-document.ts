import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

/** The head of the API's document. */
export function apiDocument(): NonNullable<FastifyDynamicSwaggerOptions['openapi']> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Chiavetta validator',
      version: '1',
      description:
        'Bytes are standard base64. Times in fields that end in Ms are milliseconds since 1970. Every answer that is no has the same body.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'The token of an operator session, or of a customer session under /v1/portal/session.',
        },
      },
    },
    tags: [
      { name: 'portal', description: 'The customer before there is a session.' },
      { name: 'session', description: 'The customer in a session.' },
      { name: 'operators', description: 'Staff and their sessions.' },
      { name: 'customers', description: 'Customers, as staff work on them.' },
      { name: 'tokens', description: "The bank's record of its tokens." },
      { name: 'requests', description: 'What two people have to want.' },
      { name: 'serial sessions', description: 'Sessions with tokens in the cradle of a branch PC.' },
      { name: 'stock', description: 'What makers announce.' },
      { name: 'audit', description: 'The audit log.' },
      { name: 'service', description: 'The validator itself.' },
    ],
  };
}
