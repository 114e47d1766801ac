import { defineConfig } from 'vitest/config';

// Tests run on the sources: every place that resolves an import has to know the condition.
const conditions = ['@chiavetta/source', 'module', 'node', 'development|production'];
const minuteMs = 60_000;

// `vitest run --mode long` runs what takes too long for every commit, and only that.
export default defineConfig(({ mode }) => {
  const isLong = mode === 'long';
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions, externalConditions: ['@chiavetta/source', 'node'] } },
    test: {
      include: [isLong ? '**/*.long.test.{ts,tsx}' : '**/*.test.{ts,tsx}'],
      exclude: ['**/node_modules/**', '**/dist/**', ...(isLong ? [] : ['**/*.long.test.{ts,tsx}'])],
      pool: 'forks',
      maxWorkers: 2,
      testTimeout: isLong ? 60 * minuteMs : minuteMs,
      hookTimeout: minuteMs,
    },
  };
});
