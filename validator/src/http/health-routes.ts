import { Type } from 'typebox';
import type { Api, ApiServices } from './api.ts';
import { errorAnswers } from './error-answers.ts';

const healthSchema = {
  tags: ['service'],
  summary: 'Whether the validator can answer: its store was asked.',
  response: { 200: Type.Object({ status: Type.Literal('ok') }), ...errorAnswers() },
};
const documentSchema = {
  tags: ['service'],
  summary: 'This document.',
  response: { 200: Type.Unsafe<object>({ type: 'object', additionalProperties: true }), ...errorAnswers() },
};

/** What needs nobody to be signed in. */
export function healthRoutes(api: Api, { audit }: ApiServices): void {
  api.get('/health', { schema: healthSchema }, async () => {
    await audit.head();
    return { status: 'ok' as const };
  });
  api.get('/openapi.json', { schema: documentSchema }, async () =>
    api.getDecorator<() => object>('swagger')(),
  );
}
