import { describe, expect, test } from 'vitest';
import { assert } from '../bytes/index.ts';
import { encodeFragment } from './fragment.ts';
import type { Frame } from './frame.ts';
import { encodeFrame } from './frame.ts';
import { FRAME_TYPES } from './frame-types.ts';
import { MESSAGE_BYTES_MAX } from './limits.ts';
import { splitterPush, splitterStart } from './splitter.ts';
import { tokenLinkStep } from './token-link.ts';
import type { TokenLinkEvent, TokenRequest } from './token-link-state.ts';
import { tokenLinkStart } from './token-link-state.ts';

const HELLO = Uint8Array.of(1, 1, 2, 0);
const NONE = new Uint8Array();

/** A token for tests: what it sent and what it was asked since the last event. */
function tokenAt() {
  let state = tokenLinkStart({ frameLimitBytes: 256 });
  const take = (event: TokenLinkEvent) => {
    const step = tokenLinkStep(state, event);
    state = step.state;
    const sent: Frame[] = [];
    const asked: TokenRequest[] = [];
    for (const effect of step.effects) {
      if (effect.tag === 'deliver') asked.push(effect.request);
      else sent.push(...splitterPush(splitterStart(1_024), effect.bytes).frames);
    }
    return { sent, asked };
  };
  return {
    take,
    frame: (type: number, seq: number, body: Uint8Array = NONE) =>
      take({ tag: 'bytes', chunk: encodeFrame({ type, seq, body }) }),
    reply: (requestNumber: number, message: Uint8Array) =>
      take({ tag: 'reply', requestNumber, reply: { tag: 'session', message } }),
    held: () => state,
  };
}

function opened(): ReturnType<typeof tokenAt> {
  const token = tokenAt();
  token.frame(FRAME_TYPES.hello, 0, HELLO);
  const reply = {
    version: 1,
    serial: 1n,
    model: 1,
    firmware: 1,
    capabilities: 0,
    maxFrameBytes: 256,
    opTimeMs: 1,
    seedEpoch: 0,
    pending: 0,
    pendingTxid: new Uint8Array(16),
  };
  token.take({ tag: 'reply', requestNumber: 1, reply: { tag: 'hello', reply } });
  return token;
}

function error(seq: number, code: number) {
  return { asked: [], sent: [{ type: FRAME_TYPES.error, seq, body: Uint8Array.of(code) }] };
}

