import { describe, expect, it } from 'vitest';
import type { LittleBranch } from '../../testing/little-branch.ts';
import { carry, ceremony, granted, littleBranch, serialText } from '../../testing/little-branch.ts';
import { boundOtc, provisionedFob } from '../../testing/little-devices.ts';

async function mailKinds(branch: LittleBranch): Promise<readonly string[]> {
  const mails = await branch.ports.store.outbox.claim(100);
  return mails.map((mail) => `${mail.kind} to ${mail.to}`);
}

describe('a replacement', () => {
  it('retires the old device in the change that binds the new one, and everybody is told', async () => {
    const branch = await littleBranch({ bankMail: 'fraud@bank.example' });
    const [oldFob, newFob] = [await provisionedFob(branch), await provisionedFob(branch)];
    const [oldSerial, serial] = [serialText(oldFob.serial), serialText(newFob.serial)];
    const customerId = await branch.addCustomer({ referente: 'boss@firm.example' });
    await branch.approved({ operation: 'bind', serial: oldSerial, customerId, reason: 'new' });
    await branch.approved({ operation: 'replace', serial, oldSerial, customerId, reason: 'lost' });
    expect(await branch.bank.token(oldSerial)).toMatchObject({
      device: 'RETIRED',
      bindings: [{ overlay: 'REVOKED' }],
    });
    expect(await branch.bank.token(serial)).toMatchObject({
      device: 'PROVISIONED',
      bindings: [{ customerId }],
    });
    expect((await branch.bank.customer(customerId)).factors).toEqual([{ tag: 'token', serial, slot: 0 }]);
    expect(await mailKinds(branch)).toEqual(
      expect.arrayContaining([
        'device-replaced to ada@example.com',
        'device-replaced to boss@firm.example',
        'bank-notice to fraud@bank.example',
      ]),
    );
  });

  it('at every cut of the session leaves exactly one of old and new in use', async () => {
    for (let atMessage = 0; atMessage < 7; atMessage += 1) {
      const branch = await littleBranch();
      const customerId = await branch.addCustomer();
      const oldSerial = serialText((await boundOtc(branch, customerId)).serial);
      const token = await branch.stockToken('otc');
      const serial = serialText(token.serial);
      const requestId = await branch.approved({
        operation: 'replace',
        serial,
        oldSerial,
        customerId,
        reason: 'lost',
      });
      const task = { operation: 'bind', requestId } as const;
      const inUse = async (): Promise<number> => {
        let count = 0;
        for (const id of [oldSerial, serial]) {
          const stored = await branch.ports.store.read('token', id);
          count += stored?.value.bindings.filter((one) => one.overlay !== 'REVOKED').length ?? 0;
        }
        return count;
      };
      await carry(branch, branch.staff, { token, task, loss: { atMessage } });
      expect(await inUse()).toBe(1);
      await ceremony(branch, branch.staff, { token, task });
      expect(await inUse()).toBe(1);
      expect(await branch.bank.token(oldSerial)).toMatchObject({ device: 'RETIRED' });
    }
  });
});

describe('an optical token in use', () => {
  it('is reset, given new keys, unlocked and emptied over the line, each with its effect', async () => {
    const branch = await littleBranch();
    const customerId = await branch.addCustomer();
    const token = await boundOtc(branch, customerId);
    const serial = serialText(token.serial);
    for (const operation of ['reset', 'rekey', 'unlock'] as const) {
      await branch.bank.editToken(serial, (before) =>
        before.kind === 'fob'
          ? before
          : {
              ...before,
              bindings: before.bindings.map((one) => ({ ...one, lock: { tag: 'LOCKED', failures: 10 } })),
            },
      );
      const requestId = await branch.approved({ operation, serial, reason: operation });
      granted(await ceremony(branch, branch.staff, { token, task: { operation, requestId } }));
      expect(await branch.bank.token(serial)).toMatchObject({
        bindings: [{ lock: { tag: 'OK', failures: 0 }, state: 'AWAITING_PAIRING' }],
      });
    }
    granted(await ceremony(branch, branch.staff, { token, task: { operation: 'revoke', slot: 0 } }));
    expect(await branch.bank.token(serial)).toMatchObject({
      bindings: [{ overlay: 'REVOKED' }],
      seedEpoch: 5,
    });
    expect((await branch.bank.customer(customerId)).factors).toEqual([]);
    expect(await mailKinds(branch)).toEqual(
      expect.arrayContaining(['device-reset to ada@example.com', 'device-unlocked to ada@example.com']),
    );
  });
});

