import { hotp } from '@chiavetta/protocol/otp';
import { describe, expect, it } from 'vitest';
import type { Actor } from '../../core/staff/staff-answer.ts';
import { carry, ceremony, granted, littleBranch, serialText } from '../../testing/little-branch.ts';
import { boundOtc, provisionedFob } from '../../testing/little-devices.ts';
import { seedOf } from '../../testing/little-serial-token.ts';
import { waitingMails } from '../../testing/waiting-mails.ts';

describe('four eyes', () => {
  it('bind a fob by the approval alone, and its first code opens a session', async () => {
    const branch = await littleBranch();
    const fob = await provisionedFob(branch);
    const serial = serialText(fob.serial);
    const customerId = await branch.addCustomer();
    const made = granted(
      await branch.staff.requests.make(branch.clerk, {
        operation: 'bind',
        serial,
        customerId,
        reason: 'new',
      }),
    );
    expect(made.state).toBe('waiting');
    expect((await branch.bank.token(serial)).bindings).toEqual([]);
    const approved = granted(await branch.staff.requests.approve(branch.supervisor, made.requestId));
    expect(approved).toMatchObject({ state: 'used', requester: 'clerk', approver: 'supervisor' });
    const pin = (await waitingMails(branch.ports)).find((mail) => mail.kind === 'initial-pin')?.fields['pin'];
    const { userCode } = await branch.bank.customer(customerId);
    const sent = await branch.bank.portal.send({ userCode, pin: pin ?? '' });
    const code = hotp({ secret: seedOf(fob.flash()), counter: 0n });
    const { portalSession } = sent;
    expect(await branch.bank.portal.code(sent.challengeId, { portalSession, code })).toMatchObject({
      outcome: 'session',
    });
  });

  it('are two different people, and the second a supervisor', async () => {
    const branch = await littleBranch();
    const serial = serialText((await provisionedFob(branch)).serial);
    const customerId = await branch.addCustomer();
    const form = { operation: 'bind', serial, customerId, reason: 'new' } as const;
    const byClerk = granted(await branch.staff.requests.make(branch.clerk, form));
    const colleague: Actor = { name: 'colleague', role: 'clerk', operatorId: 9 };
    const no = { ok: false, error: { id: 'NOT_ALLOWED' } };
    expect(await branch.staff.requests.approve(branch.clerk, byClerk.requestId)).toMatchObject(no);
    expect(await branch.staff.requests.approve(colleague, byClerk.requestId)).toMatchObject(no);
    const own = granted(await branch.staff.requests.make(branch.supervisor, form));
    expect(await branch.staff.requests.approve(branch.supervisor, own.requestId)).toMatchObject(no);
    expect((await branch.bank.token(serial)).bindings).toEqual([]);
  });

  it('are not those of a supervisor and somebody whom the supervisor added, whoever asks and whoever approves', async () => {
    const branch = await littleBranch();
    const { requests } = branch.staff;
    const serial = serialText((await provisionedFob(branch)).serial);
    const customerId = await branch.addCustomer();
    const form = { operation: 'bind', serial, customerId, reason: 'new' } as const;
    const added = async (by: Actor, name: string, role: 'clerk' | 'supervisor'): Promise<Actor> => {
      granted(await branch.staff.operators.add(by, { name, role, password: 'a long password' }));
      return { name, role, operatorId: 100 };
    };
    const puppet = await added(branch.supervisor, 'puppet', 'clerk');
    const byPuppet = granted(await requests.make(puppet, form));
    expect(await requests.approve(branch.supervisor, byPuppet.requestId)).toMatchObject({
      ...{
        ok: false,
        error: { id: 'NOT_ALLOWED', reason: expect.stringMatching(/supervisor added puppet:/) },
      },
    });
    const second = await added(branch.supervisor, 'second', 'supervisor');
    const own = granted(await requests.make(branch.supervisor, form));
    expect(await requests.approve(second, own.requestId)).toMatchObject({
      ...{
        ok: false,
        error: { id: 'NOT_ALLOWED', reason: expect.stringMatching(/supervisor added second:/) },
      },
    });
    expect((await branch.bank.token(serial)).bindings).toEqual([]);
    const boss: Actor = { name: 'first', role: 'supervisor', operatorId: 0 };
    const other = await added(boss, 'other', 'supervisor');
    expect((await requests.approve(other, byPuppet.requestId)).ok).toBe(true);
  });

  it('can be two people whom one supervisor added: a limit, and the audit log says who added them', async () => {
    const branch = await littleBranch();
    const { operators, requests } = branch.staff;
    const serial = serialText((await provisionedFob(branch)).serial);
    const customerId = await branch.addCustomer();
    const puppets = [
      { name: 'puppet1', role: 'clerk', operatorId: 101 },
      { name: 'puppet2', role: 'supervisor', operatorId: 102 },
    ] as const;
    for (const { name, role } of puppets) {
      granted(await operators.add(branch.supervisor, { name, role, password: 'a long password' }));
    }
    const form = { operation: 'bind', serial, customerId, reason: 'new' } as const;
    const made = granted(await requests.make(puppets[0], form));
    expect((await requests.approve(puppets[1], made.requestId)).ok).toBe(true);
    const entries = await branch.ports.store.audit.entries({ limit: 100 });
    const added = entries.filter(
      ({ event, operator }) => event === 'operator.added' && operator === 'supervisor',
    );
    expect(added.map(({ subject }) => subject)).toEqual(['operator:puppet1', 'operator:puppet2']);
  });

  it('are waited for: a device in the cradle does nothing before', async () => {
    const branch = await littleBranch();
    const token = await branch.stockToken('otc');
    const customerId = await branch.addCustomer();
    const serial = serialText(token.serial);
    const { requestId } = granted(
      await branch.staff.requests.make(branch.clerk, {
        operation: 'bind',
        serial,
        customerId,
        reason: 'new',
      }),
    );
    const waits = { ok: false, error: { id: 'WAITS_FOR_APPROVAL' } };
    expect(
      await carry(branch, branch.staff, { token, task: { operation: 'bind', requestId } }),
    ).toMatchObject(waits);
    expect(await carry(branch, branch.staff, { token, task: { operation: 'bind' } })).toMatchObject(waits);
    expect(token.flash().staged).toBeUndefined();
  });

  it('leave names, customer, serial and reason in the audit log', async () => {
    const branch = await littleBranch();
    const customerId = await branch.addCustomer();
    const serial = serialText((await boundOtc(branch, customerId)).serial);
    const entries = await branch.ports.store.audit.entries({ limit: 100 });
    expect(entries.find((entry) => entry.event === 'device.bind')).toMatchObject({
      ...{ subject: serial, serial, customer: customerId, operator: 'clerk', reason: 'new' },
      approvers: ['clerk', 'supervisor'],
    });
  });
});

