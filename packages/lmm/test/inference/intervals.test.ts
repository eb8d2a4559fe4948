import { describe, expect, it } from 'vitest';
import {
  coefficientTable,
  confint,
  fitMatrices,
  fitModel,
  information,
  profile,
  varianceIntervals,
} from '../../src/index.js';
import { fitCase, goldenCase, plainCaseIds } from '../golden.js';
import { expectAllNear, expectNear } from './near.js';
import { fitOwn, readOwn } from './own-models.js';

interface Limits {
  names: string[];
  lower: number[];
  upper: number[];
}

/** `sd_Days|Subject`, `cor_Days.(Intercept)|Subject` in our names. */
const ours = (name: string): string =>
  name.replace(/^sd_(.*)\|(.*)$/, 'sd $2.$1').replace(/^cor_(.*)\.(\(Intercept\))\|(.*)$/, 'cor $3.$1,$2');

describe('profile likelihood', () => {
  const cases = plainCaseIds.map(goldenCase).filter((c) => c.results.confintProfileExact);
  it.each(cases.map((c) => [c.id, c.results.confintProfileExact as Limits, c] as const))(
    '%s: the roots by nested minimisation',
    (_, want, spec) => {
      const got = profile(fitCase(spec));
      want.names.forEach((name, i) => {
        const found = got.parameters.find((p) => p.name === ours(name))!;
        const width = want.upper[i] - want.lower[i];
        expectNear(found.lower, want.lower[i], 0, 1e-6 * width, name);
        expectNear(found.upper, want.upper[i], 0, 1e-6 * width, name);
        found.zeta.forEach((z, k) => k > 0 && expect(z).toBeGreaterThan(found.zeta[k - 1]));
      });
    },
  );

  it('holds a fixed effect as a refit with an offset does', () => {
    const model = fitOwn('crossed', 'y ~ a + x + (x | g) + (1 | h)', { weights: 'w', reml: false });
    const [x] = profile(model, { which: ['x'] }).parameters;
    const { X, y } = model.optimum.matrices;
    const k = X.names.indexOf('x');
    x.values.forEach((value, i) => {
      const refit = fitMatrices(
        {
          ...model.optimum.matrices,
          y,
          X: { names: X.names.filter((_, j) => j !== k), columns: X.columns.filter((_, j) => j !== k) },
          offset: X.columns[k].map((v) => v * value),
        },
        { reml: false },
      );
      expectNear(Math.abs(x.zeta[i]), Math.sqrt(Math.max(0, refit.data.objective - model.data.objective)), 1e-6, 1e-4);
    });
  });

  it('starts at a variance of zero, and ends at the bounds', () => {
    const { parameters } = profile(fitCase(goldenCase('dyestuff2-ml')), { which: ['sd', 'sigma'] });
    expect([parameters[0].estimate, parameters[0].lower]).toEqual([0, 0]);
    expect(parameters[0].upper).toBeGreaterThan(1);
    const pastes = profile(fitCase(goldenCase('pastes-ml')), { which: ['sd'] });
    expect(Math.min(...pastes.parameters.map((p) => p.lower))).toBe(0);
  });

  it('is taken on the ML deviance of a REML fit too, and of wanted parameters only', () => {
    const ml = profile(fitCase(goldenCase('sleepstudy-rs-ml')), { which: ['sigma'], level: 0.9 });
    const reml = profile(fitCase(goldenCase('sleepstudy-rs-reml')), { which: ['sigma'], level: 0.9 });
    expect(reml.parameters.length).toBe(1);
    expectNear(reml.parameters[0].lower, ml.parameters[0].lower, 1e-7);
    expect(() => profile(fitCase(goldenCase('dyestuff-ml')), { which: ['sd Day'] })).toThrow(/there are: sd Batch/);
  });
});

