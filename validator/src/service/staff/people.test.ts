import { describe, expect, it } from 'vitest';
import type { Actor } from '../../core/staff/staff-answer.ts';
import type { LittleBranch } from '../../testing/little-branch.ts';
import { ceremony, granted, littleBranch, serialText } from '../../testing/little-branch.ts';
import { waitingMails } from '../../testing/waiting-mails.ts';

const SUPERVISOR: Actor = { name: 'first', role: 'supervisor', operatorId: 0 };
const PASSWORD = 'a long password';

describe('an operator', () => {
  it('signs in, is known by the token, and is not any more after signing out', async () => {
    const { staff } = await littleBranch();
    const signed = granted(await staff.operators.signIn({ name: 'Clerk', password: PASSWORD }));
    expect(signed).toMatchObject({ name: 'clerk', role: 'clerk', expiresInS: 1800 });
    const known = granted(await staff.operators.authenticate(signed.token));
    expect(known.actor).toMatchObject({ name: 'clerk', role: 'clerk' });
    await staff.operators.signOut(signed.token);
    expect(await staff.operators.authenticate(signed.token)).toMatchObject({ error: { id: 'SIGN_IN' } });
  });

  it('has a session that ends when it rests, and after twelve hours however busy', async () => {
    const { staff, bank } = await littleBranch();
    const { token } = granted(await staff.operators.signIn({ name: 'clerk', password: PASSWORD }));
    for (let minutes = 0; minutes < 12 * 60; minutes += 20) {
      granted(await staff.operators.authenticate(token));
      bank.clock.advance(20 * 60_000);
    }
    expect(await staff.operators.authenticate(token)).toMatchObject({ error: { id: 'SIGN_IN' } });
    const next = granted(await staff.operators.signIn({ name: 'clerk', password: PASSWORD }));
    bank.clock.advance(30 * 60_000);
    expect(await staff.operators.authenticate(next.token)).toMatchObject({ error: { id: 'SIGN_IN' } });
  });

  it('reads the same refusal for a wrong name and a wrong password, and rests after five', async () => {
    const { staff, bank } = await littleBranch();
    const wrong = await staff.operators.signIn({ name: 'clerk', password: 'wrong password' });
    expect(await staff.operators.signIn({ name: 'nobody', password: PASSWORD })).toEqual(wrong);
    for (let tries = 0; tries < 4; tries += 1)
      await staff.operators.signIn({ name: 'clerk', password: 'wrong' });
    expect(await staff.operators.signIn({ name: 'clerk', password: PASSWORD })).toEqual(wrong);
    bank.clock.advance(15 * 60_000);
    granted(await staff.operators.signIn({ name: 'clerk', password: PASSWORD }));
  });

  it('leaves neither password nor session token in the store', async () => {
    const { staff, ports } = await littleBranch();
    const { token } = granted(await staff.operators.signIn({ name: 'clerk', password: PASSWORD }));
    const operators = await ports.store.list({ kind: 'operator', limit: 10 });
    const sessions = await ports.store.list({ kind: 'operatorSession', limit: 10 });
    const entries = await ports.store.audit.entries({ limit: 100 });
    const text = JSON.stringify([operators, sessions, entries]);
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain(token);
  });

  it('has a number of their own, however many are added at once', async () => {
    const { staff, ports } = await littleBranch();
    const names = Array.from({ length: 16 }, (_, index) => `clerk${index}`);
    await Promise.all(
      names.map(
        async (name) => await staff.operators.add(SUPERVISOR, { name, role: 'clerk', password: PASSWORD }),
      ),
    );
    const all = await ports.store.list({ kind: 'operator', limit: 100 });
    expect(new Set(all.map((one) => one.value.operatorId)).size).toBe(18);
  });

  it.each([
    [{ name: 'clerk', role: 'clerk', password: PASSWORD }, /taken/],
    [{ name: 'CLERK ', role: 'clerk', password: PASSWORD }, /taken/],
    [{ name: 'x', role: 'clerk', password: PASSWORD }, /2 to 64/],
    [{ name: 'bruno', role: 'clerk', password: 'short' }, /password has 10/],
    [{ name: 'bruno', role: 'referente', password: PASSWORD }, /mail address/],
  ] as const)('is not added as %j', async (operator, reason) => {
    const { staff } = await littleBranch();
    expect(await staff.operators.add(SUPERVISOR, operator)).toMatchObject({
      error: { id: 'SERVER_REFUSED', reason: expect.stringMatching(reason) },
    });
  });
});

