import { readTable } from '@blup/golden';
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import {
  explainedVariance,
  exportModel,
  fitModel,
  predict,
  readModel,
  reportMarkdown,
  tidy,
  type FittedModel,
} from '../../src/index.js';

const { columns, categories } = readTable('Orthodont');
const near = (a: ArrayLike<number>, b: ArrayLike<number>, digits = 9) => {
  expect(a.length).toBe(b.length);
  Array.from(a, (v, i) => expect(v, `${i}`).toBeCloseTo(b[i], digits));
};
const Z975 = 1.959963984540054;

describe('a model with correlated residuals', () => {
  const model = fitModel('distance ~ age + (1 | Subject)', columns, { residual: 'ar1(age | Subject)' });
  const rows = { age: [8, 11.5], Subject: ['M01', 'F03'] };

  it('is predicted with standard errors, from the model and from JSON', () => {
    const { fit, se } = predict(model, rows, { terms: 'none', se: true });
    const [a, b] = model.data.beta.values;
    const V = model.data.vcov;
    rows.age.forEach((x, i) => {
      expect(fit[i]).toBeCloseTo(a + b * x, 9);
      expect(se![i] ** 2).toBeCloseTo(V[0][0] + 2 * x * V[0][1] + x * x * V[1][1], 9);
    });
    const whole = predict(model, rows, { se: true });
    const read = readModel(JSON.stringify(exportModel(model, { standardErrors: true })));
    expect(predict(read, rows, { se: true })).toEqual(whole);
    predict(model, null).fit.forEach((v, i) => expect(v).toBeCloseTo(model.fitted[i], 9));
    expect(tidy(model).term).toEqual(['(Intercept)', 'age', 'sd__(Intercept)', 'sd__Observation']);
    expect(reportMarkdown(model)).toContain('Random effects');
    expect(() => predict(read, rows, { residuals: 'conditional' })).toThrow(/fitted model/);
  });

  it('adds the variance of a residual of the kind to prediction intervals', () => {
    const { se, upper, fit } = predict(model, rows, { se: true, interval: 'prediction', df: 'none' });
    near(
      upper!.map((v, i) => v - fit[i]),
      se!.map((v) => Z975 * Math.sqrt(v * v + model.data.sigma ** 2)),
    );
  });
});

