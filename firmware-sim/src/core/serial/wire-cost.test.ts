import { expect, it } from 'vitest';
import { createVirtualToken } from '../../runtime/virtual-token.ts';
import { benchBank, benchToken } from '../../testing/bench-bank.ts';
import { provisionFob } from '../../testing/bench-fob.ts';

it('provisions a fob with 859 bytes on the line and four round trips, the waiting for OK not counted', () => {
  const bank = benchBank();
  const fob = createVirtualToken({ made: benchToken(bank), seed: 'cost', tracing: 'off' });
  let bytes = 0;
  let replies = 0;
  fob.onTransmit((sent) => {
    bytes += sent.length;
    replies += 1;
  });
  const receive = (sent: Uint8Array) => {
    bytes += sent.length;
    return fob.receive(sent);
  };
  provisionFob({ ...fob, receive }, bank);
  // HELLO, the handshake's first two messages, its third with WAIT, POLL with READY, COMMIT with DONE.
  expect(replies).toBe(5);
  const waitAndPollBytes = 17;
  expect(bytes - waitAndPollBytes).toBe(859);
});
