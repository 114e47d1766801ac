import { concatBytes } from '@chiavetta/protocol/bytes';
import { issueCertificate, MODEL_AUTHORITY, MODEL_FOB, readCertificate } from '@chiavetta/protocol/keys';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import { describe, expect, it } from 'vitest';
import { LOW_ORDER_Y } from '../../core/staff/low-order-keys.ts';
import type { LittleBranch } from '../../testing/little-branch.ts';
import { carry, ceremony, granted, littleBranch, serialOf, serialText } from '../../testing/little-branch.ts';
import type { LittleSerialToken } from '../../testing/little-serial-token.ts';

const crypto = nobleCrypto;
const DAY_S = 86_400;

/** Makes a device that is not what it says; `undefined` as refusal: the good one of each kind. */
type Forgery = (branch: LittleBranch) => Promise<LittleSerialToken>;

/** A certificate like the genuine one's, with something else in it. */
function reissued(
  branch: LittleBranch,
  token: LittleSerialToken,
  change: Partial<Parameters<typeof issueCertificate>[0]['body']>,
): Uint8Array {
  const read = readCertificate(token.certificate);
  if (!read.ok) throw new Error('the genuine certificate reads');
  const { version: _v, signature: _s, ...body } = read.value;
  const issuerSecret = branch.maker.issuerSecret;
  return issueCertificate({ crypto, issuerSecret, body: { ...body, ...change } });
}

/** Announces the certificate that the device will show, so that only what is forged can stop it. */
async function announced(
  branch: LittleBranch,
  token: LittleSerialToken,
  certificate: Uint8Array,
): Promise<LittleSerialToken> {
  granted(
    await branch.staff.stock.importManifest(
      branch.clerk,
      branch.manifestOf([{ serial: token.serial, certificate }]),
    ),
  );
  token.twist({ certificate });
  return token;
}

const FORGERIES: Readonly<Record<string, readonly [Forgery, string, RegExp]>> = {
  'signed by another maker': [
    async (branch) => {
      const token = branch.makeToken('fob', { issuer: { secret: new Uint8Array(32).fill(9), issuerId: 1 } });
      return await announced(branch, token, token.certificate);
    },
    'ATTEST_FAILED',
    /not signed by a configured batch issuer/,
  ],
  'one bit of the certificate changed': [
    async (branch) => {
      const token = branch.makeToken('fob');
      const certificate = token.certificate.map((byte, index) => (index === 15 ? byte ^ 1 : byte));
      return await announced(branch, token, certificate);
    },
    'ATTEST_FAILED',
    /not signed by a configured batch issuer/,
  ],
  'naming another batch issuer': [
    async (branch) => {
      const token = branch.makeToken('fob', { issuer: { secret: branch.maker.issuerSecret, issuerId: 2 } });
      return await announced(branch, token, token.certificate);
    },
    'ATTEST_FAILED',
    /another batch issuer/,
  ],
  'issued after the dates of its batch': [
    async (branch) => {
      const nowS = Math.floor(branch.bank.clock.nowMs() / 1000);
      const token = branch.makeToken('fob', { notBefore: nowS + 61 * DAY_S });
      branch.bank.clock.advance(62 * DAY_S * 1000);
      return await announced(branch, token, token.certificate);
    },
    'ATTEST_FAILED',
    /outside the dates of its batch issuer/,
  ],
  'with a certificate that has expired': [
    async (branch) => {
      const nowS = Math.floor(branch.bank.clock.nowMs() / 1000);
      const token = branch.makeToken('fob', { notAfter: nowS - 1 });
      return await announced(branch, token, token.certificate);
    },
    'ATTEST_FAILED',
    /has expired/,
  ],
  "with an authority's certificate signed by the batch issuer": [
    async (branch) => {
      const token = branch.makeToken('fob');
      return await announced(branch, token, reissued(branch, token, { model: MODEL_AUTHORITY }));
    },
    'ATTEST_FAILED',
    /not that of a token/,
  ],
  "with a copy of another device's certificate": [
    async (branch) => {
      const genuine = await branch.stockToken('fob');
      const copy = branch.makeToken('fob');
      copy.twist({ certificate: genuine.certificate, helloSerial: genuine.serial });
      return copy;
    },
    'ATTEST_FAILED',
    /does not have the key of the certificate/,
  ],
  'announcing another serial': [
    async (branch) => {
      const token = await branch.stockToken('fob');
      token.twist({ helloSerial: token.serial + 1n });
      return token;
    },
    'ATTEST_FAILED',
    /another serial than its certificate/,
  ],
  'announcing another model': [
    async (branch) => {
      const token = await branch.stockToken('otc');
      token.twist({ helloModel: MODEL_FOB });
      return token;
    },
    'ATTEST_FAILED',
    /another model than its certificate/,
  ],
  'that no manifest names': [
    async (branch) => branch.makeToken('fob'),
    'SERVER_REFUSED',
    /no shipping manifest/,
  ],
  'with a genuine certificate that its manifest does not name': [
    async (branch) => {
      const token = await branch.stockToken('fob');
      token.twist({ certificate: reissued(branch, token, { firmware: 99 }) });
      return token;
    },
    'ATTEST_FAILED',
    /names another certificate/,
  ],
  'with the keys of another device': [
    async (branch) => {
      const known = await branch.stockToken('fob');
      granted(await ceremony(branch, branch.staff, { token: known, task: { operation: 'provision' } }));
      const twin = branch.makeToken('fob');
      const certificate = reissued(branch, known, { serial: twin.serial });
      twin.twist({ staticSecret: known.staticSecret });
      return await announced(branch, twin, certificate);
    },
    'ATTEST_FAILED',
    /another device has the same public key/,
  ],
  'with an Ed25519 key of low order': [
    async (branch) => {
      const token = branch.makeToken('otc');
      const ed25519 = concatBytes(Uint8Array.of(1), new Uint8Array(31));
      return await announced(branch, token, reissued(branch, token, { ed25519 }));
    },
    'ATTEST_FAILED',
    /key of low order/,
  ],
  'that was retired': [
    async (branch) => {
      const token = await branch.stockToken('fob');
      granted(await ceremony(branch, branch.staff, { token, task: { operation: 'provision' } }));
      await branch.bank.editToken(serialText(token.serial), (before) => ({ ...before, device: 'RETIRED' }));
      return token;
    },
    'ATTEST_REVOKED',
    /was retired/,
  ],
  'that staff blocked in stock': [
    async (branch) => {
      const token = await branch.stockToken('fob');
      const serial = serialText(token.serial);
      granted(await branch.staff.tokens.block(branch.clerk, { serial, reason: 'parcel was opened' }));
      return token;
    },
    'ATTEST_REVOKED',
    /parcel was opened/,
  ],
  'whose memory was put back': [
    async (branch) => {
      const token = await branch.stockToken('fob');
      const fresh = token.flash();
      granted(await ceremony(branch, branch.staff, { token, task: { operation: 'provision' } }));
      token.restoreFlash(fresh);
      return token;
    },
    'ROLLBACK',
    /older than what it confirmed/,
  ],
};

