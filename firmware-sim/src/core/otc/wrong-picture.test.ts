import { concatBytes } from '@chiavetta/protocol/bytes';
import { deadPayload, sealManagement, sealTransaction } from '@chiavetta/protocol/otc';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import { describe, expect, it } from 'vitest';
import type { BenchOtc } from '../../testing/bench-otc.ts';
import { benchLogin, benchPair1, benchPair2, hedge } from '../../testing/bench-otc.ts';
import { pairAct } from '../../testing/bench-otc-life.ts';
import type { OtcBench } from '../../testing/bench-otc-start.ts';
import { boundOtcBench, freshOtcBench, pairedOtcBench } from '../../testing/bench-otc-start.ts';
import { choosePin, codeOn, confirmLogin, givePin, restartOtc } from '../../testing/bench-person.ts';

const { serverSecret } = freshOtcBench(1n).server;

function noise(byteCount: number): Uint8Array {
  return concatBytes(
    ...Array.from({ length: 5 }, (_, index) => nobleCrypto.sha256(Uint8Array.of(index, byteCount))),
  ).slice(0, byteCount);
}

const DEAD_LOGIN = deadPayload({ kind: 'login', random: noise(75) });
const DEAD_PAIR1 = deadPayload({
  kind: 'pair1',
  random: noise(102),
  ephemeralKey: nobleCrypto.x25519PublicKey(serverSecret),
  serverKeyId: 1,
});
const FOREIGN_QR = new TextEncoder().encode('https://example.org/menu');

/** Another token of the same bank. */
const other = pairedOtcBench(900_777n);

function sealedTransaction(server: BenchOtc): Uint8Array {
  const generation = server.slots[0]?.active;
  if (generation === undefined) return new Uint8Array(0);
  const content = {
    session: new Uint8Array(8),
    timeS: 1,
    currency: 978,
    amountMinor: 100n,
    count: 1,
    iban: 'IT60X0542811101000000123456',
    name: 'Bob',
    reference: 'rent',
  };
  const sealed = sealTransaction(nobleCrypto, { generation, content, hedge: hedge(server) });
  return sealed.ok ? sealed.value.payload : new Uint8Array(0);
}

function sealedUnlock(server: BenchOtc): Uint8Array {
  const generation = server.slots[0]?.active;
  if (generation === undefined) return new Uint8Array(0);
  const content = { operation: 'unlock', slot: 0, lockCode: '12345678', timeS: 1 } as const;
  const sealed = sealManagement(nobleCrypto, { generation, content, hedge: hedge(server) });
  return sealed.ok ? sealed.value.payload : new Uint8Array(0);
}

/** Scans, and returns the screen that follows; the flash must be as before, byte for byte, and no code may show. */
function refusal(bench: OtcBench, payload: Uint8Array): string {
  const before = bench.token.nvm();
  const { screen } = bench.token.scan({ payload });
  expect(bench.token.nvm()).toEqual(before);
  expect(screen.fields['code']).toBeUndefined();
  return screen.id;
}

const LOGGED_IN = (): { readonly bench: OtcBench; readonly used: Uint8Array } => {
  const bench = pairedOtcBench();
  const { payload, code } = benchLogin(bench.server);
  bench.token.scan({ payload });
  expect(confirmLogin(bench.token)).toBe(code);
  return { bench, used: payload };
};

/** Every state in which a token can be shown a picture, and whether it is locked there. */
const STATES: readonly (readonly [string, boolean, () => OtcBench])[] = [
  ['ready and unlocked', false, () => pairedOtcBench()],
  [
    'locked',
    true,
    () => {
      const bench = pairedOtcBench();
      restartOtc(bench.token);
      return bench;
    },
  ],
  [
    'asking for the PIN of a held picture',
    true,
    () => {
      const bench = pairedOtcBench();
      restartOtc(bench.token);
      bench.token.scan({ payload: benchLogin(bench.server).payload });
      expect(bench.token.screen()).toMatchObject({ id: 'otc.pin', fields: { reason: 'picture' } });
      return bench;
    },
  ],
  [
    'telling that a PIN was wrong',
    true,
    () => {
      const bench = pairedOtcBench();
      restartOtc(bench.token);
      givePin(bench.token, '99991');
      return bench;
    },
  ],
  ['showing the text of a login', false, () => shown('otc.login')],
  ['showing the code of a login', false, () => shown('otc.login.code')],
  ['showing the 10 digits', false, () => repairing('otc.pair.code')],
  ['waiting for the second picture', false, () => repairing('otc.scanning')],
  ['offering to continue a pairing', false, () => repairing('otc.continue')],
  [
    'showing why the last picture was refused',
    false,
    () => {
      const bench = pairedOtcBench();
      bench.token.scan({ payload: FOREIGN_QR });
      return bench;
    },
  ],
];

function shown(id: 'otc.login' | 'otc.login.code'): OtcBench {
  const bench = pairedOtcBench();
  bench.token.scan({ payload: benchLogin(bench.server).payload });
  if (id === 'otc.login.code') bench.token.press('ok');
  expect(bench.token.screen().id).toBe(id);
  return bench;
}

/** In the middle of a second pairing with KEEP_PIN, so that the first generation is still there. */
function repairing(id: 'otc.pair.code' | 'otc.scanning' | 'otc.continue'): OtcBench {
  const bench = pairedOtcBench();
  bench.token.scan({ payload: benchPair1(bench.server, { mode: 'keep_pin' }) });
  bench.token.press('ok');
  givePin(bench.token);
  expect(bench.token.screen().id).toBe('otc.pair.code');
  if (id === 'otc.scanning') bench.token.press('ok');
  if (id === 'otc.continue') {
    restartOtc(bench.token);
    givePin(bench.token);
  }
  expect(bench.token.screen().id).toBe(id);
  return bench;
}