describe('a fob', () => {
  it('that is locked is unlocked by two people, without a cable, and its customer is told', async () => {
    const branch = await littleBranch();
    const serial = serialText((await provisionedFob(branch)).serial);
    const customerId = await branch.addCustomer();
    await branch.approved({ operation: 'bind', serial, customerId, reason: 'new' });
    await branch.bank.editToken(serial, (before) =>
      before.kind === 'otc'
        ? before
        : {
            ...before,
            bindings: before.bindings.map((one) => ({ ...one, lock: { tag: 'LOCKED', failures: 10 } })),
          },
    );
    await branch.approved({ operation: 'unlock', serial, reason: 'typed too fast' });
    expect(await branch.bank.token(serial)).toMatchObject({
      bindings: [{ lock: { tag: 'OK', failures: 0 } }],
    });
    expect(await mailKinds(branch)).toContain('device-unlocked to ada@example.com');
  });

  it('is not bound over the line, and an optical token not provisioned', async () => {
    const branch = await littleBranch();
    const fob = await provisionedFob(branch);
    const otc = await branch.stockToken('otc');
    expect(await carry(branch, branch.staff, { token: fob, task: { operation: 'bind' } })).toMatchObject({
      error: { id: 'SERVER_REFUSED', reason: expect.stringContaining('by the approval alone') },
    });
    expect(await carry(branch, branch.staff, { token: otc, task: { operation: 'provision' } })).toMatchObject(
      {
        error: { id: 'SERVER_REFUSED', reason: expect.stringContaining('by BIND') },
      },
    );
  });

  it('that somebody uses gets no new seed, and an unused one only when it is named', async () => {
    const branch = await littleBranch();
    const token = await provisionedFob(branch);
    const serial = serialText(token.serial);
    const again = { error: { id: 'ALREADY_PROVISIONED' } };
    expect(await carry(branch, branch.staff, { token, task: { operation: 'provision' } })).toMatchObject(
      again,
    );
    const named = { operation: 'provision', expectedSerial: serial } as const;
    granted(await ceremony(branch, branch.staff, { token, task: named }));
    await branch.approved({
      operation: 'bind',
      serial,
      customerId: await branch.addCustomer(),
      reason: 'new',
    });
    expect(await carry(branch, branch.staff, { token, task: named })).toMatchObject(again);
    expect(token.flash().seedEpoch).toBe(2);
  });

  it('may be provisioned and bound in one session that carries the approved request', async () => {
    const branch = await littleBranch();
    const token = await branch.stockToken('fob');
    const serial = serialText(token.serial);
    const customerId = await branch.addCustomer();
    const requestId = await branch.approved({ operation: 'bind', serial, customerId, reason: 'new' });
    granted(await ceremony(branch, branch.staff, { token, task: { operation: 'provision', requestId } }));
    expect(await branch.bank.token(serial)).toMatchObject({
      bindings: [{ customerId, state: 'AWAITING_FIRST_CODE' }],
    });
    expect((await branch.bank.customer(customerId)).factors).toHaveLength(1);
  });

  it('is bound once, by whichever of sixteen approvals at the same time', async () => {
    const branch = await littleBranch();
    const serial = serialText((await provisionedFob(branch)).serial);
    const requests: string[] = [];
    for (let index = 0; index < 16; index += 1) {
      const customerId = await branch.addCustomer();
      const form = { operation: 'bind', serial, customerId, reason: 'new' } as const;
      requests.push(granted(await branch.staff.requests.make(branch.clerk, form)).requestId);
    }
    const answers = await Promise.all(
      requests.map(async (id) => await branch.staff.requests.approve(branch.supervisor, id)),
    );
    expect(answers.filter((one) => one.ok)).toHaveLength(1);
    expect((await branch.bank.token(serial)).bindings).toHaveLength(1);
    const customers = await branch.ports.store.list({ kind: 'customer', limit: 20 });
    expect(customers.filter((one) => one.value.factors.length > 0)).toHaveLength(1);
  });
});
