import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readmePath, withCurrentFit } from '../readme-fit.mjs';

test('the fit in the README is what the command prints (else run node tooling/scripts/readme-fit.mjs)', () => {
  const readme = readFileSync(readmePath, 'utf8');
  expect(readme).toContain('REML criterion at convergence: 1743.6');
  expect(withCurrentFit(readme)).toBe(readme);
});
