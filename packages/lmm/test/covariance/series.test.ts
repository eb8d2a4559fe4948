import { readCase, readTable } from '@blup/golden';
import { describe, expect, it } from 'vitest';
import { fitModel } from '../../src/index.js';

describe('one long series against the Kalman filter and lme4 2.1', () => {
  it.each(['ar1long-ml', 'ar1long-reml', 'nile-kalman-ml', 'nile-ar1-ml', 'nile-ar1-reml'])('%s', (id) => {
    const c = readCase(id);
    const { columns, categories } = readTable(c.data);
    // The tag that lme4 has, and time as a number.
    const time = 'time' in columns ? 'time' : 'year';
    const formulas = [c.formula, c.formula.replace(/ar1\(.*/, `ar1(1 | all, time = ${time})`)];
    for (const formula of formulas) {
      const { data } = fitModel(formula, columns, { reml: c.reml, categories });
      expect(data.certificate.message).toBe('converged');
      expect(Math.abs(data.objective - c.results.objective)).toBeLessThan(1e-8);
      c.results.par.values.forEach((v: number, k: number) => expect(data.par[k]).toBeCloseTo(v, 6));
      expect(data.sigma / c.results.sigma).toBeCloseTo(1, 6);
      c.results.beta.values.forEach((v: number, k: number) => expect(data.beta.values[k] / v).toBeCloseTo(1, 6));
    }
  });
});