describe('a token', () => {
  test('executes a repeated frame once and sends the same reply again', () => {
    const token = opened();
    expect(token.frame(FRAME_TYPES.session, 1, Uint8Array.of(5)).asked).toHaveLength(1);
    expect(token.frame(FRAME_TYPES.session, 1, Uint8Array.of(5))).toEqual({ sent: [], asked: [] });
    const first = token.reply(2, Uint8Array.of(6));
    expect(token.frame(FRAME_TYPES.session, 1, Uint8Array.of(5))).toEqual({ sent: first.sent, asked: [] });
  });

  test('takes another body under the same number for a new frame', () => {
    const token = opened();
    token.frame(FRAME_TYPES.session, 1, Uint8Array.of(5));
    token.reply(2, NONE);
    expect(token.frame(FRAME_TYPES.session, 1, Uint8Array.of(6)).asked).toHaveLength(1);
  });

  test('drops what the firmware answers to a request that a new HELLO abandoned', () => {
    const token = opened();
    token.frame(FRAME_TYPES.session, 1, Uint8Array.of(5));
    expect(token.frame(FRAME_TYPES.hello, 2, HELLO).asked.map(({ tag }) => tag)).toEqual(['hello']);
    expect(token.reply(2, Uint8Array.of(6))).toEqual({ sent: [], asked: [] });
  });

  test('takes no session message before HELLO, and none while one is open', () => {
    expect(tokenAt().frame(FRAME_TYPES.session, 1)).toEqual(error(1, 2));
    const token = opened();
    token.frame(FRAME_TYPES.session, 1, Uint8Array.of(5));
    expect(token.frame(FRAME_TYPES.session, 2, Uint8Array.of(6))).toEqual(error(2, 2));
  });

  test.each([
    ['a HELLO of other versions', FRAME_TYPES.hello, Uint8Array.of(2, 9, 2, 0), 1],
    ['a HELLO whose frame limit is too small', FRAME_TYPES.hello, Uint8Array.of(1, 1, 0, 255), 4],
    ['a HELLO whose frame limit is too large', FRAME_TYPES.hello, Uint8Array.of(1, 1, 4, 1), 4],
    ['a HELLO cut short', FRAME_TYPES.hello, Uint8Array.of(1, 1, 2), 4],
    ['a POLL with nothing to poll', FRAME_TYPES.poll, NONE, 2],
    ['a NEXT with nothing to fetch', FRAME_TYPES.next, Uint8Array.of(1), 2],
    ['a fragment that is not the first', FRAME_TYPES.fragment, Uint8Array.of(1, 3, 7), 2],
    ['a fragment beyond its total', FRAME_TYPES.fragment, Uint8Array.of(3, 3, 7), 4],
    ['a message of more fragments than there may be', FRAME_TYPES.fragment, Uint8Array.of(0, 10, 7), 4],
    ['an empty fragment', FRAME_TYPES.fragment, Uint8Array.of(0, 2), 4],
    ['an unknown frame', 0x7f, NONE, 11],
  ] as const)('answers %s with the error that says so', (_, type, body, code) => {
    expect(opened().frame(type, 9, body)).toEqual(error(9, code));
  });

  test('says nothing to an echo of its own kind of frame', () => {
    expect(opened().frame(FRAME_TYPES.helloReply, 3, NONE)).toEqual({ sent: [], asked: [] });
  });

  test('keeps no more of a fragmented message than its limit', () => {
    const token = opened();
    const bytes = new Uint8Array(250);
    for (let index = 0; index < 8; index += 1) {
      token.frame(FRAME_TYPES.fragment, index, encodeFragment({ index, total: 9, bytes }));
    }
    expect(token.held().incoming.bytes.length).toBe(2_000);
    expect(token.frame(FRAME_TYPES.fragment, 8, encodeFragment({ index: 8, total: 9, bytes }))).toEqual(
      error(8, 4),
    );
    expect(token.held().incoming.bytes.length).toBe(0);
  });

  test('starts a fragmented message anew at its first fragment', () => {
    const token = opened();
    const part = (index: number, value: number): Uint8Array =>
      encodeFragment({ index, total: 2, bytes: Uint8Array.of(value) });
    token.frame(FRAME_TYPES.fragment, 1, part(0, 1));
    token.frame(FRAME_TYPES.fragment, 2, part(0, 2));
    expect(token.frame(FRAME_TYPES.fragment, 3, part(1, 3)).asked).toEqual([
      { tag: 'session', message: Uint8Array.of(2, 3) },
    ]);
  });

  test('cuts a long reply and gives each part when it is asked for, the same part again for the same NEXT', () => {
    const token = opened();
    token.frame(FRAME_TYPES.session, 1);
    const [first] = token.reply(2, new Uint8Array(MESSAGE_BYTES_MAX).fill(3)).sent;
    assert(first !== undefined, 'a reply was sent');
    expect([first.type, first.seq, first.body.length]).toEqual([FRAME_TYPES.fragmentReply, 1, 252]);
    const second = token.frame(FRAME_TYPES.next, 2, Uint8Array.of(1));
    expect(second.sent.map(({ body }) => body[0])).toEqual([1]);
    expect(token.frame(FRAME_TYPES.next, 2, Uint8Array.of(1))).toEqual(second);
  });

  test('puts a reply off, and gives it to the first POLL after it is there', () => {
    const token = opened();
    token.frame(FRAME_TYPES.session, 1, Uint8Array.of(5));
    const wait = { tag: 'wait', requestNumber: 2, reason: 'person', retryAfterMs: 300 } as const;
    expect(token.take(wait).sent).toEqual([
      { type: FRAME_TYPES.wait, seq: 1, body: Uint8Array.of(1, 1, 44) },
    ]);
    expect(token.frame(FRAME_TYPES.poll, 2).sent.map(({ type }) => type)).toEqual([FRAME_TYPES.wait]);
    expect(token.reply(2, Uint8Array.of(6))).toEqual({ sent: [], asked: [] });
    const answer = { type: FRAME_TYPES.sessionReply, seq: 3, body: Uint8Array.of(6) };
    expect(token.frame(FRAME_TYPES.poll, 3).sent).toEqual([answer]);
    expect(token.frame(FRAME_TYPES.poll, 3).sent).toEqual([answer]);
    expect(token.frame(FRAME_TYPES.poll, 4)).toEqual(error(4, 2));
  });

  test('drops a half frame when the line falls silent', () => {
    const token = opened();
    token.take({
      tag: 'bytes',
      chunk: encodeFrame({ type: FRAME_TYPES.session, seq: 1, body: NONE }).slice(0, -1),
    });
    token.take({ tag: 'silence' });
    expect(token.take({ tag: 'bytes', chunk: Uint8Array.of(0) })).toEqual({ sent: [], asked: [] });
  });
});
