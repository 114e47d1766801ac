import { defineConfig } from 'vitest/config';

// Tests run on the sources: every place that resolves an import has to know the condition.
const conditions = ['@chiavetta/source'];
const resolution = {
  resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] },
  ssr: {
    resolve: {
      conditions: [...conditions, 'module', 'node', 'development|production'],
      externalConditions: [...conditions, 'node'],
    },
  },
};

const everywhere = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  ...resolution,
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        ...resolution,
        test: {
          name: 'default',
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...everywhere, '**/*.long.test.{ts,tsx}'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        ...resolution,
        test: {
          name: 'long',
          include: ['**/*.long.test.{ts,tsx}'],
          exclude: everywhere,
          testTimeout: 30 * 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