describe('prediction intervals where variances differ', () => {
  const table = {
    age: [8, 9, 13, 10],
    Sex: ['Male', 'Female', 'Male', 'Female'],
    Subject: ['M01', 'F03', 'M02', 'F04'],
  };
  const variances: [string, (m: FittedModel, i: number) => number][] = [
    ['strata(Sex)', (m, i) => (table.Sex[i] === 'Male' ? 1 : m.data.par[1] ** 2)],
    ['varexp(age)', (m, i) => Math.exp(2 * m.data.par[1] * (table.age[i] - 11))],
    ['strata(Sex) * ar1(1 | Subject)', (m, i) => (table.Sex[i] === 'Male' ? 1 : m.data.par[2] ** 2)],
  ];
  it.each(variances)('%s', (residual, relative) => {
    const model = fitModel('distance ~ age * Sex + (1 | Subject)', columns, { categories, residual });
    const options = { se: true, interval: 'prediction', df: 'none', weights: [1, 2, 1, 4] } as const;
    const { se, lower, fit } = predict(model, table, options);
    const half = (i: number) =>
      Z975 * Math.sqrt(se![i] ** 2 + (model.data.sigma ** 2 * relative(model, i)) / options.weights[i]);
    near(
      fit.map((v, i) => v - lower![i]),
      [0, 1, 2, 3].map(half),
    );
    const read = readModel(JSON.stringify(exportModel(model, { standardErrors: true })));
    expect(predict(read, table, options)).toEqual(predict(model, table, options));
    // One row alone has no spread of a covariate; its variance is the same.
    const one = { age: [9], Sex: ['Female'], Subject: ['F03'] };
    near(predict(model, one, { ...options, weights: 2 }).lower!, [lower![1]]);
    const { lower: t } = predict(model, table, { ...options, df: 'satterthwaite' });
    near(predict(model, table, { interval: 'prediction', weights: options.weights }).lower!, t!);
    t!.forEach((v, i) => expect(v).toBeLessThan(lower![i]));
    expect(explainedVariance(model).residual).toBeGreaterThan(0);
  });

  it('of visits with variances of their own, and of training rows', () => {
    const model = fitModel('distance ~ age * Sex', columns, { categories, residual: 'us(age | Subject)' });
    const sd = model.data.natural.find((n) => n.group === 'Residual')!.values;
    const { se, upper, fit } = predict(
      model,
      { age: [8, 14], Sex: ['Male', 'Male'] },
      { se: true, interval: 'prediction', df: 'none' },
    );
    near(
      [upper![0] - fit[0], upper![1] - fit[1]],
      [0, 1].map((i) => Z975 * Math.hypot(se![i], sd[3 * i])),
    );
    const own = predict(model, null, { interval: 'prediction' });
    expect(own.upper!.every(Number.isFinite)).toBe(true);
  });

  it('of powers of what the model fits', () => {
    const model = fitModel('distance ~ age * Sex + (1 | Subject)', columns, {
      categories,
      residual: { kind: 'varpower', fitted: true },
    });
    const { fitted } = model;
    const centre = fitted.reduce((s, v) => s + Math.log(v), 0) / fitted.length;
    const { se, upper, fit } = predict(model, table, { se: true, interval: 'prediction', df: 'none' });
    near(
      upper!.map((v, i) => v - fit[i]),
      fit.map(
        (v, i) => Z975 * Math.hypot(se![i], model.data.sigma * Math.exp(model.data.par[1] * (Math.log(v) - centre))),
      ),
      8,
    );
  });
});

describe('R^2 with a residual structure', () => {
  it('is that of the random intercept which compound symmetry equals, but for what is called residual', () => {
    const intercept = explainedVariance(fitModel('distance ~ age * Sex + (1 | Subject)', columns, { categories }));
    const cs = explainedVariance(
      fitModel('distance ~ age * Sex', columns, { categories, residual: 'cs(1 | Subject)' }),
    );
    expect(cs.marginal).toBeCloseTo(intercept.marginal, 7);
    expect(cs.residual).toBeCloseTo(intercept.random + intercept.residual, 6);
  });
  it('has the mean of the variances of strata', () => {
    const model = fitModel('distance ~ age * Sex + (1 | Subject)', columns, { categories, residual: 'strata(Sex)' });
    const s2 = model.data.sigma ** 2;
    expect(explainedVariance(model).residual).toBeCloseTo((s2 * (64 + 44 * model.data.par[1] ** 2)) / 108, 9);
  });
});

