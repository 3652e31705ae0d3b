import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build-once.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['table/**/*.ts', 'runtime/3-*/**/*.ts', 'runtime/4-*/**/*.ts', 'runtime/5-*/**/*.ts'],
      thresholds: { lines: 100 },
      reporter: ['text-summary', 'json'],
    },
  },
});
