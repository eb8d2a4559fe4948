/** Settings that every package's vitest run shares. */
export const shared = {
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    pool: 'threads',
    allowOnly: false,
  },
};
