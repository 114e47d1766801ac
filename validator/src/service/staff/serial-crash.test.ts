import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/memory/index.ts';
import type { RecordTypes } from '../../core/records.ts';
import { ceremony, littleBranch, serialText } from '../../testing/little-branch.ts';
import { seedOf } from '../../testing/little-serial-token.ts';

/** Commits of a whole provisioning: RESERVED, IN_DOUBT, PROVED, done. */
const COMMITS = 4;

describe('a validator that dies between two commits', () => {
  const deaths = [1, 2, 3, 4].flatMap((commit) =>
    (['fail_before', 'fail_after'] as const).map((fault) => ({ commit, fault })),
  );

  it.each(deaths)(
    'at commit $commit, $fault: after its restart the fob and the validator agree',
    async ({ commit, fault }) => {
      let armed = false;
      let commits = 0;
      const store = memoryStore<RecordTypes>({
        fault: ({ operation }) => {
          if (!armed || operation !== 'commit') return 'none';
          commits += 1;
          return commits === commit ? fault : 'none';
        },
      });
      const branch = await littleBranch({ store });
      const token = await branch.stockToken('fob');
      const task = { operation: 'provision' } as const;
      armed = true;
      await expect(ceremony(branch, branch.staff, { token, task })).rejects.toThrow('The store failed');
      expect(commits).toBe(commit);
      armed = false;
      token.cutPower();
      await ceremony(branch, branch.restarted(), { token, task });
      const stored = await branch.bank.token(serialText(token.serial));
      expect(stored).toMatchObject({ device: 'PROVISIONED', seedEpoch: token.flash().seedEpoch });
      expect(stored.transaction).toBeUndefined();
      expect(stored.kind === 'fob' && stored.otp?.seed.bytes).toEqual(seedOf(token.flash()));
    },
  );

  it('has no fifth commit to die at', async () => {
    let commits = 0;
    const store = memoryStore<RecordTypes>({
      fault: ({ operation }) => {
        if (operation === 'commit') commits += 1;
        return 'none';
      },
    });
    const branch = await littleBranch({ store });
    const token = await branch.stockToken('fob');
    commits = 0;
    await ceremony(branch, branch.staff, { token, task: { operation: 'provision' } });
    expect(commits).toBe(COMMITS);
  });
});
