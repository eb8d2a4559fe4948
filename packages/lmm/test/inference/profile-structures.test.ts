import { readTable } from '@blup/golden';
import { describe, expect, it } from 'vitest';
import { confint, fitModel, profile, series, type FitModelOptions } from '../../src/index.js';

const { columns, categories } = readTable('Orthodont');
const Z2 = 1.959963984540054 ** 2;

/** Rise of the ML deviance where one par is held. */
const riseAt = (formula: string, options: FitModelOptions, held: Record<string, number>, data = columns): number => {
  const free = fitModel(formula, data, { ...options, reml: false });
  return fitModel(formula, data, { ...options, reml: false, fixedPar: held }).data.objective - free.data.objective;
};

describe('profiles of parameters of structures', () => {
  const cases: [string, string, FitModelOptions, string, string][] = [
    ['AR(1) residuals', 'distance ~ age * Sex', { residual: 'ar1(1 | Subject)' }, 'rho Residual', 'Residual.rho'],
    [
      'AR(1) residuals beside an intercept',
      'distance ~ age * Sex + (1 | Subject)',
      { residual: 'ar1(1 | Subject)' },
      'rho Residual',
      'Residual.rho',
    ],
    ['a power', 'distance ~ age + (1 | Subject)', { residual: 'varpower(age)' }, 'power Residual', 'Residual.power'],
    ['compound symmetry', 'distance ~ age', { residual: 'cs(1 | Subject)' }, 'rho Residual', 'Residual.rho'],
    ['ARMA', 'distance ~ age * Sex', { residual: 'arma(1 | Subject)' }, 'theta Residual', 'Residual.theta'],
    ['a range', 'distance ~ age', { residual: 'exp(age | Subject)' }, 'range Residual', 'Residual.range'],
  ];
  it.each(cases)(
    '%s: ends are where refits with the parameter held rise by the quantile',
    (_, formula, given, name, par) => {
      const options = { ...given, categories };
      const model = fitModel(formula, columns, options);
      const [found] = profile(model, { which: [name] }).parameters;
      expect(found.kind).toBe('natural');
      const ends = [found.lower, found.upper].filter((v) => v > -1 && Number.isFinite(v) && v < 1e6);
      expect(ends.length).toBeGreaterThan(0);
      for (const end of ends) expect(riseAt(formula, options, { [par]: end })).toBeCloseTo(Z2, 4);
      expect(found.lower).toBeLessThan(found.estimate);
      expect(found.upper).toBeGreaterThan(found.estimate);
    },
  );

  it('standard deviations of strata', () => {
    const options = { residual: 'strata(Sex)', categories };
    const formula = 'distance ~ age + (1 | Subject)';
    const model = fitModel(formula, columns, options);
    const [found] = profile(model, { which: ['sd Residual.Female'] }).parameters;
    const deviance = (sigma: number) =>
      fitModel(formula, columns, {
        ...options,
        reml: false,
        sigma,
        fixedPar: { 'Residual.ratio Female': found.upper / sigma },
      }).data.objective;
    // Golden section over sigma.
    let [a, b] = [0.5, 4];
    for (let i = 0; i < 40; i++) {
      const [c, d] = [b - 0.618034 * (b - a), a + 0.618034 * (b - a)];
      if (deviance(c) < deviance(d)) b = d;
      else a = c;
    }
    const free = fitModel(formula, columns, { ...options, reml: false }).data.objective;
    expect(deviance((a + b) / 2) - free).toBeCloseTo(Z2, 4);
  });

  it('a latent series, and fixed effects beside correlated residuals', () => {
    const { columns: data } = readTable('sleepstudy');
    const options = { covariance: { Subject: series({ kind: 'ar1', time: 'Days' }) } };
    const formula = 'Reaction ~ Days + (1 | Subject)';
    const parameters = profile(fitModel(formula, data, options)).parameters;
    expect(parameters.map(({ name }) => name)).toEqual([
      'sd Subject:Days',
      'rho Subject:Days',
      'sigma',
      '(Intercept)',
      'Days',
    ]);
    const rho = parameters[1];
    expect(riseAt(formula, options, { 'Subject:Days.rho': rho.lower }, data)).toBeCloseTo(Z2, 4);

    const residual = { residual: 'ar1(1 | Subject)', categories };
    const [age] = profile(fitModel('distance ~ age', columns, residual), { which: ['age'] }).parameters;
    const o = (columns.age as number[]).map((v) => v * age.upper);
    const held = fitModel('distance ~ 1 + offset(o)', { ...columns, o }, { ...residual, reml: false });
    const free = fitModel('distance ~ age', columns, { ...residual, reml: false });
    expect(held.data.objective - free.data.objective).toBeCloseTo(Z2, 5);
  });

  it('say which parameters have none', () => {
    const us = fitModel('distance ~ age', columns, { residual: 'us(age | Subject)' });
    const intervals = confint(us, { method: 'profile' });
    expect(intervals.names).toEqual(['sigma', '(Intercept)', 'age']);
    expect(intervals.omitted).toContain('cor Residual.10.8');
    expect(intervals.omitted).toContain('sd Residual.14');
    expect(confint(us, { method: 'wald' }).names).toContain('sd Residual.14');
  });
});