describe('Wald intervals', () => {
  it.each(
    plainCaseIds
      .map(goldenCase)
      .filter((c) => c.results.confintWald)
      .slice(0, 12)
      .map((c) => [c.id, c] as const),
  )('%s: fixed effects as lme4', (_, spec) => {
    const want: Limits = spec.results.confintWald;
    const got = confint(fitCase(spec));
    want.names.forEach((name, i) => {
      const at = got.names.lastIndexOf(name);
      expectNear(got.lower[at], want.lower[i], 1e-6, 1e-6 * (want.upper[i] - want.lower[i]));
      expectNear(got.upper[at], want.upper[i], 1e-6, 1e-6 * (want.upper[i] - want.lower[i]));
    });
  });

  it('of standard deviations follow from the observed information about the variances', () => {
    for (const formula of ['y ~ a + x + (x | g) + (1 | h)', 'y ~ a + (1 | g) + (1 | h)']) {
      const model = fitOwn('crossed', formula, { weights: 'w' });
      const got = varianceIntervals(model);
      const { observed, phiNames } = information(model);
      const covariance = inverse(observed);
      // sd = sqrt(var): se(sd) = se(var) / (2 sd)
      for (const name of ['(Intercept)']) {
        const at = got.names.indexOf(`sd g.${name}`);
        const k = phiNames.indexOf(`var g.${name}`);
        expectNear(got.se[at], Math.sqrt(covariance[k][k]) / (2 * got.estimate[at]), 1e-5);
      }
      const sigma = got.names.indexOf('sigma');
      const last = phiNames.length - 1;
      expectNear(got.se[sigma], Math.sqrt(covariance[last][last]) / (2 * got.estimate[sigma]), 1e-5);
      got.names.forEach((name, i) => {
        expect(got.lower[i]).toBeLessThan(got.estimate[i]);
        expect(got.upper[i]).toBeGreaterThan(got.estimate[i]);
        if (name.startsWith('cor')) expect(got.scale[i]).toBe('atanh');
      });
    }
  });

  it('give a parameter on the boundary no standard error, and no others a worse one', () => {
    const got = varianceIntervals(fitCase(goldenCase('dyestuff2-reml')));
    expect(got.estimate[0]).toBe(0);
    expect(got.se[0]).toBeNaN();
    // The rest is the linear model: se(sigma) = sigma / sqrt(2 (n - 1))
    expectNear(got.se[1], got.estimate[1] / Math.sqrt(58), 1e-8);
  });

  it('use t with degrees of freedom where asked', () => {
    const model = fitCase(goldenCase('sleepstudy-rs-reml'));
    const table = coefficientTable(model, { ddf: 'kenward-roger' });
    const got = confint(model, { ddf: 'kenward-roger' });
    expectAllNear(got.lower.slice(-2), table.lower, 1e-14);
    // t(17) at 0.975
    expectNear((table.upper[1] - table.lower[1]) / (2 * table.se[1]), 2.10981557783332, 1e-8);
    expect(() => confint(model, { method: 'jackknife' as 'wald' })).toThrow(/wald/);
    expect(() => confint(model, { level: 95 })).toThrow(/between 0 and 1/);
  });
});

function inverse(A: readonly (readonly number[])[]): number[][] {
  const n = A.length;
  const M = A.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let k = 0; k < n; k++) {
    const pivot = M[k][k];
    M[k] = M[k].map((v) => v / pivot);
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const f = M[i][k];
      M[i] = M[i].map((v, j) => v - f * M[k][j]);
    }
  }
  return M.map((row) => row.slice(n));
}

describe('Wald intervals of residual correlations', () => {
  const want = readOwn<Record<string, { rho: number[]; sigma: number[] }>>('nlme-intervals');
  it.each(Object.entries(want))("%s: nlme's, whose Hessian is by differences", (residual, { rho, sigma }) => {
    const got = confint(fitOwn('Orthodont', 'distance ~ age * Sex', { residual }));
    const at = got.names.indexOf('rho Residual');
    expectAllNear([got.lower[at], got.estimate[at], got.upper[at]], rho, 1e-3);
    const s = got.names.indexOf('sigma');
    expectAllNear([got.lower[s], got.estimate[s], got.upper[s]], sigma, 1e-3);
  });

  it('stay above the bound of compound symmetry', () => {
    const noise = Array.from({ length: 40 }, (_, i) => Math.sin(12.9898 * i * i));
    const g = noise.map((_, i) => `g${i >> 2}`);
    // Most of the means of groups taken out.
    const y = noise.map((v, i) => v - 0.21 * noise.filter((_, j) => g[j] === g[i]).reduce((a, b) => a + b, 0));
    const got = confint(fitMatricesOf(y, g));
    const at = got.names.indexOf('rho Residual');
    expect(got.lower[at]).toBeGreaterThan(-1 / 3);
    expect(got.estimate[at]).toBeLessThan(0);
  });
});

const fitMatricesOf = (y: number[], g: string[]) => fitModel('y ~ 1', { y, g }, { residual: 'cs(1 | g)' });
