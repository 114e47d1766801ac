import { Agent, request } from 'node:http';

/** One answer, as it came over the line. */
export type HttpAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
};

/** Sends requests over kept-alive connections: one per request that is under way. */
export interface HttpCaller {
  readonly call: (
    method: string,
    path: string,
    more?: {
      readonly body?: unknown;
      /** A body that is sent as it is. */
      readonly rawBody?: string;
      readonly bearer?: string;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ) => Promise<HttpAnswer>;
  readonly close: () => void;
}

/** A client of a validator on this machine. */
export function httpCaller(url: string): HttpCaller {
  const agent = new Agent({ keepAlive: true });
  return {
    call: (method, path, more = {}) =>
      new Promise((resolve, reject) => {
        const text = more.rawBody ?? (more.body === undefined ? undefined : JSON.stringify(more.body));
        const headers = {
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...(more.bearer === undefined ? {} : { authorization: `Bearer ${more.bearer}` }),
          ...more.headers,
        };
        const sent = request(new URL(path, url), { method, agent, headers }, (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headers,
              text: Buffer.concat(chunks).toString('utf8'),
            }),
          );
        });
        sent.on('error', reject);
        sent.end(text);
      }),
    close: () => agent.destroy(),
  };
}

/** A field of a JSON answer; `undefined` when there is none. */
export function fieldOf(answer: HttpAnswer, name: string): unknown {
  const value: unknown = JSON.parse(answer.text);
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** A text field of a JSON answer; an answer without it is a failed test. */
export function textOf(answer: HttpAnswer, name: string): string {
  const value = fieldOf(answer, name);
  if (typeof value === 'string') return value;
  throw new Error(`${name} is missing in ${answer.status} ${answer.text.slice(0, 200)}`);
}
