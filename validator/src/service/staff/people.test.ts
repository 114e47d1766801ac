import { describe, expect, it } from 'vitest';
import type { Actor } from '../../core/staff/staff-answer.ts';
import type { LittleBranch } from '../../testing/little-branch.ts';
import { ceremony, granted, littleBranch, serialText } from '../../testing/little-branch.ts';

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

  it('has a session that ends when it rests, and at the end of a day however busy', async () => {
    const { staff, bank } = await littleBranch();
    const { token } = granted(await staff.operators.signIn({ name: 'clerk', password: PASSWORD }));
    for (let minutes = 0; minutes < 11 * 60; minutes += 20) {
      granted(await staff.operators.authenticate(token));
      bank.clock.advance(20 * 60_000);
    }
    bank.clock.advance(60 * 60_000);
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
  const mails = await branch.ports.store.outbox.claim(100);
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
});

describe('stock', () => {
  it('takes a serial once, whoever else imports at the same time', async () => {
    const branch = await littleBranch();
    const tokens = [branch.makeToken('fob'), branch.makeToken('otc')];
    const manifest = branch.manifestOf(tokens);
    const answers = await Promise.all(
      Array.from({ length: 16 }, async () => await branch.staff.stock.importManifest(branch.clerk, manifest)),
    );
    expect(answers.filter((one) => one.ok)).toHaveLength(1);
    const overlapping = branch.manifestOf([...tokens.slice(0, 1), branch.makeToken('fob')]);
    expect(await branch.staff.stock.importManifest(branch.clerk, overlapping)).toMatchObject({
      error: { reason: expect.stringContaining('announced before') },
    });
    expect(await branch.ports.store.list({ kind: 'shipped', limit: 10 })).toHaveLength(2);
  });

  it('refuses a manifest of an unknown maker, a changed one, and one certificate for two serials', async () => {
    const branch = await littleBranch();
    const rival = await littleBranch({ seed: 2 });
    const token = branch.makeToken('fob');
    const good = branch.manifestOf([token]);
    const changed = good.map((byte, index) => (index === 20 ? byte ^ 1 : byte));
    const twice = branch.manifestOf([
      token,
      { serial: branch.makeToken('fob').serial, certificate: token.certificate },
    ]);
    for (const manifest of [rival.manifestOf([token]), changed, twice, good.slice(1), new Uint8Array()]) {
      const answer = await branch.staff.stock.importManifest(branch.clerk, manifest);
      expect(answer).toMatchObject({ ok: false, error: { id: 'SERVER_REFUSED' } });
    }
    expect(await branch.ports.store.list({ kind: 'shipped', limit: 10 })).toEqual([]);
  });

  it('is asked of the source when a serial is unknown, and the source is trusted as little as anybody', async () => {
    let source: Uint8Array | undefined;
    const branch = await littleBranch({ manifestSource: async () => source });
    const [token, other] = [branch.makeToken('fob'), branch.makeToken('fob')];
    const rival = await littleBranch({ seed: 2 });
    source = rival.manifestOf([token]);
    const task = { operation: 'provision' } as const;
    expect(await ceremony(branch, branch.staff, { token, task })).toMatchObject({ ok: false });
    source = branch.manifestOf([token, other]);
    granted(await ceremony(branch, branch.staff, { token, task }));
    granted(await ceremony(branch, branch.staff, { token: other, task }));
  });

  it('is listed with the devices in use, in the order of serials and by pages', async () => {
    const branch = await littleBranch();
    const used = await branch.stockToken('fob');
    granted(await ceremony(branch, branch.staff, { token: used, task: { operation: 'provision' } }));
    const stock = await branch.stockToken('otc');
    const list = async (page: { afterId?: string; limit: number }) =>
      granted(await branch.staff.tokens.list(branch.clerk, page)).map((one) => `${one.serial} ${one.device}`);
    const [first, second] = [`${serialText(used.serial)} PROVISIONED`, `${serialText(stock.serial)} STOCK`];
    expect(await list({ limit: 10 })).toEqual([first, second]);
    expect(await list({ limit: 1 })).toEqual([first]);
    expect(await list({ limit: 1, afterId: serialText(used.serial) })).toEqual([second]);
  });
});
