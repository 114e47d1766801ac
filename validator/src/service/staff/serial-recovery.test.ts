import { equalConstantTime, toHex } from '@chiavetta/protocol/bytes';
import { describe, expect, it } from 'vitest';
import type { LittleBranch, LittleTask } from '../../testing/little-branch.ts';
import { carry, ceremony, granted, littleBranch, serialText } from '../../testing/little-branch.ts';
import type { LittleSerialToken } from '../../testing/little-serial-token.ts';
import { seedOf } from '../../testing/little-serial-token.ts';

type Scene = { readonly branch: LittleBranch; readonly token: LittleSerialToken; readonly task: LittleTask };

const SCENES: Readonly<Record<string, () => Promise<Scene>>> = {
  'a fresh fob': async () => {
    const branch = await littleBranch();
    return { branch, token: await branch.stockToken('fob'), task: { operation: 'provision' } };
  },
  'a fob that gets a new seed': async () => {
    const branch = await littleBranch();
    const token = await branch.stockToken('fob');
    granted(await ceremony(branch, branch.staff, { token, task: { operation: 'provision' } }));
    const expectedSerial = serialText(token.serial);
    return { branch, token, task: { operation: 'provision', expectedSerial } };
  },
  'an optical token that is bound': async () => {
    const branch = await littleBranch();
    const token = await branch.stockToken('otc');
    const customerId = await branch.addCustomer();
    const serial = serialText(token.serial);
    const requestId = await branch.approved({ operation: 'bind', serial, customerId, reason: 'new' });
    return { branch, token, task: { operation: 'bind', requestId } };
  },
};

/** The law: nothing is under way any more, and both sides hold the same. */
async function expectAgreement({ branch, token }: Scene): Promise<void> {
  const stored = await branch.bank.token(serialText(token.serial));
  const flash = token.flash();
  expect(stored.transaction).toBeUndefined();
  expect(stored.device).toBe('PROVISIONED');
  expect(stored.seedEpoch).toBe(flash.seedEpoch);
  expect(flash.staged).toBeUndefined();
  if (stored.kind === 'fob') {
    expect(equalConstantTime(stored.otp?.seed.bytes ?? new Uint8Array(), seedOf(flash))).toBe(true);
    return;
  }
  expect(stored.bindings.map(({ slot, hintKey }) => ({ slot, hintKey: toHex(hintKey.bytes) }))).toEqual(
    flash.slots.map(({ slot, hintKey }) => ({ slot, hintKey: toHex(hintKey) })),
  );
}

/** Messages of one session: three of the handshake, READY, COMMIT, DONE, and the answer to the PC. */
const MESSAGES = 7;

