import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HttpBank } from '../testing/http-bank.ts';
import { httpBank } from '../testing/http-bank.ts';

const CHECKED_IN = fileURLToPath(new URL('../../../docs/api/openapi.json', import.meta.url));

type Operation = {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: unknown;
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, { readonly content?: unknown }>>;
};
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

let http: HttpBank;
beforeEach(async () => {
  http = await httpBank();
});
afterEach(() => http.close());

async function served(): Promise<{
  readonly text: string;
  readonly operations: readonly [string, Operation][];
}> {
  const { text } = await http.caller.call('GET', '/openapi.json');
  const document: Document = JSON.parse(text);
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
  return { text, operations };
}

describe('the document of the API', () => {
  test('that is served is the one that is checked in (vitest -u writes it)', async () => {
    const text = `${JSON.stringify(JSON.parse((await served()).text), undefined, 2)}\n`;
    await expect(text).toMatchFileSnapshot(CHECKED_IN);
  });

  test('lists every route, each with words, a tag, and a schema for every answer', async () => {
    const { operations } = await served();
    expect(operations.map(([name]) => name).sort()).toMatchInlineSnapshot(`
      [
        "DELETE /v1/operator-sessions",
        "DELETE /v1/portal/session",
        "GET /health",
        "GET /openapi.json",
        "GET /v1/audit",
        "GET /v1/audit/checkpoint",
        "GET /v1/customers/{customerId}",
        "GET /v1/operator-sessions",
        "GET /v1/operators",
        "GET /v1/portal/challenges/{challengeId}",
        "GET /v1/portal/session",
        "GET /v1/requests",
        "GET /v1/requests/{requestId}",
        "GET /v1/tokens",
        "GET /v1/tokens/{serial}",
        "POST /v1/customers",
        "POST /v1/customers/{customerId}/block",
        "POST /v1/customers/{customerId}/new-pin",
        "POST /v1/customers/{customerId}/reinstate",
        "POST /v1/operator-sessions",
        "POST /v1/operators",
        "POST /v1/portal/challenges",
        "POST /v1/portal/challenges/{challengeId}/code",
        "POST /v1/portal/session/block",
        "POST /v1/portal/session/pin",
        "POST /v1/requests",
        "POST /v1/requests/{requestId}/approve",
        "POST /v1/requests/{requestId}/reject",
        "POST /v1/serial-sessions",
        "POST /v1/serial-sessions/{sessionId}/frames",
        "POST /v1/stock/manifests",
        "POST /v1/tokens/{serial}/block",
      ]
    `);
    for (const [name, operation] of operations) {
      expect({ name, summary: operation.summary }).toEqual({ name, summary: expect.any(String) });
      expect(operation.tags).toHaveLength(1);
      for (const [status, answer] of Object.entries(operation.responses)) {
        expect({ name, status, hasSchema: status === '204' || answer.content !== undefined }).toEqual({
          name,
          status,
          hasSchema: true,
        });
      }
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['400', '500', '503']));
    }
  });

  test('says which routes need a session', async () => {
    const { operations } = await served();
    const open = operations.filter(([, { security }]) => security === undefined).map(([name]) => name);
    expect(open.sort()).toEqual([
      'GET /health',
      'GET /openapi.json',
      'GET /v1/portal/challenges/{challengeId}',
      'POST /v1/operator-sessions',
      'POST /v1/portal/challenges',
      'POST /v1/portal/challenges/{challengeId}/code',
    ]);
    for (const [name] of operations.filter(([, { security }]) => security !== undefined)) {
      const [method = '', path = ''] = name.split(' ');
      const answer = await http.caller.call(method, path.replaceAll(/\{[^}]*\}/g, '000000000001'));
      expect({ name, status: answer.status }).toEqual({ name, status: expect.toSatisfy(isRefused) });
    }
  });
});

/** Behind a session a body is not even looked at without one; a customer's routes look at it first. */
function isRefused(status: unknown): boolean {
  return status === 401 || status === 400;
}