describe.each(STATES)('a token that is %s', (_name, isLocked, start) => {
  it('refuses each wrong picture in plain words, without touching its flash', () => {
    const bench = start();
    const { server } = bench;
    expect(refusal(bench, benchLogin(other.server).payload)).toBe('otc.picture.another');
    expect(refusal(bench, DEAD_LOGIN)).toBe('otc.picture.another');
    expect(refusal(bench, DEAD_PAIR1)).toBe('otc.picture.another');
    expect(refusal(bench, FOREIGN_QR)).toBe('otc.picture.foreign');
    expect(refusal(bench, new Uint8Array(0))).toBe('otc.picture.foreign');
    const held = isLocked ? 'otc.pin' : undefined;
    expect(refusal(bench, sealedTransaction(server))).toBe(held ?? 'otc.picture.unsupported');
    expect(refusal(bench, sealedUnlock(server))).toBe(held ?? 'otc.picture.unsupported');
    const { payload } = benchLogin(server);
    const forged = payload.map((byte, index) => (index === 40 ? byte ^ 1 : byte));
    expect(refusal(bench, forged)).toBe(held ?? 'otc.picture.invalid');
    server.pairingCounter = 0;
    const old = benchPair1(server, { mode: 'keep_pin', noPrekey: true });
    expect(refusal(bench, old)).toBe('otc.picture.old-pairing');
  });
});

describe('a wrong picture', () => {
  it('that is a login on a bound token without a pairing is told as such', () => {
    const bench = boundOtcBench();
    const paired = pairedOtcBench();
    const hintKey = bench.server.slots[0]?.hintKey;
    const active = paired.server.slots[0]?.active;
    if (hintKey === undefined || active === undefined) throw new Error('both tokens are bound');
    paired.server.slots[0] = {
      hintKey,
      active: { ...active, hintKey },
      lastGeneration: 1,
      pairing: undefined,
      code6: undefined,
    };
    expect(refusal(bench, benchLogin(paired.server).payload)).toBe('otc.picture.unpaired');
  });

  it('on a token that is bound to nobody is told to be the branch’s business', () => {
    const bench = freshOtcBench();
    expect(refusal(bench, benchLogin(other.server).payload)).toBe('otc.picture.unbound');
    expect(refusal(bench, DEAD_PAIR1)).toBe('otc.picture.unbound');
  });

  it('that was used before is told to be old, locked or not, and gives no code', () => {
    const { bench, used } = LOGGED_IN();
    expect(refusal(bench, used)).toBe('otc.picture.used');
    restartOtc(bench.token);
    bench.token.scan({ payload: used });
    expect(givePin(bench.token)).toBe('otc.picture.used');
    expect(codeOn(bench.token)).toBeUndefined();
  });

  it('is opened up to 4,095 counters ahead and not one further', () => {
    const bench = pairedOtcBench();
    const skip = (count: number): void => {
      for (let issued = 0; issued < count; issued += 1) benchLogin(bench.server);
    };
    skip(4_095);
    const farthest = structuredClone(bench.server);
    skip(1);
    expect(refusal(bench, benchLogin(bench.server).payload)).toBe('otc.picture.too-far');
    const { payload, code } = benchLogin(farthest);
    bench.token.scan({ payload });
    expect(confirmLogin(bench.token)).toBe(code);
  });

  it('that is a first picture of an earlier counter is refused after a finished pairing, also without a prekey', () => {
    const bench = pairedOtcBench();
    const old = structuredClone(bench.server);
    old.pairingCounter = 0;
    expect(refusal(bench, benchPair1(old, { mode: 'keep_pin', noPrekey: true }))).toBe(
      'otc.picture.old-pairing',
    );
  });

  it('that is the second picture of another attempt leaves the pairing as it was', () => {
    const bench = boundOtcBench();
    const { token, server } = bench;
    token.scan({ payload: benchPair1(server) });
    const abandoned = benchPair2(server, choosePin(token) ?? '');
    token.press('clear');
    token.scan({ payload: benchPair1(server) });
    const code = choosePin(token);
    expect(refusal(bench, abandoned ?? FOREIGN_QR)).toBe('otc.picture.old-pairing');
    token.press('ok');
    expect(token.screen().id).toBe('otc.continue');
    token.press('ok');
    expect(codeOn(token)).toBe(code);
    pairAct('new_pin', '40617').run(bench);
  });

  it('that nobody can read, or no picture at all for 30 seconds, is told and changes nothing', () => {
    const { token } = pairedOtcBench();
    const before = token.nvm();
    token.scan({ frame: { widthPx: 8, heightPx: 8, data: new Uint8Array(256) } });
    expect(token.screen().id).toBe('otc.picture.unreadable');
    token.press('scan');
    expect(token.advance(29_000).screen.id).toBe('otc.scanning');
    expect(token.advance(2_000).screen.id).toBe('otc.picture.none');
    expect(token.nvm()).toEqual(before);
  });

  it('on a blocked token is not opened; only a first picture that brings a new PIN is', () => {
    const bench = pairedOtcBench();
    restartOtc(bench.token);
    for (let wrong = 0; wrong < 5; wrong += 1) givePin(bench.token, '99991');
    expect(refusal(bench, benchLogin(bench.server).payload)).toBe('otc.picture.blocked');
    expect(refusal(bench, benchPair1(bench.server, { mode: 'keep_pin' }))).toBe('otc.picture.blocked');
    expect(refusal(bench, benchPair1(bench.server, { mode: 'new_pin', noPrekey: true }))).toBe(
      'otc.pair.intro',
    );
    expect(bench.token.press('clear').screen.id).toBe('otc.blocked');
  });
});