describe('a session that is cut', () => {
  const cuts = Object.keys(SCENES).flatMap((scene) =>
    Array.from({ length: MESSAGES }, (_, atMessage) => ({ scene, atMessage })),
  );
  it.each(cuts)(
    '$scene, message $atMessage lost: the next ones finish it, power kept or lost, validator restarted or not',
    async ({ scene, atMessage }) => {
      for (const power of ['kept', 'lost']) {
        for (const validator of ['same', 'restarted']) {
          const set = await SCENES[scene]?.();
          if (set === undefined) throw new Error('no such scene');
          const { branch, token, task } = set;
          expect(await carry(branch, branch.staff, { token, task, loss: { atMessage } })).toBe('lost');
          if (power === 'lost') token.cutPower();
          const staff = validator === 'same' ? branch.staff : branch.restarted();
          const result = await ceremony(branch, staff, { token, task });
          // The last loss is the PC's alone: everything was done, and saying so again is a refusal or one more seed.
          if (atMessage < MESSAGES - 1) granted(result);
          await expectAgreement(set);
        }
      }
    },
  );

  it('is cut twice, at every pair of messages, and is finished all the same', async () => {
    let runs = 0;
    for (let first = 0; first < MESSAGES - 1; first += 1) {
      for (let second = 0; second < MESSAGES - 1; second += 1) {
        const set = await SCENES['a fresh fob']?.();
        if (set === undefined) throw new Error('no such scene');
        const { branch, token, task } = set;
        await carry(branch, branch.staff, { token, task, loss: { atMessage: first } });
        await carry(branch, branch.restarted(), { token, task, loss: { atMessage: second } });
        await ceremony(branch, branch.staff, { token, task });
        await expectAgreement(set);
        runs += 1;
      }
    }
    expect(runs).toBe(36);
  });

  it('says that an interrupted attempt was finished, or undone, as it was', async () => {
    const outcomes: string[] = [];
    for (let atMessage = 0; atMessage < MESSAGES - 1; atMessage += 1) {
      const set = await SCENES['a fresh fob']?.();
      if (set === undefined) throw new Error('no such scene');
      const { branch, token, task } = set;
      await carry(branch, branch.staff, { token, task, loss: { atMessage } });
      const next = await carry(branch, branch.staff, { token, task });
      outcomes.push(next === 'lost' ? next : granted(next).outcome);
    }
    // Lost before PREPARE left: nothing to recover. PREPARE lost: undone. From READY on: finished.
    expect(outcomes).toEqual(['done', 'done', 'discarded', 'recovered', 'recovered', 'recovered']);
  });

  it('keeps the old seed until DONE', async () => {
    const set = await SCENES['a fob that gets a new seed']?.();
    if (set === undefined) throw new Error('no such scene');
    const { branch, token, task } = set;
    const serial = serialText(token.serial);
    const before = await branch.bank.token(serial);
    await carry(branch, branch.staff, { token, task, loss: { atMessage: 4 } });
    const during = await branch.bank.token(serial);
    expect(during).toMatchObject({ device: 'IN_DOUBT', transaction: { state: 'PROVED' } });
    expect(during.kind === 'fob' && during.otp).toEqual(before.kind === 'fob' && before.otp);
  });

  it('stays in doubt however long nobody comes, while a mere reservation is forgotten', async () => {
    const set = await SCENES['a fresh fob']?.();
    if (set === undefined) throw new Error('no such scene');
    const { branch, token, task } = set;
    const serial = serialText(token.serial);
    await carry(branch, branch.staff, { token, task, loss: { atMessage: 2 } });
    branch.bank.clock.advance(365 * 86_400_000);
    expect(await branch.staff.serial.reap()).toBe(0);
    expect(await branch.bank.token(serial)).toMatchObject({ device: 'IN_DOUBT' });
  });
});

describe('a proof that is false', () => {
  it.each([
    ['a key that the device made up', 'fob', { falseProof: true }],
    ['prekeys that the device did not sign', 'otc', { falsePrekeys: true }],
    [
      'a prekey of low order',
      'otc',
      { prekeyPublics: (publics: Uint8Array) => publics.map((byte, at) => (at < 32 ? 0 : byte)) },
    ],
    [
      'one prekey twice',
      'otc',
      {
        prekeyPublics: (publics: Uint8Array) =>
          publics.map((byte, at) => (at < 32 ? (publics[at + 32] ?? 0) : byte)),
      },
    ],
  ] as const)('%s: never committed, and discarded by the next session', async (_name, kind, twist) => {
    const set = await SCENES[kind === 'fob' ? 'a fresh fob' : 'an optical token that is bound']?.();
    if (set === undefined) throw new Error('no such scene');
    const { branch, token, task } = set;
    token.twist(twist);
    expect(await carry(branch, branch.staff, { token, task })).toMatchObject({ error: { id: 'TAMPER' } });
    expect(token.flash().seedEpoch).toBe(0);
    token.twist({ falseProof: false, falsePrekeys: false, prekeyPublics: (publics) => publics });
    const next = await carry(branch, branch.staff, { token, task });
    expect(next).toMatchObject({ ok: true, value: { outcome: 'discarded' } });
    expect(token.flash().staged).toBeUndefined();
    granted(await ceremony(branch, branch.staff, { token, task }));
    await expectAgreement(set);
  });
});

describe('another operation than the interrupted one', () => {
  it('is not said to be done when only the interrupted one was finished', async () => {
    const set = await SCENES['an optical token that is bound']?.();
    if (set === undefined) throw new Error('no such scene');
    const { branch, token, task } = set;
    await carry(branch, branch.staff, { token, task, loss: { atMessage: 4 } });
    const result = await carry(branch, branch.staff, { token, task: { operation: 'revoke', slot: 0 } });
    expect(result).toMatchObject({ ok: true, value: { outcome: 'discarded', finished: 'bind' } });
    await expectAgreement(set);
  });
});
