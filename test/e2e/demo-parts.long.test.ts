import { expect, test } from 'vitest';
import { jsonLinesOf, programAtHome } from './chiavetta-program.ts';
import { demoListed } from './demo-listed.ts';

const steps = await demoListed();

test.each(steps.map(({ id }) => id))('the step %s runs with nothing but what it needs', async (id) => {
  const at = programAtHome();
  try {
    const { status, stdout, stderr } = await at.run(['demo', '--only', id, '--json']);
    expect(status, `${stdout}\n${stderr}`).toBe(0);
    expect(jsonLinesOf(stdout).at(-1)).toMatchObject({ type: 'result', ok: true, failed: 0 });
  } finally {
    await at.close();
  }
});