describe('predictions that continue a series', () => {
  it('of an AR(1) by its closed form', () => {
    const n = 40;
    const t = Array.from({ length: n }, (_, i) => i);
    const y: number[] = [];
    for (const i of t) y.push(0.7 * (y[i - 1] ?? 0) + Math.sin(3.7 * i * i));
    const model = fitModel('y ~ 1', { y, t }, { residual: 'ar1(t | 1)' });
    const [rho] = model.data.par;
    const [mu] = model.data.beta.values;
    const { fit, se } = predict(model, { t: [n, n + 4] }, { residuals: 'conditional', se: true });
    [1, 5].forEach((k, i) => {
      expect(fit[i]).toBeCloseTo(mu + rho ** k * (y[n - 1] - mu), 9);
      const want = model.data.sigma ** 2 * (1 - rho ** (2 * k)) + (1 - rho ** k) ** 2 * model.data.vcov[0][0];
      expect(se![i] ** 2).toBeCloseTo(want, 9);
    });
    // Without times the rows of the table follow the last one.
    const order = fitModel('y ~ 1', { y }, { residual: 'ar1(1 | 1)' });
    const next = predict(order, { z: [0, 0, 0, 0, 0] }, { residuals: 'conditional' }).fit;
    near([next[0], next[4]], fit, 8);
    expect(() => predict(model, { t: [3] }, { residuals: 'conditional' })).toThrow(/twice/);
    expect(() => predict(model, null, { residuals: 'conditional' })).toThrow(/new rows/);
  });

  it('of compound symmetry are those of the random intercept that it equals', () => {
    const table = { age: [15, 9, 10], Sex: ['Male', 'Female', 'Male'], Subject: ['M01', 'F03', 'new'] };
    const intercept = fitModel('distance ~ age * Sex + (1 | Subject)', columns, { categories });
    const cs = fitModel('distance ~ age * Sex', columns, { categories, residual: 'cs(1 | Subject)' });
    const want = predict(intercept, table, { interval: 'prediction', newLevels: 'integrated', df: 'none' });
    const got = predict(cs, table, { interval: 'prediction', residuals: 'conditional' });
    near(got.fit, want.fit, 5);
    near(got.lower!, want.lower!, 5);
    near(got.upper!, want.upper!, 5);
  });

  it('with random effects, weights and strata, by dense V', () => {
    const w = columns.age.map((_, i) => 1 + (i % 3));
    const model = fitModel(
      'distance ~ age + (age | Subject)',
      { ...columns, w },
      {
        categories,
        weights: 'w',
        residual: 'strata(Sex) * car1(age | Subject)',
      },
    );
    const [l11, l21, l22, rho, ratio] = model.data.par;
    const s2 = model.data.sigma ** 2;
    const table = { age: [15, 11.5, 9], Sex: ['Male', 'Female', 'Male'], Subject: ['M01', 'F03', 'stranger'] };
    const got = predict(model, table, {
      residuals: 'conditional',
      se: true,
      weights: [2, 1, 1],
      newLevels: 'integrated',
    });
    const age = [...(columns.age as number[]), ...table.age];
    const subject = [...(columns.Subject as string[]), ...table.Subject];
    const male = [...(columns.Sex as string[]), ...table.Sex].map((v) => v === 'Male');
    const weight = [...w, 2, 1, 1];
    const sd = (i: number) => (male[i] ? 1 : ratio) / Math.sqrt(weight[i]);
    const V = (i: number, j: number) => {
      if (subject[i] !== subject[j]) return 0;
      const b = (x: number) => [l11 + l21 * x, l22 * x];
      const [a, c] = [b(age[i]), b(age[j])];
      return s2 * (a[0] * c[0] + a[1] * c[1] + sd(i) * sd(j) * rho ** Math.abs(age[i] - age[j]));
    };
    const n = w.length;
    const all = Matrix.zeros(n, n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) all.set(i, j, V(i, j));
    const chol = new CholeskyDecomposition(all);
    const X = new Matrix(Array.from({ length: n }, (_, i) => [1, age[i]]));
    const y = Matrix.columnVector(columns.distance as number[]);
    const XVX = X.transpose().mmul(chol.solve(X));
    const inner = new CholeskyDecomposition(Matrix.add(XVX, XVX.transpose()).div(2));
    const beta = inner.solve(X.transpose().mmul(chol.solve(y)));
    table.age.forEach((x, k) => {
      const c = Matrix.columnVector(Array.from({ length: n }, (_, i) => V(i, n + k)));
      const Vc = chol.solve(c);
      const at = Matrix.columnVector([1, x]);
      const d = Matrix.sub(at, X.transpose().mmul(Vc));
      const value = (a: Matrix, b: Matrix) => a.transpose().mmul(b).get(0, 0);
      expect(got.fit[k]).toBeCloseTo(value(at, beta) + value(Vc, Matrix.sub(y, X.mmul(beta))), 8);
      expect(got.se![k] ** 2).toBeCloseTo(V(n + k, n + k) - value(c, Vc) + value(d, inner.solve(d)), 8);
    });
  });
});
