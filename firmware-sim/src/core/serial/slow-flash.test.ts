import { assert } from '@chiavetta/protocol/bytes';
import { OPERATIONS } from '@chiavetta/protocol/keys';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import { describe, expect, it } from 'vitest';
import { FOB_PROFILES } from '../../profiles/fob.ts';
import { benchBank, benchTicket, benchToken, benchTxid } from '../../testing/bench-bank.ts';
import { prepareFob } from '../../testing/bench-fob.ts';
import type { BenchLine } from '../../testing/bench-host.ts';
import { benchHost } from '../../testing/bench-host.ts';
import type { DeviceEvent, Screen } from '../device.ts';
import type { FobState } from '../fob/index.ts';
import { fobFirmware, fobOff } from '../fob/index.ts';

const bank = benchBank();
const made = benchToken(bank);
const ticket = benchTicket(bank, { operation: OPERATIONS.provision, serial: made.serial, txid: 1 });

/** A fob whose flash answers only when it is told to: a host that comes back early meets it in the middle of a write. */
class SlowFob implements BenchLine {
  readonly serial = made.serial;
  readonly #step = fobFirmware({ crypto: nobleCrypto, profile: FOB_PROFILES['fob-hotp'] }).step;
  readonly #listeners: ((bytes: Uint8Array) => void)[] = [];
  #state: FobState = fobOff();
  #screen: Screen = { id: 'off', fields: {} };
  #pending: number[] = [];

  constructor() {
    const { image, elementKey } = made;
    this.feed({ tag: 'power.on', nvm: image, element: elementKey, entropy: new Uint8Array(32), nowMs: 0 });
    this.finishWrites();
  }

  feed(event: DeviceEvent): void {
    const { state, effects } = this.#step(this.#state, event);
    this.#state = state;
    for (const effect of effects) {
      if (effect.tag === 'display') this.#screen = effect.screen;
      if (effect.tag === 'uart.tx') for (const listener of this.#listeners) listener(effect.bytes);
      if (effect.tag === 'nvm.program' || effect.tag === 'nvm.erase') this.#pending.push(effect.id);
    }
  }

  finishWrites(): void {
    for (let id = this.#pending.shift(); id !== undefined; id = this.#pending.shift()) {
      this.feed({ tag: 'nvm.done', id });
    }
  }

  finishOne(): void {
    const id = this.#pending.shift();
    assert(id !== undefined, 'a write is on the way');
    this.feed({ tag: 'nvm.done', id });
  }

  receive(bytes: Uint8Array): void {
    this.feed({ tag: 'uart.rx', bytes });
  }

  press(): void {
    this.feed({ tag: 'key.down', key: 'button' });
    this.feed({ tag: 'key.up', key: 'button' });
  }

  onTransmit(listener: (bytes: Uint8Array) => void): () => void {
    this.#listeners.push(listener);
    return () => undefined;
  }

  screen(): Screen {
    return this.#screen;
  }
}

describe('a token whose flash is still being written', () => {
  it('sends READY only after the last write', () => {
    const fob = new SlowFob();
    const host = benchHost(fob, bank);
    host.hello();
    const sent: Uint8Array[] = [];
    const { answer } = host.open({
      ticket,
      prepare: prepareFob(1),
      person: () => {
        fob.onTransmit((bytes) => sent.push(bytes));
        fob.press();
        fob.finishOne();
      },
    });
    // One of the two copies is not there yet.
    expect(answer).toEqual({ tag: 'silence' });
    expect(sent).toHaveLength(0);
  });

  it('tells a host that comes back too early nothing, and the truth when the writes are done', () => {
    const fob = new SlowFob();
    const host = benchHost(fob, bank);
    host.hello();
    host.open({ ticket, prepare: prepareFob(1), person: () => fob.press() });
    expect(host.hello()).toBeUndefined();
    fob.finishWrites();
    expect(host.hello()).toMatchObject({ pending: 1, seedEpoch: 0 });
    const session = host.open({ ticket });
    expect(session.answer).toMatchObject({ message: { tag: 'statusReply', state: 1 } });
    expect(session.send({ tag: 'commit', txid: benchTxid(1) })).toEqual({ tag: 'silence' });
    fob.finishOne();
    expect(host.hello()).toBeUndefined();
    fob.finishWrites();
    expect(host.hello()).toMatchObject({ pending: 0, seedEpoch: 1 });
    expect(host.open({ ticket }).answer).toMatchObject({
      message: { tag: 'statusReply', state: 2, seedEpoch: 1 },
    });
  });

  it('sends DONE only when the commit word and all that the operation changes are written', () => {
    const fob = new SlowFob();
    const host = benchHost(fob, bank);
    host.hello();
    const session = host.open({
      ticket,
      prepare: prepareFob(1),
      person: () => {
        fob.press();
        fob.finishWrites();
      },
    });
    let replies = 0;
    fob.onTransmit(() => {
      replies += 1;
    });
    session.send({ tag: 'commit', txid: benchTxid(1) });
    // Two commit words, two counters, two seeds.
    for (let operation = 1; operation <= 6; operation += 1) {
      expect(replies).toBe(0);
      fob.finishOne();
    }
    expect(replies).toBe(1);
  });

  it('shows no code before both copies of the counter are written', () => {
    const fob = new SlowFob();
    const host = benchHost(fob, bank);
    host.hello();
    const session = host.open({
      ticket,
      prepare: prepareFob(1),
      person: () => {
        fob.press();
        fob.finishWrites();
      },
    });
    session.send({ tag: 'commit', txid: benchTxid(1) });
    fob.finishWrites();
    fob.press();
    fob.finishOne();
    expect(fob.screen().id).toBe('fob.dark');
    fob.finishOne();
    expect(fob.screen().id).toBe('fob.code');
  });
});
