import { assert } from '@chiavetta/protocol/bytes';
import { CERTIFICATE_BYTES, TICKET_BYTES } from '@chiavetta/protocol/keys';
import type { HostRequest } from '@chiavetta/protocol/wire';
import {
  commitLayout,
  doneLayout,
  hostExchangeStart,
  hostExchangeStep,
  prepareProvisionLayout,
  readyLayout,
  tokenLinkStart,
  tokenLinkStep,
} from '@chiavetta/protocol/wire';
import { describe, expect, test } from 'vitest';
import { readSpec } from './spec-document.ts';
import { tableBelow } from './spec-table.ts';

const BYTES_MAX = 960;

// Sizes of what the session carries; the bytes themselves do not change the count, but for COBS's own at full blocks.
const KEY_BYTES = 32;
const TAG_BYTES = 16;
const TYPE_BYTES = 1;

/** Request and reply sizes of a fob provisioning: the three handshake messages, READY, COMMIT and DONE. */
const FOB_MESSAGES: readonly (readonly [number, number])[] = [
  [KEY_BYTES, KEY_BYTES + KEY_BYTES + TAG_BYTES + CERTIFICATE_BYTES + TAG_BYTES],
  [
    KEY_BYTES + TAG_BYTES + CERTIFICATE_BYTES + TICKET_BYTES + prepareProvisionLayout.byteCount + TAG_BYTES,
    TYPE_BYTES + readyLayout.byteCount + TAG_BYTES,
  ],
  [TYPE_BYTES + commitLayout.byteCount + TAG_BYTES, TYPE_BYTES + doneLayout.byteCount + TAG_BYTES],
];

/** Bytes and round trips of a run over a clean line. `fill` is what the dummy messages consist of. */
function measure(
  frameLimitBytes: number,
  fill: number,
): { readonly bytes: number; readonly roundTrips: number } {
  let host = hostExchangeStart({ firstSeq: 1 });
  let token = tokenLinkStart({ frameLimitBytes });
  let bytes = 0;
  let roundTrips = 0;

  const carry = (up: Uint8Array, replyBytes: number): Uint8Array => {
    const heard = tokenLinkStep(token, { tag: 'bytes', chunk: up });
    token = heard.state;
    const [effect] = heard.effects;
    assert(effect !== undefined, 'the token answers every frame');
    if (effect.tag === 'send') return effect.bytes;
    const { requestNumber } = effect;
    const message = new Uint8Array(replyBytes).fill(fill);
    const reply =
      effect.request.tag === 'hello' ? helloReply(frameLimitBytes) : ({ tag: 'session', message } as const);
    const said = tokenLinkStep(token, { tag: 'reply', requestNumber, reply });
    token = said.state;
    const [answer] = said.effects;
    assert(answer?.tag === 'send', 'a reply is sent at once');
    return answer.bytes;
  };

  const exchange = (request: HostRequest, replyBytes: number): void => {
    let step = hostExchangeStep(host, { tag: 'request', request, nowMs: 0 });
    for (;;) {
      host = step.state;
      const sent = step.effects.find((effect) => effect.tag === 'send');
      if (sent === undefined) break;
      const down = carry(sent.bytes, replyBytes);
      bytes += sent.bytes.length + down.length;
      roundTrips += 1;
      step = hostExchangeStep(host, { tag: 'bytes', chunk: down, nowMs: 0 });
    }
    expect(step.effects.map((effect) => effect.tag)).toContain('deliver');
  };

  exchange({ tag: 'hello' }, 0);
  for (const [sentBytes, replyBytes] of FOB_MESSAGES) {
    exchange({ tag: 'session', message: new Uint8Array(sentBytes).fill(fill) }, replyBytes);
  }
  return { bytes, roundTrips };
}

function helloReply(maxFrameBytes: number) {
  const pendingTxid = new Uint8Array(16);
  const names = { version: 1, serial: 1n, model: 1, firmware: 1, capabilities: 0, seedEpoch: 0, pending: 0 };
  return { tag: 'hello', reply: { ...names, maxFrameBytes, opTimeMs: 100, pendingTxid } } as const;
}

describe('provisioning a key fob costs', () => {
  const rows = tableBelow(readSpec('wire.md'), 'What a key fob costs');

  test.each([
    [512, 4],
    [256, 6],
  ])(
    'at %i-byte frames at most 960 bytes and %i round trips, as the specification says',
    (limit, roundTrips) => {
      // Without a zero in it a message needs the most bytes of COBS.
      const found = measure(limit, 0xa5);
      expect(found.roundTrips).toBe(roundTrips);
      expect(found.bytes).toBeLessThanOrEqual(BYTES_MAX);
      const stated = rows.find(([frameLimit]) => Number(frameLimit) === limit);
      expect(stated?.slice(1, 3).map(Number)).toEqual([found.bytes, found.roundTrips]);
    },
  );
});
