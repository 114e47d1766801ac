import type { CeremonyEvent, ServerAnswer } from '@chiavetta/provisioning';

const NO_BYTES = new Uint8Array(0);
const TOKEN_REFUSES = 10;

const start: CeremonyEvent = { tag: 'start' };
const message: CeremonyEvent = { tag: 'reply', reply: { tag: 'session', message: NO_BYTES } };
const gone: CeremonyEvent = { tag: 'gone' };

function helloOf(serial: bigint): CeremonyEvent {
  const reply = {
    version: 1,
    serial,
    model: 1,
    firmware: 1,
    capabilities: 1,
    maxFrameBytes: 512,
    opTimeMs: 100,
    seedEpoch: 0,
    pending: 0,
    pendingTxid: new Uint8Array(16),
  };
  return { tag: 'reply', reply: { tag: 'hello', reply, helloBody: NO_BYTES, replyBody: NO_BYTES } };
}

function answerOf(answer: Partial<ServerAnswer>): CeremonyEvent {
  return {
    tag: 'answer',
    answer: { sessionId: 's', frame: NO_BYTES, phase: 'handshake', ...answer },
  };
}

function resultOf(outcome: 'done' | 'recovered' | 'discarded'): CeremonyEvent {
  const result = { serial: '000000000042', deviceState: 'PROVISIONED', outcome };
  return answerOf({ frame: undefined, phase: 'done', result });
}

const hello = helloOf(42n);

/** How a ceremony that expects token 42 comes into each state. */
export const ceremonyPaths: Readonly<Record<string, readonly CeremonyEvent[]>> = {
  idle: [],
  greeting: [start],
  opening: [start, hello],
  with_token: [start, hello, answerOf({})],
  with_server: [start, hello, answerOf({}), message],
  unplugged: [start, gone],
};

/** What the words of the specification's table stand for. */
export const ceremonyEvents: Readonly<Record<string, readonly CeremonyEvent[]>> = {
  start: [start],
  'HELLO_REPLY, serial as expected': [hello],
  'HELLO_REPLY, another serial': [helloOf(43n)],
  'the validator gives a message': [answerOf({})],
  'the token answers': [message],
  'no answer, noise, too slow': [
    { tag: 'link_failed', failure: { code: 'no_answer' } },
    { tag: 'link_failed', failure: { code: 'noise', droppedCount: 3 } },
    { tag: 'link_failed', failure: { code: 'too_slow', budgetMs: 30_000 } },
  ],
  'result `done` or `recovered`': [resultOf('done'), resultOf('recovered')],
  'result `discarded`': [resultOf('discarded')],
  'the validator refuses, or is down': [
    { tag: 'server_failed', error: { id: 'SERVER_REFUSED', fields: {} } },
    { tag: 'server_failed', error: { id: 'SERVER_DOWN', fields: {} } },
  ],
  'the token refuses, or is none': [
    { tag: 'link_failed', failure: { code: 'refused', errorCode: TOKEN_REFUSES } },
    { tag: 'link_failed', failure: { code: 'not_a_token' } },
  ],
  'the cable is out': [gone],
  'the port is back': [{ tag: 'back' }],
  'it stays away for 60 s': [{ tag: 'stayed_away' }],
};