async function mailsOf(branch: LittleBranch, kind: string): Promise<readonly { to: string; pin?: string }[]> {
  const mails = await waitingMails(branch.ports);
  return mails
    .filter((mail) => mail.kind === kind)
    .map(({ to, fields }) => ({ to, ...(fields['pin'] === undefined ? {} : { pin: fields['pin'] }) }));
}

describe('a customer', () => {
  it('gets a User Code on the contract and a first PIN by mail, and staff see neither PIN nor code', async () => {
    const branch = await littleBranch();
    const added = granted(
      await branch.staff.customers.add(branch.clerk, { name: 'Zoë Müller', email: 'zoe@example.com' }),
    );
    expect(added.userCode).toMatch(/^[0-9]{8}$/);
    const [mail] = await mailsOf(branch, 'initial-pin');
    expect(mail).toMatchObject({ to: 'zoe@example.com', pin: expect.stringMatching(/^[0-9]{6}$/) });
    const shown = granted(await branch.staff.customers.show(branch.clerk, added.userCode));
    expect(shown).toMatchObject({
      customerId: added.customerId,
      label: 'Zoe Muller',
      account: 'FIRST_ACCESS',
    });
    expect(JSON.stringify(shown)).not.toContain(mail?.pin);
    const entries = JSON.stringify(await branch.ports.store.audit.entries({ limit: 100 }));
    expect(entries).not.toContain(mail?.pin);
  });

  it('is blocked at once by one person, and customer, referente and bank are told', async () => {
    const branch = await littleBranch({ bankMail: 'fraud@bank.example' });
    const customerId = await branch.addCustomer({ referente: 'boss@firm.example' });
    const job = { customerId, reason: 'phone call' };
    expect(granted(await branch.staff.customers.block(branch.clerk, job)).account).toBe('STAFF_BLOCKED');
    expect((await mailsOf(branch, 'account-blocked')).map((mail) => mail.to)).toEqual([
      'ada@example.com',
      'boss@firm.example',
    ]);
    expect((await mailsOf(branch, 'bank-notice')).map((mail) => mail.to)).toEqual(['fraud@bank.example']);
  });

  it('is reinstated with the same PIN, or with a new one that only the customer gets', async () => {
    const branch = await littleBranch();
    const customerId = await branch.addCustomer({ referente: 'boss@firm.example' });
    const before = (await branch.bank.customer(customerId)).pin;
    await branch.staff.customers.block(branch.clerk, { customerId, reason: 'phone call' });
    const lift = { customerId, reason: 'customer came' };
    const view = granted(await branch.staff.customers.reinstate(branch.clerk, { ...lift, newPin: false }));
    expect(view.account).toBe('FIRST_ACCESS');
    expect((await branch.bank.customer(customerId)).pin).toEqual(before);
    granted(await branch.staff.customers.reinstate(branch.clerk, { ...lift, newPin: true }));
    const after = await branch.bank.customer(customerId);
    expect(after.pin).toMatchObject({ initial: true });
    expect(after.pin.verifier).not.toEqual(before.verifier);
    expect((await mailsOf(branch, 'new-pin')).map((mail) => mail.to)).toEqual(['ada@example.com']);
  });

  it('keeps a block when a new PIN is ordered', async () => {
    const branch = await littleBranch();
    const customerId = await branch.addCustomer();
    await branch.staff.customers.block(branch.clerk, { customerId, reason: 'phone call' });
    const view = granted(
      await branch.staff.customers.newPin(branch.clerk, { customerId, reason: 'forgotten' }),
    );
    expect(view.account).toBe('STAFF_BLOCKED');
  });

  it('has a chosen device blocked and lifted again, the others untouched', async () => {
    const branch = await littleBranch();
    const customerId = await branch.addCustomer();
    const serials: string[] = [];
    for (let index = 0; index < 2; index += 1) {
      const token = await branch.stockToken('fob');
      granted(await ceremony(branch, branch.staff, { token, task: { operation: 'provision' } }));
      serials.push(serialText(token.serial));
      await branch.approved({
        operation: 'bind',
        serial: serialText(token.serial),
        customerId,
        reason: 'new',
      });
    }
    const [first = '', second = ''] = serials;
    const overlays = async (): Promise<readonly (string | undefined)[]> => [
      (await branch.bank.token(first)).bindings[0]?.overlay,
      (await branch.bank.token(second)).bindings[0]?.overlay,
    ];
    granted(await branch.staff.customers.block(branch.clerk, { customerId, reason: 'lost', what: [first] }));
    expect(await overlays()).toEqual(['SUSPENDED', 'NONE']);
    expect(
      await branch.staff.customers.block(branch.clerk, {
        customerId,
        reason: 'lost',
        what: ['000000000999'],
      }),
    ).toMatchObject({ error: { reason: 'the customer has no device 000000000999' } });
    granted(
      await branch.staff.customers.reinstate(branch.clerk, { customerId, reason: 'found', newPin: false }),
    );
    expect(await overlays()).toEqual(['NONE', 'NONE']);
  });
});

