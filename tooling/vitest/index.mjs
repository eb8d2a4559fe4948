/** Settings that every package's vitest run shares. The counts go to `reports/` for the line that `npm test` ends with. */
export const shared = {
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    pool: 'threads',
    allowOnly: false,
    reporters: ['default', 'json'],
    outputFile: { json: 'reports/vitest.json' },
  },
};
