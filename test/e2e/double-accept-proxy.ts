import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';

type Answer = { readonly status: number; readonly headers: Headers; readonly body: string };

/** A planted bug in front of a real validator: whoever types a code while another is typing it gets the same answer. */
export async function doubleAcceptProxy(
  validatorUrl: string,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const codes = new Map<string, Promise<Answer>>();
  const forward = async (request: IncomingMessage, body: string): Promise<Answer> => {
    const kept = ['authorization', 'content-type'].flatMap((name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? [[name, value] as const] : [];
    });
    const { method = 'GET', url = '/' } = request;
    const answer = await fetch(new URL(url, validatorUrl), {
      method,
      headers: Object.fromEntries(kept),
      ...(body === '' ? {} : { body }),
    });
    return { status: answer.status, headers: answer.headers, body: await answer.text() };
  };
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const key = `${request.url} ${body}`;
    const isCode = request.url?.endsWith('/code') === true;
    const asked = (isCode ? codes.get(key) : undefined) ?? forward(request, body);
    if (isCode) codes.set(key, asked);
    const { status, headers, body: text } = await asked;
    response.writeHead(status, { 'content-type': headers.get('content-type') ?? 'application/json' });
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