describe('a device', () => {
  it.each(Object.entries(FORGERIES))(
    '%s is refused, and neither side changes',
    async (_name, [forge, id, reason]) => {
      const branch = await littleBranch();
      const token = await forge(branch);
      const before = token.flash();
      const rows = await branch.ports.store.list({ kind: 'token', limit: 10 });
      const task = { operation: token.kind === 'fob' ? 'provision' : 'revoke' } as const;
      const result = await carry(branch, branch.staff, { token, task });
      expect(result).toMatchObject({ ok: false, error: { id, reason: expect.stringMatching(reason) } });
      expect(token.flash()).toBe(before);
      expect(await branch.ports.store.list({ kind: 'token', limit: 10 })).toEqual(rows);
    },
  );

  it('leaves a trace in the audit log when it is refused', async () => {
    const branch = await littleBranch();
    await carry(branch, branch.staff, { token: branch.makeToken('fob'), task: { operation: 'provision' } });
    const entries = await branch.ports.store.audit.entries({ limit: 100 });
    expect(entries.at(-1)).toMatchObject({
      event: 'device.refused',
      operator: 'clerk',
      subject: 'operator:clerk',
    });
  });

  it('is told apart from the expected one before anything is sent', async () => {
    const branch = await littleBranch();
    const token = await branch.stockToken('fob');
    const task = { operation: 'provision', expectedSerial: serialText(serialOf(777)) } as const;
    expect(await carry(branch, branch.staff, { token, task })).toMatchObject({
      error: { id: 'WRONG_DEVICE', fields: { expected: '000000000777', found: serialText(token.serial) } },
    });
  });
});

/** edwards25519 in plain integers, RFC 8032 §5.1: an oracle for the list of points of low order. */
const P = 2n ** 255n - 19n;

describe('the list of keys of low order', () => {
  it('has every y of a point whose order divides eight, and nothing else', () => {
    const d = mod(-121665n * power(121666n, P - 2n));
    const small = LOW_ORDER_Y.map((hex) => mod(BigInt(`0x${hex.match(/../g)?.reverse().join('') ?? ''}`)));
    for (const y of small) {
      // x² = (y² - 1) / (d y² + 1); the order divides 8 if 4(x, y) has x = 0 or y = 0.
      const x2 = mod((y * y - 1n) * power(mod(d * y * y + 1n), P - 2n));
      let [u, v] = [x2, mod(y * y)];
      for (let doubling = 0; doubling < 3; doubling += 1) {
        // x and y of 2(x, y), squared: x3 = 2xy/(1 + d x² y²), y3 = (x² + y²)/(1 - d x² y²).
        const t = mod(d * u * v);
        const x3 = mod(4n * u * v * power(mod((1n + t) * (1n + t)), P - 2n));
        const y3 = mod(mod(u + v) * power(mod(1n - t), P - 2n));
        [u, v] = [x3, mod(y3 * y3)];
        if (doubling === 2) expect([u, y3]).toEqual([0n, 1n]);
      }
    }
    // y = 0, 1, -1 and the two of order eight, and the two that are written beyond the prime.
    expect(new Set(small).size).toBe(5);
    expect(LOW_ORDER_Y).toHaveLength(7);
  });
});

function mod(value: bigint): bigint {
  return ((value % P) + P) % P;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = mod(base);
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}
