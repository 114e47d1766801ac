import { describe, expect, it } from 'vitest';
import { ceremony, granted, littleBranch, serialText } from '../../testing/little-branch.ts';

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
