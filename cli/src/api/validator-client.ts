import { Failure } from '../output/failure.ts';
import { isFailureId } from '../output/failure-table.ts';
import { plainFields } from '../output/plain-fields.ts';

/** Speaks to the validator over HTTP; its errors become failures with the same id and the server's own words. */
export interface ValidatorClient {
  readonly url: string;
  get<Answer>(path: string, options?: CallOptions): Promise<Answer>;
  post<Answer>(path: string, body: unknown, options?: CallOptions): Promise<Answer>;
  delete(path: string, options?: CallOptions): Promise<void>;
}

export type CallOptions = {
  /** Of an operator or a portal session; sent as a bearer token. */
  readonly bearer?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

type Refused = {
  readonly status: number;
  readonly text: string;
  readonly method: string;
  readonly path: string;
};

type ErrorBody = { readonly id?: unknown; readonly message?: unknown; readonly fields?: unknown };

export function validatorClient({
  url,
  signal,
}: {
  readonly url: string;
  readonly signal: AbortSignal;
}): ValidatorClient {
  const call = async <Answer>(
    method: string,
    path: string,
    body: unknown,
    options: CallOptions,
  ): Promise<Answer> => {
    const headers: Record<string, string> = { accept: 'application/json', ...options.headers };
    if (options.bearer !== undefined) headers['authorization'] = `Bearer ${options.bearer}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const request: RequestInit = {
      method,
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const { response, text } = await exchange(new URL(path, url), request).catch((cause: unknown) => {
      if (signal.aborted) throw new Failure('INTERRUPTED');
      throw new Failure('SERVER_DOWN', { url }, { cause });
    });
    if (!response.ok) throw failureOf({ status: response.status, text, method, path });
    return answerOf<Answer>(text, url);
  };
  return {
    url,
    get: (path, options = {}) => call('GET', path, undefined, options),
    post: (path, body, options = {}) => call('POST', path, body, options),
    delete: (path, options = {}) => call('DELETE', path, undefined, options),
  };
}

const ANSWER_MS_MAX = 30_000;

async function exchange(
  url: URL,
  request: RequestInit,
): Promise<{ readonly response: Response; readonly text: string }> {
  const response = await fetch(url, request);
  return { response, text: await response.text() };
}

/** Nothing (204), or JSON; what is neither came from another program. */
function answerOf<Answer>(text: string, url: string): Answer {
  try {
    const answer: Answer = text === '' ? undefined : JSON.parse(text);
    return answer;
  } catch (cause) {
    throw new Failure('SERVER_REFUSED', { reason: `what listens at ${url} is no validator.` }, { cause });
  }
}

function failureOf({ status, text, method, path }: Refused): Failure {
  const { id, message, fields } = errorBody(text);
  const reason = typeof message === 'string' ? message : `status ${status}`;
  // Who reads one thing and is told that the state of things forbids it has named one that is not there.
  const isUnknown = status === 404 || (status === 409 && method === 'GET');
  const sought = isUnknown ? soughtIn(path) : undefined;
  if (sought !== undefined && (id === undefined || id === 'NOT_FOUND' || id === 'SERVER_REFUSED')) {
    return new Failure('NOT_FOUND', sought);
  }
  if (typeof id === 'string' && isFailureId(id)) return new Failure(id, { ...plainFields(fields), reason });
  if (status === 401) return new Failure('SIGN_IN');
  if (status === 403) return new Failure('NOT_ALLOWED', { reason });
  if (status === 429 || status === 503) return new Failure('QUEUE_FULL');
  return new Failure('SERVER_REFUSED', { reason });
}

/** What a staff route was asked for, by its address. */
function soughtIn(path: string): { readonly kind: string; readonly wanted: string } | undefined {
  const [, collection = '', wanted] = /^\/v1\/([a-z]+)\/([^/?]+)/u.exec(path) ?? [];
  const kind = KINDS.get(collection);
  return kind === undefined || wanted === undefined
    ? undefined
    : { kind, wanted: decodeURIComponent(wanted) };
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ['customers', 'customer'],
  ['tokens', 'token'],
  ['requests', 'request'],
  ['operators', 'operator'],
]);

function errorBody(text: string): ErrorBody {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}
