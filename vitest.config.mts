import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Vitest leaves one core to the terminal; of two that is half.
    maxWorkers: availableParallelism(),
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{unit,contract,identities}/**/*.test.ts'],
          setupFiles: 'test/support/silentConsole.ts',
          testTimeout: 30_000,
          // A process of its own for each file takes three times as long as the tests; none of them leaves anything behind.
          isolate: false,
        },
      },
      { test: { name: 'oracle', include: ['test/oracle/**/*.test.ts', 'test/fuzz/**/*.test.ts'], testTimeout: 300_000, hookTimeout: 120_000 } },
    ],
  },
});
