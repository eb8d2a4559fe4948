import { describe, expect, it } from 'vitest';
import { designProblem, fitMatrices, powerBySimulation, predict, fitModel, simulate } from '../../src/index.js';
import { fitCase, goldenCase } from '../golden.js';

/** 24 subjects, half of them treated, five measurements each. */
const n = 120;
const table = {
  subject: Array.from({ length: n }, (_, i) => `s${Math.floor(i / 5)}`),
  treated: Array.from({ length: n }, (_, i) => Number(Math.floor(i / 5) % 2 === 0)),
};
const formula = '~ treated + (1 | subject)';
/** From R 4.2.2, see the first test; the size is the same expression at no effect. */
const EXACT_POWER = 0.675325005356;
const EXACT_SIZE = 0.0635086433591;

const study = (effect: number) =>
  designProblem(formula, table, { beta: { '(Intercept)': 10, treated: effect }, par: [0.8], sigma: 2 });

describe('power by simulation', () => {
  it('agrees with the exact power of the balanced design', () => {
    // Means of subjects have variance tau^2 + sigma^2 / 5 = 1.6^2 + 0.8 = 3.36, 12 in each arm. The F test of the means (1 and 22 degrees of
    // freedom) rejects where the likelihood-ratio test does: at n log(1 + F / 22) > 3.841 with n = 24 subjects.
    // R: lambda <- 1.8^2 * 6 / 3.36; 1 - pf(22 * (exp(qchisq(0.95, 1) / 24) - 1), 1, 22, lambda)
    const { power, interval, counted, pValues } = powerBySimulation(study(1.8), {
      columns: ['treated'],
      nsim: 1500,
      seed: 4,
    });
    expect(counted).toBe(1500);
    expect(interval[0]).toBeLessThan(power);
    expect(Math.abs(power - EXACT_POWER)).toBeLessThan(4 * Math.sqrt((EXACT_POWER * (1 - EXACT_POWER)) / 1500));
    expect(pValues.filter((p) => p <= 0.05).length / 1500).toBe(power);
  });

  it('shows the size of the test where there is no effect', () => {
    const { power } = powerBySimulation(study(0), { columns: ['treated'], nsim: 1500, seed: 9 });
    expect(Math.abs(power - EXACT_SIZE)).toBeLessThan(4 * Math.sqrt((EXACT_SIZE * (1 - EXACT_SIZE)) / 1500));
  });

  it('starts from a fitted model, too', () => {
    const model = fitCase(goldenCase('sleepstudy-rs-reml'));
    expect(powerBySimulation(model, { columns: ['Days'], nsim: 50, seed: 1 }).power).toBeGreaterThan(0.95);
    expect(() => powerBySimulation(model, { columns: ['Nights'], seed: 1 })).toThrow(/no Nights/);
    expect(() => powerBySimulation(model, { columns: [], seed: 1 })).toThrow(/columns must name/);
  });

  it('refuses parameters that do not fit the design', () => {
    const give = (beta: Record<string, number>, par: number[]) =>
      designProblem(formula, table, { beta, par, sigma: 1 });
    expect(() => give({ '(Intercept)': 1 }, [1])).toThrow(/beta needs exactly.*treated/);
    expect(() => give({ '(Intercept)': 1, treated: 1, x: 2 }, [1])).toThrow(/see x/);
    expect(() => give({ '(Intercept)': 1, treated: 1 }, [1, 2])).toThrow(/par needs 1 .*subject/);
  });
});

describe('prediction intervals for new groups', () => {
  it('hold their coverage over data sets, for observations of a group never seen', () => {
    const problem = study(1);
    const ys = simulate(problem, { nsim: 200, seed: 33 });
    let inside = 0;
    // The last subject is new: its observations are predicted from the others.
    const train = Array.from({ length: n - 5 }, (_, i) => i);
    for (const y of ys) {
      const data = {
        y: train.map((i) => y[i]),
        subject: train.map((i) => table.subject[i]),
        treated: train.map((i) => table.treated[i]),
      };
      const model = fitModel('y ~ treated + (1 | subject)', data);
      const rows = { subject: ['new'], treated: [table.treated[n - 1]] };
      const { lower, upper } = predict(model, rows, { newLevels: 'population', interval: 'prediction', df: 21 });
      if (y[n - 1] >= lower![0] && y[n - 1] <= upper![0]) inside++;
    }
    // 95 % of 200, four standard errors.
    expect(Math.abs(inside / 200 - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / 200));
    expect(fitMatrices({ ...problem.matrices, y: ys[0] }).data.nobs).toBe(n);
  });
});
