import { assert } from '@chiavetta/protocol/bytes';
import { describe, expect, test } from 'vitest';
import { bindFob, overlayBinding } from '../core/binding-changes.ts';
import type { LittleFob } from '../testing/little-bank.ts';
import type { LittleBranch } from '../testing/little-branch.ts';
import { granted, littleBranch } from '../testing/little-branch.ts';
import { PIN, pair, send, typeCode, USER } from '../testing/little-customer.ts';
import { waitingMails } from '../testing/waiting-mails.ts';

type Scene = {
  readonly branch: LittleBranch;
  readonly customerId: string;
  readonly fob: LittleFob;
  /** Another device of the customer: SEND asks for its codes. */
  readonly newFob: LittleFob;
  /** Logs in with the device that is asked for, and gives the session's token. */
  readonly open: (code: string, pin?: string) => Promise<string>;
  readonly lift: (newPin?: boolean) => Promise<void>;
};

const NEW_PIN = '31415926';
const reason = 'phone call';

/** A customer with two devices; the session that the tests watch was opened with the first one. */
async function scene(): Promise<Scene & { readonly watched: string }> {
  const branch = await littleBranch();
  const { bank, staff, clerk } = branch;
  const customerId = await bank.addCustomer({ userCode: USER, pin: PIN });
  const fob = await bank.addFob(customerId);
  const open: Scene['open'] = async (code, pin = PIN) => {
    const answer = await typeCode(bank, await send(bank, { pin }), code);
    assert(answer.outcome === 'session', 'the code was right');
    return answer.sessionToken;
  };
  const watched = await open(fob.codeAt(0));
  const newFob = await bank.addFob(customerId);
  const lift = async (newPin = false): Promise<void> => {
    granted(await staff.customers.reinstate(clerk, { customerId, reason, newPin }));
  };
  return { branch, customerId, fob, newFob, open, lift, watched };
}

/** Logs in with the PIN that was mailed last and chooses a new one. */
async function chooseNewPin({ branch, newFob, open }: Scene): Promise<string> {
  const mails = await waitingMails(branch.ports);
  const pin = mails.findLast(({ kind }) => kind === 'new-pin')?.fields['pin'] ?? '';
  const other = await open(newFob.codeAt(0), pin);
  const changed = await branch.bank.session.changePin(other, { oldPin: pin, newPin: NEW_PIN });
  expect(changed.outcome).toBe('changed');
  return other;
}

const ENDS: readonly (readonly [string, (scene: Scene) => Promise<void>])[] = [
  [
    'a block of the account by staff that was lifted with the same codes',
    async ({ branch, customerId, lift }) => {
      granted(await branch.staff.customers.block(branch.clerk, { customerId, reason }));
      await lift();
    },
  ],
  [
    'a block of the account that was lifted with a new PIN, which was changed since',
    async (at) => {
      granted(await at.branch.staff.customers.block(at.branch.clerk, { customerId: at.customerId, reason }));
      await at.lift(true);
      await chooseNewPin(at);
    },
  ],
  [
    'five wrong PINs, lifted',
    async ({ branch, lift }) => {
      for (let tries = 0; tries < 5; tries += 1) await send(branch.bank, { pin: '99999' });
      await lift();
    },
  ],
  [
    'a block of the account that the customer wished in another session, lifted',
    async ({ branch, newFob, open, lift }) => {
      const answer = await branch.bank.session.block(await open(newFob.codeAt(0)), 'all');
      expect(answer.outcome).toBe('blocked');
      await lift();
    },
  ],
  [
    'a suspension of its device by staff that was lifted',
    async ({ branch, customerId, fob, lift }) => {
      const job = { customerId, reason, what: [fob.serial] };
      granted(await branch.staff.customers.block(branch.clerk, job));
      await lift();
    },
  ],
  [
    'a suspension of its device that the customer wished, lifted',
    async ({ branch, fob, newFob, open, lift }) => {
      const serial = fob.serial;
      const answer = await branch.bank.session.block(await open(newFob.codeAt(0)), { serial });
      expect(answer.outcome).toBe('blocked');
      await lift();
    },
  ],
  [
    'a block of its device as a whole that was lifted',
    async ({ branch, fob, lift }) => {
      granted(await branch.staff.tokens.block(branch.clerk, { serial: fob.serial, reason }));
      await lift();
    },
  ],
  [
    'a revocation of its device, bound to the same customer anew',
    async ({ branch, customerId, fob }) => {
      await branch.bank.editToken(fob.serial, (token) =>
        overlayBinding(token, { slot: 0, overlay: 'REVOKED', reason }),
      );
      branch.bank.clock.advance(1);
      const nowMs = branch.bank.clock.nowMs();
      await branch.bank.editToken(fob.serial, (token) =>
        token.kind === 'fob' ? bindFob({ ...token, bindings: [] }, { customerId, nowMs }) : token,
      );
    },
  ],
  [
    'an ordered new PIN, not yet used',
    async ({ branch, customerId }) => {
      granted(await branch.staff.customers.newPin(branch.clerk, { customerId, reason }));
    },
  ],
  [
    'an ordered new PIN, changed since',
    async (at) => {
      const { branch, customerId } = at;
      granted(await branch.staff.customers.newPin(branch.clerk, { customerId, reason }));
      await chooseNewPin(at);
    },
  ],
  [
    'a PIN change in another session',
    async ({ branch, newFob, open }) => {
      const pins = { oldPin: PIN, newPin: NEW_PIN };
      const answer = await branch.bank.session.changePin(await open(newFob.codeAt(0)), pins);
      expect(answer.outcome).toBe('changed');
    },
  ],
];

