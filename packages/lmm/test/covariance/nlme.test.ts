import { readGolden, readTable } from '@blup/golden';
import { describe, expect, it } from 'vitest';
import { fitModel } from '../../src/index.js';

interface Fit {
  id: string;
  data: string;
  formula: string;
  residual: string;
  reml: boolean;
  subset: string | null;
  logLik: number;
  sigma: number;
  beta: number[];
}

/** nlme's optimiser stops at about 1e-6; its standard deviation of the first stratum is that of the first level in the data. */
describe('residual structures against nlme', () => {
  it.each(readGolden('covariance/nlme.json').fits as Fit[])('$id', (fit) => {
    // Factors in alphabetical order, as read.csv makes them.
    const { columns } = readTable(fit.data);
    const { formula, residual, reml } = fit;
    const { data } = fitModel(formula, columns, {
      reml,
      residual,
      ...(fit.subset !== null && { subset: fit.subset }),
    });
    expect(data.certificate.converged).toBe(true);
    // Two years apart the residuals of Orthodont show no correlation: the maximum is at rho = 0, and the certificate says so.
    if (fit.id === 'lme-car1') expect(data.certificate.message).toMatch(/Residual.rho .* is at the edge of its range/);
    expect(Math.abs(data.logLik - fit.logLik)).toBeLessThan(1e-6);
    expect(data.sigma / fit.sigma).toBeCloseTo(1, 4);
    fit.beta.forEach((v, k) => expect(Math.abs(data.beta.values[k] - v)).toBeLessThan(1e-3 * data.se[k]));
  });
});
