import { ticketLayout } from '@chiavetta/protocol/keys';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/memory/index.ts';
import type { RecordTypes } from '../../core/records.ts';
import { checkTicket, mintTicket } from '../../core/staff/staff-ticket.ts';
import type { TicketRecord } from '../../core/staff-records.ts';
import type { DeviceTransaction } from '../../core/token-record.ts';
import { carry, granted, littleBranch, serialText } from '../../testing/little-branch.ts';

const TXID = 'a0a1a2a3a4a5a6a7a8a9aaabacadaeaf';
const SERIAL = '000000000501';
const NOW_MS = 1_800_000_000_000;

async function minted(): Promise<Parameters<typeof checkTicket>[0]> {
  const { ports } = await littleBranch();
  const secret = ports.keys.ticketKey.expose();
  const ticket = mintTicket(ports.crypto, secret, {
    ...{ txid: TXID, operation: 'reset', serial: SERIAL, slot: 2, approvers: [1, 2] },
    ...{ nowMs: NOW_MS, lifetimeMs: 300_000 },
  });
  const transaction: DeviceTransaction<never> = {
    ...{ txid: TXID, operation: 'reset', state: 'RESERVED', seedEpoch: 1, ticket, slot: 2 },
    ...{ startedAtMs: NOW_MS, operators: ['clerk'] },
  };
  const record: TicketRecord = {
    ...{ txid: TXID, serial: SERIAL, operation: 'reset', slot: 2 },
    ...{ issuedAtMs: NOW_MS, expiresAtMs: NOW_MS + 300_000 },
  };
  const ticketPublicKey = ports.crypto.ed25519PublicKey(secret);
  return {
    crypto: ports.crypto,
    ticketPublicKey,
    transaction,
    serial: SERIAL,
    record,
    nowMs: NOW_MS + 299_999,
  };
}

type Check = Parameters<typeof checkTicket>[0];

describe('a ticket', () => {
  it('is good until its last millisecond', async () => {
    expect(checkTicket(await minted()).ok).toBe(true);
  });

  it.each<[string, (good: Check) => Check, RegExp]>([
    ['after five minutes', (good) => ({ ...good, nowMs: NOW_MS + 300_000 }), /expired/],
    [
      'a second time',
      (good) => ({ ...good, record: good.record && { ...good.record, usedAtMs: NOW_MS } }),
      /used before/,
    ],
    ['that was never stored', (good) => ({ ...good, record: undefined }), /no such ticket/],
    [
      'for another operation',
      (good) => ({ ...good, transaction: { ...good.transaction, operation: 'rekey' } }),
      /another operation or device/,
    ],
    ['for another serial', (good) => ({ ...good, serial: '000000000502' }), /another operation or device/],
    [
      'for another slot',
      (good) => ({ ...good, transaction: { ...good.transaction, slot: 3 } }),
      /another operation or device/,
    ],
    [
      'of another transaction',
      (good) => ({ ...good, transaction: { ...good.transaction, txid: 'b'.repeat(32) } }),
      /another operation or device/,
    ],
    [
      "with another ticket's stored row",
      (good) => ({ ...good, record: good.record && { ...good.record, slot: 3 } }),
      /another operation or device/,
    ],
    [
      'signed by somebody else',
      (good) => ({ ...good, ticketPublicKey: good.crypto.ed25519PublicKey(new Uint8Array(32).fill(5)) }),
      /not signed by this validator/,
    ],
  ])('is refused %s', async (_name, change, reason) => {
    expect(checkTicket(change(await minted()))).toMatchObject({
      ok: false,
      error: { id: 'SERVER_REFUSED', reason: expect.stringMatching(reason) },
    });
  });

  it('that expires between its minting and its use tells the device nothing', async () => {
    let late: (() => void) | undefined;
    const store = memoryStore<RecordTypes>({
      gate: async ({ operation }) => {
        if (operation !== 'readMany' || late === undefined) return;
        const ports = await branch.ports.store.list({ kind: 'ticket', limit: 1 });
        if (ports.length > 0) late();
      },
    });
    const branch = await littleBranch({ store });
    const token = await branch.stockToken('fob');
    late = () => {
      late = undefined;
      branch.bank.clock.advance(300_000);
    };
    expect(await carry(branch, branch.staff, { token, task: { operation: 'provision' } })).toMatchObject({
      error: { id: 'SERVER_REFUSED', reason: expect.stringContaining('expired') },
    });
    expect(token.flash().staged).toBeUndefined();
    expect(await branch.bank.token(serialText(token.serial))).toMatchObject({ device: 'RESERVED' });
    branch.bank.clock.advance(600_000);
    expect(await branch.staff.serial.reap()).toBe(1);
    expect(await branch.bank.token(serialText(token.serial))).toMatchObject({ device: 'STOCK' });
  });

  it('names the two people, the customer, the device and the slot', async () => {
    const branch = await littleBranch();
    const token = await branch.stockToken('otc');
    const customerId = await branch.addCustomer();
    const serial = serialText(token.serial);
    const requestId = await branch.approved({
      operation: 'bind',
      serial,
      customerId,
      slot: 3,
      reason: 'new',
    });
    await carry(branch, branch.staff, {
      token,
      task: { operation: 'bind', requestId },
      loss: { atMessage: 2 },
    });
    const { transaction } = await branch.bank.token(serial);
    const ticket = ticketLayout.decode(transaction?.ticket ?? new Uint8Array());
    expect(ticket).toMatchObject({
      ok: true,
      value: {
        ...{ operation: 2, serial: token.serial, slot: 3 },
        ...{ approver1: branch.clerk.operatorId, approver2: branch.supervisor.operatorId },
      },
    });
  });
});