describe('a request', () => {
  it('is for one device: another one in the cradle is refused', async () => {
    const branch = await littleBranch();
    const [right, other] = [await branch.stockToken('otc'), await branch.stockToken('otc')];
    const customerId = await branch.addCustomer();
    const serial = serialText(right.serial);
    const requestId = await branch.approved({ operation: 'bind', serial, customerId, reason: 'new' });
    expect(
      await carry(branch, branch.staff, { token: other, task: { operation: 'bind', requestId } }),
    ).toMatchObject({
      error: { id: 'WRONG_DEVICE', fields: { expected: serial, found: serialText(other.serial) } },
    });
  });

  it('expires, waiting or approved', async () => {
    const branch = await littleBranch();
    const token = await branch.stockToken('otc');
    const customerId = await branch.addCustomer();
    const form = { operation: 'bind', serial: serialText(token.serial), customerId, reason: 'new' } as const;
    const { requestId: waiting } = granted(await branch.staff.requests.make(branch.clerk, form));
    const requestId = await branch.approved(form);
    branch.bank.clock.advance(branch.ports.policy.staff.requestMs);
    expect(await branch.staff.requests.approve(branch.supervisor, waiting)).toMatchObject({
      error: { reason: 'the request is expired already' },
    });
    expect(
      await carry(branch, branch.staff, { token, task: { operation: 'bind', requestId } }),
    ).toMatchObject({
      error: { reason: expect.stringContaining('has expired') },
    });
    const listed = granted(await branch.staff.requests.list(branch.clerk, { limit: 10 }));
    expect(listed.map((one) => one.state)).toEqual(['expired', 'expired']);
  });

  it('that was rejected is over; one whose device was told already cannot be rejected', async () => {
    const branch = await littleBranch();
    const token = await branch.stockToken('otc');
    const customerId = await branch.addCustomer();
    const serial = serialText(token.serial);
    const form = { operation: 'bind', serial, customerId, reason: 'new' } as const;
    const first = await branch.approved(form);
    granted(await branch.staff.requests.reject(branch.clerk, { requestId: first, reason: 'wrong customer' }));
    expect(
      await carry(branch, branch.staff, { token, task: { operation: 'bind', requestId: first } }),
    ).toMatchObject({ error: { reason: 'the request was rejected' } });
    const requestId = await branch.approved(form);
    const task = { operation: 'bind', requestId } as const;
    await carry(branch, branch.staff, { token, task, loss: { atMessage: 4 } });
    expect(
      await branch.staff.requests.reject(branch.supervisor, { requestId, reason: 'late' }),
    ).toMatchObject({
      error: { reason: expect.stringContaining('told already') },
    });
    granted(await ceremony(branch, branch.staff, { token, task }));
  });

  it('makes sense, or is refused before anybody is asked to approve it', async () => {
    const branch = await littleBranch();
    const fob = serialText((await provisionedFob(branch)).serial);
    const customerId = await branch.addCustomer();
    const ask = async (form: object) =>
      await branch.staff.requests.make(branch.clerk, {
        operation: 'bind',
        serial: fob,
        reason: 'new',
        ...form,
      });
    const refusals = [
      await ask({ serial: '999', customerId }),
      await ask({ serial: 'abc', customerId }),
      await ask({ customerId: 'nobody' }),
      await ask({ customerId, slot: 8 }),
      await ask({ customerId, reason: ' ' }),
      await ask({ operation: 'unlock' }),
      await ask({ operation: 'reset' }),
      await ask({ operation: 'replace', customerId, oldSerial: fob }),
    ];
    expect(refusals.map((one) => (one.ok ? 'yes' : one.error.reason))).toEqual([
      'the serial 000000000999 is not known: no manifest has announced it',
      'a serial is a number of up to 12 digits',
      'there is no such customer',
      'a slot is a number from 0 to 7',
      'a reason is needed',
      'no customer uses the device',
      'no customer uses the device',
      'a replacement names the device that is replaced, another than the new one',
    ]);
  });
});
