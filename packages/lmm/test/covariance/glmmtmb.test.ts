import { readGolden } from '@blup/golden';
import { describe, expect, it } from 'vitest';
import { fitModel, type FittedModel } from '../../src/index.js';

interface Fit {
  id: string;
  data: string;
  formula: string;
  reml: boolean;
  nobs: number;
  /** False where the maximum is on the edge (a correlation of one, a vanishing variance): there glmmTMB stops near it. */
  interior: boolean;
  logLik: number;
  sigma: number;
  beta: number[];
  se: number[];
  /** Covariance matrices of the terms, in the order of the formula. */
  Sigma: number[][];
  /** Names of their columns. */
  columns: string[][];
}

const golden = readGolden('covariance/glmmtmb.json') as {
  data: Record<string, Record<string, (number | string)[]>>;
  fits: Fit[];
};

/** Visits in their order, which is not that of the alphabet; the other factors as they come. */
const categories = { visit: ['base', 'week 2', 'week 4', 'month 2', 'end'] };

/** Covariances of a term's effects, column-major, in the order of the columns named, as the report has them. */
function covarianceOf(model: FittedModel, columns: readonly string[]): number[] {
  const { sd, corr, names } = model.data.varcorr.find((v) => v.names.length === columns.length)!;
  const at = columns.map((name) => names.indexOf(name));
  return at.flatMap((j) => at.map((i) => sd[i] * sd[j] * (i === j ? 1 : corr ? corr[i][j] : 0)));
}

describe('structured random effects against glmmTMB', () => {
  it.each(golden.fits)('$id', (fit) => {
    const columns = golden.data[fit.data];
    const model = fitModel(fit.formula, columns, {
      reml: fit.reml,
      ...(fit.data === 'visits' && { categories }),
    });
    const { data } = model;
    expect(data.nobs).toBe(fit.nobs);
    expect(data.certificate.converged).toBe(true);
    const rise = data.logLik - fit.logLik;
    if (!fit.interior) {
      // On the edge we are, and glmmTMB, which moves logarithms, is close to it: never above.
      expect(data.certificate.singular).toBe(true);
      expect(rise).toBeGreaterThan(-1e-8);
      expect(rise).toBeLessThan(1e-3);
      expect(data.sigma / fit.sigma).toBeCloseTo(1, 3);
      fit.beta.forEach((v, k) => expect(Math.abs(data.beta.values[k] - v)).toBeLessThan(0.02 * data.se[k]));
      return;
    }
    expect(Math.abs(rise)).toBeLessThan(2e-9 * Math.abs(fit.logLik));
    expect(data.sigma / fit.sigma).toBeCloseTo(1, 7);
    fit.beta.forEach((v, k) => expect(Math.abs(data.beta.values[k] - v)).toBeLessThan(1e-6 * data.se[k]));
    fit.se.forEach((v, k) => expect(data.se[k] / v).toBeCloseTo(1, 6));
    // A factor-analytic term is two terms of glmmTMB: loadings, and what is specific.
    const Sigma = fit.id.startsWith('fa') ? [fit.Sigma[0].map((v, k) => v + fit.Sigma[1][k])] : fit.Sigma;
    Sigma.forEach((S, t) => {
      const own = covarianceOf(model, fit.columns[t]);
      const largest = Math.max(...S);
      S.forEach((v, k) => expect(Math.abs(own[k] - v)).toBeLessThan(1e-6 * largest));
    });
  });
});