describe('two sessions with one device', () => {
  it('let the later one win, and the earlier one is refused without harm', async () => {
    const branch = await littleBranch();
    const token = await branch.stockToken('fob');
    const first = token.hello();
    const begun = granted(
      await branch.staff.serial.start(branch.clerk, { operation: 'provision', ...first }),
    );
    const message2 = token.receive(begun.frame ?? new Uint8Array());
    const done = await carry(branch, branch.staff, { token, task: { operation: 'provision' } });
    expect(done).toMatchObject({ ok: true, value: { outcome: 'done' } });
    const late = await branch.staff.serial.frame(branch.clerk, {
      sessionId: begun.sessionId,
      frame: message2 ?? new Uint8Array(),
    });
    // Its HELLO was from before: the device has confirmed a later epoch since.
    expect(late).toMatchObject({ ok: false, error: { id: 'ROLLBACK' } });
  });

  it('belong each to the person who began it, and to nobody after thirty seconds and more', async () => {
    const branch = await littleBranch();
    const token = await branch.stockToken('fob');
    const begun = granted(
      await branch.staff.serial.start(branch.clerk, { operation: 'provision', ...token.hello() }),
    );
    const frame = token.receive(begun.frame ?? new Uint8Array()) ?? new Uint8Array();
    const gone = { ok: false, error: { id: 'SERVER_REFUSED', reason: expect.stringContaining('not yours') } };
    const job = { sessionId: begun.sessionId, frame };
    expect(await branch.staff.serial.frame(branch.supervisor, job)).toMatchObject(gone);
    branch.bank.clock.advance(60_000);
    expect(await branch.staff.serial.frame(branch.clerk, job)).toMatchObject(gone);
  });

  it('live as long as a person may take to say OK at the device', async () => {
    const branch = await littleBranch();
    const token = await branch.stockToken('fob');
    const begun = granted(
      await branch.staff.serial.start(branch.clerk, { operation: 'provision', ...token.hello() }),
    );
    const { sessionId } = begun;
    const frame = token.receive(begun.frame ?? new Uint8Array()) ?? new Uint8Array();
    const prepared = granted(await branch.staff.serial.frame(branch.clerk, { sessionId, frame }));
    expect(prepared.phase).toBe('prepare');
    branch.bank.clock.advance(299_999);
    const ready = token.receive(prepared.frame ?? new Uint8Array()) ?? new Uint8Array();
    const proved = granted(await branch.staff.serial.frame(branch.clerk, { sessionId, frame: ready }));
    expect(proved.phase).toBe('commit');
  });

  it('are no more than there is room for, and room comes back', async () => {
    const branch = await littleBranch();
    const hello = branch.makeToken('fob').hello();
    const start = async () =>
      await branch.staff.serial.start(branch.clerk, { operation: 'provision', ...hello });
    for (let index = 0; index < 64; index += 1) granted(await start());
    expect(await start()).toMatchObject({ ok: false, error: { id: 'QUEUE_FULL' } });
    branch.bank.clock.advance(60_000);
    granted(await start());
  });
});

describe('a device that says no', () => {
  it.each([
    ['refusedByPerson', 'TOKEN_REFUSED', /nobody confirmed/],
    ['ticket', 'AUTH_REJECTED', /did not accept the ticket/],
    ['authority', 'AUTH_REJECTED', /another bank/],
    ['tamper', 'TAMPER', /tampered/],
  ] as const)('%s: the operator reads %s, and nothing is in doubt', async (refuses, id, reason) => {
    const branch = await littleBranch();
    const token = await branch.stockToken('fob');
    token.twist({ refuses });
    expect(await carry(branch, branch.staff, { token, task: { operation: 'provision' } })).toMatchObject({
      error: { id, reason: expect.stringMatching(reason) },
    });
    const stored = await branch.bank.token(serialText(token.serial));
    expect([stored.device, stored.transaction]).toEqual(['STOCK', undefined]);
  });

  it('does not say it by a frame that was changed on its way', async () => {
    const branch = await littleBranch();
    const token = await branch.stockToken('fob');
    const { sessionId, frame } = granted(
      await branch.staff.serial.start(branch.clerk, { operation: 'provision', ...token.hello() }),
    );
    const reply = token.receive(frame ?? new Uint8Array()) ?? new Uint8Array();
    const changed = reply.map((byte, index) => (index === 40 ? byte ^ 1 : byte));
    const answer = await branch.staff.serial.frame(branch.clerk, { sessionId, frame: changed });
    expect(answer).toMatchObject({ ok: false, error: { id: 'TAMPER' } });
  });
});
