import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assert, concatBytes, u8 } from '../bytes/index.ts';
import { encodeFrame } from './frame.ts';
import { hostExchangeStep } from './host-exchange.ts';
import type { HostExchange, HostReply, HostRequest, LinkFailure } from './host-exchange-state.ts';
import { hostExchangeStart } from './host-exchange-state.ts';
import { FRAME_LIMIT_MAX, FRAME_LIMIT_MIN, MESSAGE_BYTES_MAX } from './limits.ts';
import { RESENDS_MAX } from './timing.ts';
import { tokenLinkStep } from './token-link.ts';
import type { TokenLink, TokenLinkEffect, TokenReply } from './token-link-state.ts';
import { tokenLinkStart } from './token-link-state.ts';

type Fault =
  | { readonly tag: 'none' }
  | { readonly tag: 'lose' }
  | { readonly tag: 'twice' }
  | { readonly tag: 'flip'; readonly bit: number }
  | { readonly tag: 'drop'; readonly at: number }
  | { readonly tag: 'insert'; readonly at: number; readonly bytes: Uint8Array };

type Plan = {
  readonly tokenLimit: number;
  readonly hostLimit: number;
  readonly firstSeq: number;
  readonly messages: readonly {
    readonly message: Uint8Array;
    readonly reply: Uint8Array;
    readonly waits: number;
  }[];
  readonly faults: readonly Fault[];
  readonly chunkBytes: number;
};

type Run = {
  readonly heard: readonly Uint8Array[];
  readonly answers: readonly HostReply[];
  readonly failure: LinkFailure | undefined;
};

const STEPS_MAX = 5_000;

/** Host, line and token in virtual time: the line delivers at once, after the next fault in the plan. */
function run(plan: Plan): Run {
  let host: HostExchange = hostExchangeStart({ firstSeq: plan.firstSeq, frameLimitBytes: plan.hostLimit });
  let token: TokenLink = tokenLinkStart({ frameLimitBytes: plan.tokenLimit });
  let nowMs = 0;
  let deadlineMs = 0;
  let faultAt = 0;
  let waitsLeft = 0;
  let owed: { readonly requestNumber: number; readonly reply: TokenReply } | undefined;
  const toToken: Uint8Array[] = [];
  const toHost: Uint8Array[] = [];
  const heard: Uint8Array[] = [];
  const answers: HostReply[] = [];
  let failure: LinkFailure | undefined;
  let ended = false;

  const send = (line: Uint8Array[], bytes: Uint8Array): void => {
    const damaged = applyFault(bytes, plan.faults[faultAt] ?? { tag: 'none' });
    faultAt += 1;
    for (let from = 0; from < damaged.length; from += plan.chunkBytes) {
      line.push(damaged.slice(from, from + plan.chunkBytes));
    }
  };

  const onToken = (effects: readonly TokenLinkEffect[]): void => {
    for (const effect of effects) {
      if (effect.tag === 'send') send(toHost, effect.bytes);
      else {
        const { requestNumber, request } = effect;
        const reply = answerOf(plan, request.tag, heard.length);
        if (request.tag === 'session') {
          waitsLeft = plan.messages[heard.length]?.waits ?? 0;
          heard.push(request.message);
        }
        if (request.tag === 'session' && waitsLeft > 0) {
          owed = { requestNumber, reply };
          stepToken({ tag: 'wait', requestNumber, reason: 'person', retryAfterMs: 200 });
        } else stepToken({ tag: 'reply', requestNumber, reply });
      }
    }
  };

  const stepToken = (event: Parameters<typeof tokenLinkStep>[1]): void => {
    const step = tokenLinkStep(token, event);
    token = step.state;
    onToken(step.effects);
  };

  const stepHost = (event: Parameters<typeof hostExchangeStep>[1]): void => {
    const step = hostExchangeStep(host, event);
    host = step.state;
    for (const effect of step.effects) {
      if (effect.tag === 'send') send(toToken, effect.bytes);
      if (effect.tag === 'deadline') deadlineMs = effect.atMs;
      if (effect.tag === 'deliver') answers.push(effect.reply);
      if (effect.tag === 'fail') failure = effect.failure;
      if (effect.tag === 'deliver' || effect.tag === 'fail') {
        expect(ended).toBe(false);
        ended = true;
      }
    }
  };

  const requests: readonly HostRequest[] = [
    { tag: 'hello' },
    ...plan.messages.map(({ message }) => ({ tag: 'session', message }) as const),
    { tag: 'close' },
  ];
  for (const request of requests) {
    ended = false;
    stepHost({ tag: 'request', request, nowMs });
    let steps = 0;
    while (!ended) {
      steps += 1;
      expect(steps).toBeLessThan(STEPS_MAX);
      const up = toToken.shift();
      const down = up === undefined ? toHost.shift() : undefined;
      if (up !== undefined) stepToken({ tag: 'bytes', chunk: up });
      else if (down !== undefined) stepHost({ tag: 'bytes', chunk: down, nowMs });
      else {
        nowMs = Math.max(nowMs, deadlineMs);
        waitsLeft -= 1;
        if (owed !== undefined && waitsLeft <= 0) {
          stepToken({ tag: 'reply', ...owed });
          owed = undefined;
        }
        stepHost({ tag: 'timeout', nowMs });
      }
    }
    if (failure !== undefined) break;
  }
  return { heard, answers, failure };
}

