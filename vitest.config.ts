import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build-once.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // No test may leave something in the home of who runs it.
    env: { GW_CACHE_DIR: join(tmpdir(), 'gw-test-cache') },
    coverage: {
      provider: 'v8',
      include: ['table/**/*.ts', 'runtime/3-*/**/*.ts', 'runtime/4-*/**/*.ts', 'runtime/5-*/**/*.ts'],
      thresholds: { lines: 100 },
      reporter: ['text-summary', 'json'],
    },
  },
});
