import { toHex } from '@chiavetta/protocol/bytes';
import { describe, expect, it } from 'vitest';
import { carry, ceremony, granted, littleBranch, serialText } from '../../testing/little-branch.ts';
import { seedOf } from '../../testing/little-serial-token.ts';

describe('a serial session', () => {
  it('gives a fob a seed that only the fob and the validator know', async () => {
    const branch = await littleBranch();
    const fob = await branch.stockToken('fob');
    const result = granted(
      await ceremony(branch, branch.staff, { token: fob, task: { operation: 'provision' } }),
    );
    expect(result).toEqual({ serial: serialText(fob.serial), deviceState: 'PROVISIONED', outcome: 'done' });
    const stored = await branch.bank.token(result.serial);
    expect(stored).toMatchObject({
      kind: 'fob',
      device: 'PROVISIONED',
      seedEpoch: 1,
      otp: { mode: 'hotp', next: 0 },
    });
    expect(stored.kind === 'fob' && toHex(stored.otp?.seed.bytes ?? new Uint8Array())).toBe(
      toHex(seedOf(fob.flash())),
    );
  });

  it('binds an optical token: hint key and prekeys on both sides, the customer told', async () => {
    const branch = await littleBranch();
    const token = await branch.stockToken('otc');
    const customerId = await branch.addCustomer();
    const serial = serialText(token.serial);
    const requestId = await branch.approved({
      operation: 'bind',
      serial,
      customerId,
      reason: 'new contract',
    });
    const result = granted(
      await ceremony(branch, branch.staff, { token, task: { operation: 'bind', requestId } }),
    );
    expect(result).toMatchObject({ outcome: 'done', prekeysLeft: 8 });
    const stored = await branch.bank.token(serial);
    expect(stored).toMatchObject({
      kind: 'otc',
      bindings: [{ customerId, slot: 0, state: 'AWAITING_PAIRING' }],
    });
    const hintKey = stored.kind === 'otc' ? stored.bindings[0]?.hintKey.bytes : undefined;
    expect(hintKey).toEqual(token.flash().slots[0]?.hintKey);
    expect((await branch.bank.customer(customerId)).factors).toEqual([{ tag: 'token', serial, slot: 0 }]);
    expect(
      await carry(branch, branch.staff, { token, task: { operation: 'bind', requestId } }),
    ).toMatchObject({
      ok: false,
      error: { id: 'SERVER_REFUSED', reason: expect.stringContaining('carried out before') },
    });
  });
});
