import { fromBase64, toBase64 } from '@chiavetta/protocol/bytes';
import type { OperatorError } from '../../core/operator-error.ts';
import { isOperatorErrorId, ProvisioningFailure } from '../../core/operator-error.ts';
import type {
  ProvisioningServer,
  ServerAnswer,
  ServerPhase,
  ServerResult,
} from '../../ports/provisioning-server.ts';

/** How long the validator may take for one answer, in milliseconds. */
const ANSWER_MS_MAX = 30_000;
/** An answer is a message of the wire in base64 and a few words. */
const ANSWER_CHARACTERS_MAX = 65_536;

type AnswerBody = {
  readonly sessionId: string;
  readonly frame?: string | null;
  readonly phase: ServerPhase;
  readonly result?: ServerResult;
};

/** The validator's serial sessions over HTTP, as the operator who signed in. */
export function httpProvisioningServer(options: {
  readonly url: string;
  readonly bearer: string;
  readonly signal: AbortSignal;
}): ProvisioningServer {
  const post = async (path: string, body: unknown): Promise<ServerAnswer> => {
    const { url, bearer, signal } = options;
    const response = await fetch(new URL(path, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
    }).catch((cause: unknown) => {
      throw new ProvisioningFailure(
        { id: signal.aborted ? 'INTERRUPTED' : 'SERVER_DOWN', fields: { url } },
        { cause },
      );
    });
    const text = (await response.text()).slice(0, ANSWER_CHARACTERS_MAX);
    if (!response.ok) throw new ProvisioningFailure(errorOf(response.status, text, url));
    return answerOf(text);
  };
  return {
    open: ({ hello, helloReply, ...request }) =>
      post('/v1/serial-sessions', { ...request, hello: toBase64(hello), helloReply: toBase64(helloReply) }),
    frame: (sessionId, frame) =>
      post(`/v1/serial-sessions/${encodeURIComponent(sessionId)}/frames`, { frame: toBase64(frame) }),
  };
}

function answerOf(text: string): ServerAnswer {
  const body: AnswerBody = JSON.parse(text);
  const answer = { sessionId: body.sessionId, phase: body.phase };
  const result = body.result === undefined ? {} : { result: body.result };
  if (body.frame === undefined || body.frame === null) return { ...answer, frame: undefined, ...result };
  const frame = fromBase64(body.frame);
  if (!frame.ok)
    throw new ProvisioningFailure({ id: 'SERVER_REFUSED', fields: { reason: 'its answer is not base64' } });
  return { ...answer, frame: frame.value, ...result };
}

/** The server's own id and words where it has them; the words are for staff. */
function errorOf(status: number, text: string, url: string): OperatorError {
  const body = errorBody(text);
  const reason = typeof body.message === 'string' ? body.message : `status ${status}`;
  if (typeof body.id === 'string' && isOperatorErrorId(body.id)) {
    return { id: body.id, fields: { ...textFields(body.fields), reason } };
  }
  if (status === 401) return { id: 'SIGN_IN', fields: { url } };
  if (status === 429 || status === 503) return { id: 'QUEUE_FULL', fields: { url } };
  return { id: 'SERVER_REFUSED', fields: { reason } };
}

type ErrorBody = { readonly id?: unknown; readonly message?: unknown; readonly fields?: unknown };

function errorBody(text: string): ErrorBody {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}

function textFields(fields: unknown): Record<string, string | number> {
  if (typeof fields !== 'object' || fields === null) return {};
  const kept: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string' || typeof value === 'number') kept[name] = value;
  }
  return kept;
}
