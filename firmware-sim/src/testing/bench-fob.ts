import { assert } from '@chiavetta/protocol/bytes';
import { OPERATIONS } from '@chiavetta/protocol/keys';
import type { PrepareBody } from '@chiavetta/protocol/wire';
import { OTP_ALGORITHMS, OTP_MODES } from '@chiavetta/protocol/wire';
import type { VirtualToken } from '../runtime/virtual-token.ts';
import type { BenchBank } from './bench-bank.ts';
import { benchTicket, benchTxid } from './bench-bank.ts';
import { benchHost } from './bench-host.ts';

/** The PREPARE of a six-digit SHA-1 fob. */
export function prepareFob(seedEpoch: number, mode: 'hotp' | 'totp' = 'hotp'): PrepareBody {
  return {
    tag: 'provision',
    seedEpoch,
    algorithm: OTP_ALGORITHMS.sha1,
    mode: OTP_MODES[mode],
    digits: 6,
    stepSeconds: mode === 'totp' ? 30 : 0,
  };
}

/** Provisions a fob from HELLO to DONE and returns the seed as the validator knows it. */
export function provisionFob(
  token: VirtualToken,
  bank: BenchBank,
  options: { readonly seedEpoch?: number; readonly mode?: 'hotp' | 'totp'; readonly txid?: number } = {},
): Uint8Array {
  const { seedEpoch = 1, mode = 'hotp', txid = seedEpoch } = options;
  const host = benchHost(token, bank);
  host.hello();
  const session = host.open({
    ticket: benchTicket(bank, { operation: OPERATIONS.provision, serial: token.serial, txid }),
    prepare: prepareFob(seedEpoch, mode),
    person: () => token.press('button'),
  });
  const ready = session.answer.tag === 'message' && session.answer.message.tag === 'ready';
  assert(ready, 'a healthy fob gets ready');
  const done = session.send({ tag: 'commit', txid: benchTxid(txid) });
  assert(done.tag === 'message' && done.message.tag === 'done', 'a healthy fob commits');
  return session.seed({ txid: benchTxid(txid), seedEpoch, seedBytes: 20 });
}