describe('the form of a customer', () => {
  it.each([
    [{ name: ' ', email: 'a@b' }, /a name is one line/],
    [{ name: 'Ada\nByron', email: 'a@b' }, /a name is one line/],
    [{ name: 'Ada', email: 'nobody' }, /name@host/],
    [{ name: 'Ada', email: 'a@b\r\nBcc: x@y' }, /name@host/],
    [{ name: 'Ada', email: 'a@b', referente: 'boss' }, /name@host/],
    [{ name: 'Ada', email: 'a@b', birthDate: '1980-13-01' }, /birth date/],
    [{ name: 'Ada', email: 'a@b', label: 'Zoë' }, /plain letters/],
    [{ name: 'Ada', email: 'a@b', label: 'x'.repeat(25) }, /at most 24/],
  ] as const)('is refused when it says %j', async (form, reason) => {
    const branch = await littleBranch();
    expect(await branch.staff.customers.add(branch.clerk, form)).toMatchObject({
      error: { id: 'SERVER_REFUSED', reason: expect.stringMatching(reason) },
    });
    expect(await branch.ports.store.list({ kind: 'userCode', limit: 1 })).toEqual([]);
  });
});

describe('a referente', () => {
  const boss: Actor = { name: 'boss@firm.example', role: 'referente', operatorId: 5 };

  it('blocks, reinstates and orders PINs for the own customers, and learns nothing of others', async () => {
    const branch = await littleBranch();
    const { customers } = branch.staff;
    const own = await branch.addCustomer({ referente: 'Boss@firm.example' });
    const other = await branch.addCustomer({ referente: 'rival@firm.example' });
    const none = await branch.addCustomer();
    granted(await customers.block(boss, { customerId: own, reason: 'lost' }));
    granted(await customers.reinstate(boss, { customerId: own, reason: 'found', newPin: false }));
    granted(await customers.newPin(boss, { customerId: own, reason: 'forgotten' }));
    const refusals = [
      await customers.show(boss, other),
      await customers.show(boss, none),
      await customers.show(boss, 'nobody'),
      await customers.block(boss, { customerId: other, reason: 'x' }),
      await customers.newPin(boss, { customerId: none, reason: 'x' }),
    ];
    expect(new Set(refusals.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(refusals[0]).toMatchObject({ error: { id: 'NOT_ALLOWED' } });
  });

  it('blocks a lost device of an own customer, and none that somebody else uses too', async () => {
    const branch = await littleBranch();
    const own = await branch.addCustomer({ referente: boss.name });
    const other = await branch.addCustomer();
    const token = await branch.stockToken('otc');
    const serial = serialText(token.serial);
    const bind = async (customerId: string): Promise<void> => {
      const requestId = await branch.approved({ operation: 'bind', serial, customerId, reason: 'new' });
      granted(await ceremony(branch, branch.staff, { token, task: { operation: 'bind', requestId } }));
    };
    await bind(own);
    granted(await branch.staff.tokens.block(boss, { serial, reason: 'lost' }));
    expect(await branch.bank.token(serial)).toMatchObject({ bindings: [{ overlay: 'SUSPENDED' }] });
    granted(
      await branch.staff.customers.reinstate(boss, { customerId: own, reason: 'found', newPin: false }),
    );
    expect((await branch.bank.token(serial)).blocked).toBeUndefined();
    await bind(other);
    expect(await branch.staff.tokens.block(boss, { serial, reason: 'lost' })).toMatchObject({
      error: { id: 'NOT_ALLOWED' },
    });
  });
});
