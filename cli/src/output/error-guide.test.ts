import { expect, test } from 'vitest';
import { en } from '../i18n/en.ts';
import { errorGuide } from './error-guide.ts';

test('the guide of errors is the table and the catalogue', async () => {
  const guide = errorGuide(en);
  expect(guide).toContain('| `IN_DOUBT` | 50 |');
  // `npx vitest run cli/src/output/error-guide.test.ts -u` writes it anew.
  await expect(guide).toMatchFileSnapshot('../../../docs/guide/errors.md');
});
