import { describe, expect, test } from 'vitest';
import { asciiBytes, assert } from '../bytes/index.ts';
import { encodeFrame } from './frame.ts';
import { helloReplyLayout } from './frame-hello-reply.ts';
import { FRAME_TYPES } from './frame-types.ts';
import { waitLayout } from './frame-wait.ts';
import { hostExchangeStep } from './host-exchange.ts';
import type { HostExchange, HostExchangeEffect, HostRequest, LinkFailure } from './host-exchange-state.ts';
import { hostExchangeStart } from './host-exchange-state.ts';
import { TOKEN_BUDGET_MS } from './timing.ts';

const SESSION: HostRequest = { tag: 'session', message: Uint8Array.of(1, 2, 3) };
const HELLO_BODY = helloReplyLayout.encode({
  version: 1,
  serial: 42n,
  model: 1,
  firmware: 7,
  capabilities: 0,
  maxFrameBytes: 512,
  opTimeMs: 500,
  seedEpoch: 0,
  pending: 0,
  pendingTxid: new Uint8Array(16),
});

/** A shell for tests: it keeps the state, the clock and what was asked of it. */
function hostAt(firstSeq: number) {
  let state: HostExchange = hostExchangeStart({ firstSeq });
  let nowMs = 1_000;
  let deadlineMs = 0;
  let effects: readonly HostExchangeEffect[] = [];
  const take = (event: Parameters<typeof hostExchangeStep>[1]): readonly HostExchangeEffect[] => {
    const step = hostExchangeStep(state, event);
    state = step.state;
    effects = step.effects;
    for (const effect of effects) if (effect.tag === 'deadline') deadlineMs = effect.atMs;
    return effects;
  };
  return {
    request: (request: HostRequest) => take({ tag: 'request', request, nowMs }),
    hear: (chunk: Uint8Array) => take({ tag: 'bytes', chunk, nowMs }),
    frame: (type: number, seq: number, body: Uint8Array) =>
      take({ tag: 'bytes', chunk: encodeFrame({ type, seq, body }), nowMs }),
    wait: () => {
      nowMs = deadlineMs;
      return take({ tag: 'timeout', nowMs });
    },
    early: () => take({ tag: 'timeout', nowMs: deadlineMs - 1 }),
    pass: (byMs: number) => {
      nowMs += byMs;
    },
    leftMs: () => deadlineMs - nowMs,
    nowMs: () => nowMs,
    isOpen: () => state.open,
  };
}

function opened(): ReturnType<typeof hostAt> {
  const host = hostAt(0);
  host.request({ tag: 'hello' });
  host.frame(FRAME_TYPES.helloReply, 0, HELLO_BODY);
  return host;
}

function failureOf(effects: readonly HostExchangeEffect[]): LinkFailure | undefined {
  const failed = effects.find((effect) => effect.tag === 'fail');
  return failed?.failure;
}

function sent(effects: readonly HostExchangeEffect[]): readonly Uint8Array[] {
  return effects.flatMap((effect) => (effect.tag === 'send' ? [effect.bytes] : []));
}

describe('HELLO', () => {
  test('is sent five times, 300 ms apart and under one number, and then nothing answered', () => {
    const host = hostAt(9);
    const [first] = sent(host.request({ tag: 'hello' }));
    for (let again = 0; again < 4; again += 1) {
      expect(host.leftMs()).toBe(300);
      expect(sent(host.wait())).toEqual([first]);
    }
    expect(failureOf(host.wait())).toEqual({ code: 'no_answer' });
  });

  test('that only boot text answers tells that this is no token', () => {
    const host = hostAt(0);
    host.request({ tag: 'hello' });
    host.hear(asciiBytes('Welcome to the bootloader v1.2\r\n'));
    for (let again = 0; again < 4; again += 1) expect(sent(host.wait())).toHaveLength(1);
    expect(failureOf(host.wait())).toEqual({ code: 'not_a_token' });
  });

  test('keeps its rhythm while a token prints what it does at boot', () => {
    const host = hostAt(0);
    host.request({ tag: 'hello' });
    host.pass(200);
    host.hear(asciiBytes('boot'));
    expect(host.leftMs()).toBe(100);
    expect(sent(host.wait())).toHaveLength(1);
  });

  test('gives both bodies as they crossed the line', () => {
    const host = hostAt(0);
    host.request({ tag: 'hello' });
    const [effect] = host.frame(FRAME_TYPES.helloReply, 0, HELLO_BODY);
    assert(effect?.tag === 'deliver' && effect.reply.tag === 'hello', 'the HELLO is answered');
    expect(effect.reply.helloBody).toEqual(Uint8Array.of(1, 1, 4, 0));
    expect(effect.reply.replyBody).toEqual(HELLO_BODY);
  });

  test('answered with a version or a frame limit out of bounds ends the link', () => {
    for (const [offset, value, rule] of [
      [0, 2, 'bad_version'],
      [16, 0, 'bad_limit'],
      [16, 9, 'bad_limit'],
    ] as const) {
      const host = hostAt(0);
      host.request({ tag: 'hello' });
      const body = HELLO_BODY.slice();
      body[offset] = value;
      const failure = failureOf(host.frame(FRAME_TYPES.helloReply, 0, body));
      expect(failure).toEqual({ code: 'broken_rule', rule, frameType: FRAME_TYPES.helloReply });
    }
  });
});

