import { TargetUnusable } from '../target-unusable.ts';

/** How long an answer may take, milliseconds. */
const ANSWER_MS_MAX = 30_000;

/** An answer as it came. */
export type HttpAnswer = {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Readonly<Record<string, unknown>>;
};

/** One request with a JSON body. Any status is an answer; only silence throws. */
export async function httpCall(
  url: string,
  request: {
    readonly method: 'GET' | 'POST' | 'DELETE';
    readonly path: string;
    readonly body?: unknown;
    readonly bearer?: string;
    readonly headers?: Readonly<Record<string, string>>;
  },
): Promise<HttpAnswer> {
  const { method, path, body, bearer, headers } = request;
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  }).catch((cause: unknown) => {
    throw new TargetUnusable(`${url} does not answer.`, 'Start the validator, then run the laws again.', {
      cause,
    });
  });
  const text = await response.text();
  return { status: response.status, headers: [...response.headers], body: fieldsOf(text) };
}

/** The answer's field as text; a refusal in its own words where it is missing. */
export function textField(answer: HttpAnswer, name: string): string {
  const value = answer.body[name];
  if (typeof value === 'string') return value;
  const { id, message } = { id: undefined, message: undefined, ...answer.body };
  throw new TargetUnusable(
    `The validator answered ${answer.status} ${String(id ?? '')}: ${String(message ?? `there is no ${name}`)}`,
    'Check who is named as clerk and as approver, and the data directory.',
  );
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : { value };
  } catch {
    return { text };
  }
}