describe('a session of the portal is over for good', () => {
  test.each(ENDS)('after %s', async (_what, end) => {
    const { watched, ...at } = await scene();
    const { session } = at.branch.bank;
    expect(await session.show(watched)).toBeDefined();
    await end(at);
    expect(await session.show(watched)).toBeUndefined();
    const pins = { oldPin: PIN, newPin: '86420864' };
    expect(await session.changePin(watched, pins)).toEqual({ outcome: 'no_session' });
    expect(await session.block(watched, 'all')).toEqual({ outcome: 'no_session' });
    expect((await at.branch.bank.customer(at.customerId)).block).toBeUndefined();
  });
});

describe('a session of the portal rests on one binding', () => {
  test('and is over when that is suspended, another slot of the same customer or not', async () => {
    const { bank } = await littleBranch();
    const customerId = await bank.addCustomer({ userCode: USER, pin: PIN });
    const token = await bank.addOtc(customerId);
    await bank.bindSlot(token, customerId, 1);
    const opened = await pair(bank, token);
    assert(opened.outcome === 'session', 'the pairing is done');
    expect(await bank.session.show(opened.sessionToken)).toBeDefined();
    await bank.editToken(token.serial, (before) =>
      overlayBinding(before, { slot: 1, overlay: 'SUSPENDED', reason }),
    );
    expect(await bank.session.show(opened.sessionToken)).toBeUndefined();
  });

  test('and on the account: a block in its record ends it, however it came there', async () => {
    const { branch, customerId, watched } = await scene();
    const block = { by: 'staff', reason, atMs: 0 } as const;
    await branch.bank.editCustomer(customerId, (before) => ({ ...before, block }));
    expect(await branch.bank.session.show(watched)).toBeUndefined();
  });
});

describe('a session of the portal goes on', () => {
  test('after a PIN change in itself', async () => {
    const { branch, watched } = await scene();
    const { session } = branch.bank;
    const pins = { oldPin: PIN, newPin: NEW_PIN };
    expect((await session.changePin(watched, pins)).outcome).toBe('changed');
    expect(await session.show(watched)).toBeDefined();
  });

  test('after a suspension of another device of the customer', async () => {
    const { branch, customerId, newFob, watched } = await scene();
    const job = { customerId, reason, what: [newFob.serial] };
    granted(await branch.staff.customers.block(branch.clerk, job));
    expect(await branch.bank.session.show(watched)).toBeDefined();
  });

  test('when the account is opened again after a block, once a code opened a new one', async () => {
    const { branch, customerId, newFob, open, lift } = await scene();
    granted(await branch.staff.customers.block(branch.clerk, { customerId, reason }));
    await lift();
    expect(await branch.bank.session.show(await open(newFob.codeAt(0)))).toBeDefined();
  });
});