function answerOf(plan: Plan, tag: HostRequest['tag'], index: number): TokenReply {
  if (tag === 'hello') {
    return {
      tag: 'hello',
      reply: {
        version: 1,
        serial: 42n,
        model: 1,
        firmware: 1,
        capabilities: 0,
        maxFrameBytes: plan.tokenLimit,
        opTimeMs: 100,
        seedEpoch: 0,
        pending: 0,
        pendingTxid: new Uint8Array(16),
      },
    };
  }
  if (tag === 'close') return { tag: 'closed' };
  return { tag: 'session', message: plan.messages[index]?.reply ?? u8(0) };
}

function applyFault(bytes: Uint8Array, fault: Fault): Uint8Array {
  switch (fault.tag) {
    case 'none':
      return bytes;
    case 'lose':
      return new Uint8Array();
    case 'twice':
      return concatBytes(bytes, bytes);
    case 'flip': {
      const bit = fault.bit % (bytes.length * 8);
      return bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    }
    case 'drop': {
      const at = fault.at % bytes.length;
      return concatBytes(bytes.slice(0, at), bytes.slice(at + 1));
    }
    case 'insert': {
      const at = fault.at % (bytes.length + 1);
      return concatBytes(bytes.slice(0, at), fault.bytes, bytes.slice(at));
    }
  }
}

const limit = fc.integer({ min: FRAME_LIMIT_MIN, max: FRAME_LIMIT_MAX });
const message = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.uint8Array({ maxLength: MESSAGE_BYTES_MAX }));
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constant<Fault>({ tag: 'lose' }),
  fc.constant<Fault>({ tag: 'twice' }),
  fc.nat().map((bit): Fault => ({ tag: 'flip', bit })),
  fc.nat().map((at): Fault => ({ tag: 'drop', at })),
  fc
    .record({ at: fc.nat(), bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }) })
    .map((noise): Fault => ({ tag: 'insert', ...noise })),
);
const noFault = fc.constant<Fault>({ tag: 'none' });

function plans(faults: fc.Arbitrary<readonly Fault[]>): fc.Arbitrary<Plan> {
  return fc.record({
    tokenLimit: limit,
    hostLimit: limit,
    firstSeq: fc.integer({ min: 0, max: 255 }),
    messages: fc.array(fc.record({ message, reply: message, waits: fc.integer({ min: 0, max: 3 }) }), {
      maxLength: 4,
    }),
    faults,
    chunkBytes: fc.integer({ min: 1, max: 700 }),
  });
}

function sessionAnswers(result: Run): readonly Uint8Array[] {
  return result.answers.flatMap((answer) => (answer.tag === 'session' ? [answer.message] : []));
}

describe('host and token on a bad line', () => {
  test('a clean line carries every message exactly once, whatever the limits, sizes and chunks', () => {
    fc.assert(
      fc.property(plans(fc.constant([])), (plan) => {
        const result = run(plan);
        expect(result.failure).toBeUndefined();
        expect(result.heard).toEqual(plan.messages.map(({ message: sent }) => sent));
        expect(sessionAnswers(result)).toEqual(plan.messages.map(({ reply }) => reply));
        expect(result.answers.at(-1)).toEqual({ tag: 'closed' });
      }),
      { numRuns: 300 },
    );
  });

  test('each message is executed exactly once and answered by its own reply, or the exchange ends cleanly', () => {
    const rough = fc.array(fc.oneof({ weight: 2, arbitrary: fault }, { weight: 3, arbitrary: noFault }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(plans(rough), (plan) => {
        const result = run(plan);
        const sent = plan.messages.map(({ message: bytes }) => bytes);
        const replies = plan.messages.map(({ reply }) => reply);
        // What the token heard is a beginning of what was sent: nothing twice, nothing mixed, nothing skipped.
        expect(result.heard).toEqual(sent.slice(0, result.heard.length));
        const answers = sessionAnswers(result);
        expect(answers).toEqual(replies.slice(0, answers.length));
        if (result.failure === undefined) expect(answers).toHaveLength(sent.length);
        // At most the message in flight is in doubt.
        expect(result.heard.length - answers.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  test('as many faults as there are resends never end an exchange', () => {
    const few = fc.array(fc.oneof(fault, noFault), { maxLength: 30 }).map((faults) => {
      let left = RESENDS_MAX;
      return faults.map((one): Fault => {
        if (one.tag === 'none') return one;
        left -= 1;
        return left >= 0 ? one : { tag: 'none' };
      });
    });
    fc.assert(
      fc.property(plans(few), (plan) => {
        expect(run(plan).failure).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test('a new host that starts with the number of the last frame is heard, not answered from the cache', () => {
    let token = tokenLinkStart({ frameLimitBytes: 512 });
    const tag = (chunk: Uint8Array): string => {
      const step = tokenLinkStep(token, { tag: 'bytes', chunk });
      token = step.state;
      const [effect] = step.effects;
      assert(effect !== undefined, 'the token answers');
      return effect.tag;
    };
    const hello = encodeFrame({ type: 1, seq: 7, body: Uint8Array.of(1, 1, 2, 0) });
    expect(tag(hello)).toBe('deliver');
    expect(tag(encodeFrame({ type: 6, seq: 7, body: new Uint8Array() }))).toBe('deliver');
    expect(tag(hello)).toBe('deliver');
  });
});
