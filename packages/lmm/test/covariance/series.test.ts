import { readCase, readGolden, readTable } from '@blup/golden';
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

describe('a series whose residual variance goes to zero', () => {
  const golden = readGolden('theory/ar1-lakehuron.json');
  const { columns } = readTable(golden.data);
  const formula = 'level ~ 1 + ar1(1 | all, time = time)';

  it.each(golden.at as Record<'a' | 'tau' | 'sigma' | 'beta' | 'logLikML' | 'logLikREML', number>[])(
    'has the likelihood of the Kalman filter at a = $a, tau = $tau, sigma = $sigma',
    ({ a, tau, sigma, beta, logLikML, logLikREML }) => {
      const fixedPar = [tau / sigma / Math.sqrt(1 - a * a), a];
      for (const reml of [false, true]) {
        const { data } = fitModel(formula, columns, { reml, sigma, fixedPar });
        expect(data.logLik).toBeCloseTo(reml ? logLikREML : logLikML, 8);
        expect(data.beta.values[0] / beta).toBeCloseTo(1, 11);
      }
    },
  );

  it('tends to the supremum, which is AR(1) without noise, and says that it is at the edge', () => {
    const { supremum } = golden;
    const { data } = fitModel(formula, columns, { reml: false });
    expect(data.certificate.converged).toBe(true);
    expect(data.certificate.message).toMatch(/at the edge/);
    expect(data.logLik).toBeLessThan(supremum.logLik + 1e-9);
    expect(data.logLik).toBeGreaterThan(supremum.logLik - 1e-5);
    const { values } = data.natural[0];
    expect(values[1]).toBeCloseTo(supremum.a, 5);
    expect(values[0] ** 2 * (1 - values[1] ** 2)).toBeCloseTo(supremum.tau2, 5);
    expect(data.beta.values[0]).toBeCloseTo(supremum.beta, 4);
    // The same model without noise: residuals that are AR(1)
    const without = fitModel('level ~ 1', columns, { reml: false, residual: 'ar1(time | all)' });
    expect(without.data.logLik).toBeCloseTo(supremum.logLik, 7);
    expect(without.data.par[0]).toBeCloseTo(supremum.a, 6);
  });
});