describe('a session message', () => {
  test('is sent again three times with its number, each after three operation times', () => {
    const host = opened();
    const [first] = sent(host.request(SESSION));
    for (let again = 0; again < 3; again += 1) {
      expect(host.leftMs()).toBe(1_500);
      expect(sent(host.wait())).toEqual([first]);
    }
    expect(failureOf(host.wait())).toEqual({ code: 'no_answer' });
    expect(host.isOpen()).toBe(false);
  });

  test('is sent again at once, but for a short pause, when its reply comes damaged', () => {
    const host = opened();
    host.request(SESSION);
    const damaged = encodeFrame({ type: FRAME_TYPES.sessionReply, seq: 1, body: Uint8Array.of(5, 5, 5) });
    damaged[4] = 0x44;
    host.hear(damaged);
    expect(host.leftMs()).toBe(20);
    expect(sent(host.wait())).toHaveLength(1);
  });

  test('is not sent again by a timer that fires early', () => {
    const host = opened();
    host.request(SESSION);
    expect(sent(host.early())).toEqual([]);
  });

  test('gives a reply that has begun two seconds after each of its bytes', () => {
    const host = opened();
    host.request(SESSION);
    const reply = encodeFrame({ type: FRAME_TYPES.sessionReply, seq: 1, body: Uint8Array.of(7) });
    host.pass(1_400);
    host.hear(reply.slice(0, 3));
    expect(host.leftMs()).toBe(2_000);
    host.pass(1_900);
    const [effect] = host.hear(reply.slice(3));
    expect(effect).toEqual({ tag: 'deliver', reply: { tag: 'session', message: Uint8Array.of(7) } });
  });

  test('ends on a line that never falls silent', () => {
    const host = opened();
    host.request(SESSION);
    const startMs = host.nowMs();
    let failure: LinkFailure | undefined;
    for (let second = 0; failure === undefined; second += 1) {
      expect(second).toBeLessThan(100);
      host.pass(Math.min(1_000, host.leftMs()));
      failure = failureOf(host.leftMs() === 0 ? host.wait() : host.hear(Uint8Array.of(0x55)));
    }
    expect(failure).toEqual({ code: 'too_slow', budgetMs: TOKEN_BUDGET_MS });
    expect(host.nowMs() - startMs).toBe(TOKEN_BUDGET_MS);
  });

  test('drops its own echo and late repeats, and takes the reply behind them', () => {
    const host = opened();
    const [own] = sent(host.request(SESSION));
    assert(own !== undefined, 'a frame was sent');
    expect(failureOf(host.hear(own))).toBeUndefined();
    expect(failureOf(host.frame(FRAME_TYPES.helloReply, 0, HELLO_BODY))).toBeUndefined();
    const effects = host.frame(FRAME_TYPES.sessionReply, 1, Uint8Array.of(8));
    expect(effects).toContainEqual({ tag: 'deliver', reply: { tag: 'session', message: Uint8Array.of(8) } });
  });

  test('that is refused leaves the link open and names the code', () => {
    const host = opened();
    host.request(SESSION);
    expect(failureOf(host.frame(FRAME_TYPES.error, 1, Uint8Array.of(3)))).toEqual({
      code: 'refused',
      errorCode: 3,
    });
    expect(host.isOpen()).toBe(true);
    expect(sent(host.request(SESSION))).toHaveLength(1);
  });

  test.each([
    ['a reply to something else', FRAME_TYPES.closed, Uint8Array.of(), 'unexpected_type'],
    [
      'an acknowledged fragment that was never sent',
      FRAME_TYPES.fragmentAck,
      Uint8Array.of(0, 2),
      'unexpected_type',
    ],
    ['a second fragment first', FRAME_TYPES.fragmentReply, Uint8Array.of(1, 2, 9), 'bad_fragment'],
    ['a fragment without a place', FRAME_TYPES.fragmentReply, Uint8Array.of(2, 2, 9), 'bad_body'],
    ['a WAIT that is too short', FRAME_TYPES.wait, Uint8Array.of(1), 'bad_body'],
  ] as const)('answered with %s ends the link', (_, type, body, rule) => {
    const host = opened();
    host.request(SESSION);
    expect(failureOf(host.frame(type, 1, body))).toEqual({ code: 'broken_rule', rule, frameType: type });
    expect(host.isOpen()).toBe(false);
  });
});

describe('WAIT', () => {
  const wait = (retryAfterMs: number): Uint8Array => waitLayout.encode({ reason: 1, retryAfterMs });

  test('tells the person, and is followed by POLL after the pause that the token asked for', () => {
    const host = opened();
    host.request(SESSION);
    expect(host.frame(FRAME_TYPES.wait, 1, wait(700))).toContainEqual({ tag: 'waiting', reason: 'person' });
    expect(host.leftMs()).toBe(700);
    expect(sent(host.wait())).toEqual([
      encodeFrame({ type: FRAME_TYPES.poll, seq: 2, body: new Uint8Array() }),
    ]);
  });

  test.each([
    [0, 50],
    [65_535, 5_000],
  ])('of %i ms becomes a pause of %i ms', (asked, pauseMs) => {
    const host = opened();
    host.request(SESSION);
    host.frame(FRAME_TYPES.wait, 1, wait(asked));
    expect(host.leftMs()).toBe(pauseMs);
  });

  test('is not counted against the time of the token, but ends after five minutes', () => {
    const host = opened();
    host.request(SESSION);
    let failure: LinkFailure | undefined;
    let seq = 1;
    const startMs = host.nowMs();
    while (failure === undefined) {
      expect(seq).toBeLessThan(100);
      failure = failureOf(host.frame(FRAME_TYPES.wait, seq, wait(5_000)));
      if (failure === undefined) host.wait();
      seq += 1;
    }
    expect(failure).toEqual({ code: 'wait_expired', limitMs: 300_000 });
    expect(host.nowMs() - startMs).toBe(300_000);
  });
});
