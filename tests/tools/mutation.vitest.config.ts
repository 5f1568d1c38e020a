import { defineConfig } from 'vitest/config';

// What a mutant of the three rooms must not survive; the two left out test whole networks and documents, slowly.
export default defineConfig({
  test: {
    include: ['tests/unit/core/bgp/{decision,policy,fsm}/**/*.test.ts'],
    exclude: ['**/two-routers.test.ts', '**/compliance.test.ts'],
    testTimeout: 30_000,
  },
});
