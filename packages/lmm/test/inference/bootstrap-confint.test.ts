import { describe, expect, it } from 'vitest';
import { readGolden, readTable } from '@blup/golden';
import { confint, fitModel, intervalsText, parametricBootstrap, simulate, varianceIntervals } from '../../src/index.js';
import { fitCase, goldenCase } from '../golden.js';

const chiSquared5 = { low: 0.831211613, high: 12.832501994 };

describe('bootstrap intervals', () => {
  it('are those of lme4 within Monte Carlo error', () => {
    const cases = readGolden('inference/bootstrap.json');
    for (const [name, reference] of Object.entries({
      sleepstudy: fitCase(goldenCase('sleepstudy-rs-reml')),
      dyestuff: fitCase(goldenCase('dyestuff-reml')),
    })) {
      const want = cases[name];
      // lme4's order: sds, correlations, sigma, fixed effects
      const order = wald(reference);
      const parts = ['percentile', 'basic', 'normal'] as const;
      for (const kind of parts) {
        const got = confint(reference, { method: 'boot', nsim: 4000, seed: 7, kind });
        expect(got.names).toEqual(order);
        want.estimate.forEach((estimate: number, i: number) => {
          const row = got.names.indexOf(lme4Order(name)[i]!);
          expect(got.estimate[row]).toBeCloseTo(estimate, 3);
          // A quantile at 2.5 % of 4000 and 8000 replicates: standard error about 0.05 standard deviations
          const slack = 0.2 * want.se[i];
          expect(Math.abs(got.lower[row] - Math.max(bound(lme4Order(name)[i]!), want[kind][i][0]))).toBeLessThan(slack);
          expect(Math.abs(got.upper[row] - want[kind][i][1])).toBeLessThan(slack);
        });
      }
    }
  });

  it('of sigma in a balanced layout have the quantiles of chi-squared', () => {
    // 6 batches of 5: where the fit is not singular, 24 s^2 / sigma^2 is chi-squared with 24 degrees of freedom; here without a group at all,
    // sigma^2 (REML) is exactly chi-squared with n - 1.
    const model = fitModel('y ~ 1', { y: [3, 5, 4, 8, 6, 9] });
    const got = confint(model, { method: 'boot', nsim: 20000, seed: 3, level: 0.95 });
    const s = got.names.indexOf('sigma');
    expect(got.lower[s] / model.data.sigma).toBeCloseTo(Math.sqrt(chiSquared5.low / 5), 1);
    expect(Math.abs(got.upper[s] / model.data.sigma - Math.sqrt(chiSquared5.high / 5))).toBeLessThan(0.02);
    const half = (1.959963984540054 * model.data.sigma) / Math.sqrt(6);
    expect(Math.abs(got.upper[s + 1] - (model.data.beta.values[0] + half))).toBeLessThan(0.05 * half);
  });

  it('are the quantiles of refits by another road', () => {
    const { columns } = readTable('sleepstudy');
    const formula = 'Reaction ~ Days + cs(1 + Days | Subject)';
    const model = fitModel(formula, columns);
    const nsim = 39;
    const got = confint(model, { method: 'boot', nsim, seed: 11, level: 0.9 });
    expect(got.names).toEqual(wald(model));
    const refits = simulate(model, { nsim, seed: 11 }).map((y) => {
      const refit = fitModel(formula, { ...columns, Reaction: y });
      return [...varianceIntervals(refit).estimate, ...refit.data.beta.values];
    });
    got.names.forEach((name, k) => {
      const sorted = refits.map((row) => row[k]!).toSorted((a, b) => a - b);
      // (39 + 1) 0.05 = 2: the second and the last but one
      const scale = sorted[38]! - sorted[0]!;
      expect(Math.abs(got.lower[k]! - sorted[1]!) / scale, name).toBeLessThan(2e-3);
      expect(Math.abs(got.upper[k]! - sorted[37]!) / scale, name).toBeLessThan(2e-3);
    });
  });

  it('take replicates that were made before, of this model alone', async () => {
    const model = fitCase(goldenCase('dyestuff2-reml'));
    const bootstrap = await parametricBootstrap(model, { nsim: 60, seed: 5 });
    const got = confint(model, { method: 'boot', bootstrap });
    expect(got).toEqual(confint(model, { method: 'boot', nsim: 60, seed: 5 }));
    expect(got.lower[0]).toBe(0);
    expect(got.boot!.singular).toBeGreaterThan(20);
    expect(intervalsText(got)).toMatch(/parametric bootstrap, percentile, 60 of 60 replicates, seed 5\):/);
    expect(() => confint(fitCase(goldenCase('dyestuff-reml')), { method: 'boot', bootstrap })).toThrow(/another model/);
  });

  it('stay within the bounds of their parameters', () => {
    const model = fitCase(goldenCase('dyestuff2-reml'));
    for (const kind of ['basic', 'normal'] as const) {
      const got = confint(model, { method: 'boot', nsim: 60, seed: 5, kind });
      expect(got.lower[0]).toBe(0);
      expect(got.upper[0]).toBeGreaterThanOrEqual(0);
    }
  });

  it('leave out replicates in which a correlation does not exist', () => {
    const model = fitModel('Reaction ~ 1 + Days + (1 + Days | Subject)', readTable('sleepstudy').columns);
    const got = confint(model, { method: 'boot', nsim: 100, seed: 1 });
    for (const v of [...got.lower, ...got.upper]) expect(v).not.toBeNaN();
  });

  it.each([
    [{ nsim: 1 }, /1 replicates converged; intervals need more/],
    [{ nsim: -3 }, /nsim must be a whole number/],
    [{ seed: 0.5 }, /seed must be a whole number/],
    [{ kind: 'bca' as 'basic' }, /kind must be 'percentile', 'basic' or 'normal', not 'bca'/],
    [{ level: 2 }, /level must lie between 0 and 1/],
  ])('%j is refused', (options, message) => {
    const model = fitModel('y ~ 1', { y: [3, 5, 4, 8, 6, 9] });
    expect(() => confint(model, { method: 'boot', nsim: 10, ...options })).toThrow(message);
  });
});

const wald = (model: Parameters<typeof confint>[0]): readonly string[] => confint(model).names;

const lme4Order = (name: string): string[] =>
  name === 'sleepstudy'
    ? ['sd Subject.(Intercept)', 'sd Subject.Days', 'cor Subject.Days,(Intercept)', 'sigma', '(Intercept)', 'Days']
    : ['sd Batch.(Intercept)', 'sigma', '(Intercept)'];

const bound = (name: string): number => (name.startsWith('cor') ? -1 : name.startsWith('sd') ? 0 : -Infinity);
