import { describe, expect, it } from 'vitest';
import { exportModel, fitModel, predict, readModel, satterthwaiteDf } from '../../src/index.js';
import { tUpperQuantile } from '../../src/inference/distributions/distributions.js';
import { fitCase, goldenCase } from '../golden.js';

/** The degrees of freedom that an interval was made with, from its width in standard errors of what it is for. */
const factor = (half: number, variance: number) => half / Math.sqrt(variance);

describe('degrees of freedom of predictions', () => {
  it('are n - p in a linear model, weighted or not', () => {
    const x = [1, 2, 3, 4, 5, 6, 8];
    const y = [1.1, 2.3, 2.8, 4.4, 4.9, 6.3, 7.7];
    const w = [1, 2, 1, 3, 1, 2, 1];
    for (const options of [{}, { weights: 'w' }]) {
      const model = fitModel('y ~ x', { x, y, w }, options);
      for (const interval of ['confidence', 'prediction'] as const) {
        const found = predict(model, { x: [2.5, 40] }, { interval, df: 'satterthwaite' });
        const known = predict(model, { x: [2.5, 40] }, { interval, df: 5 });
        found.upper!.forEach((v, i) => expect(v).toBeCloseTo(known.upper![i], 7));
      }
    }
  });

  it('are those of mean squares in a balanced one-way layout', () => {
    const k = 5;
    const m = 4;
    const g = Array.from({ length: k * m }, (_, i) => `g${Math.floor(i / m)}`);
    const y = g.map((_, i) => 3 * Math.sin(Math.floor(i / m) * 2.1) + Math.cos(7.3 * i));
    const model = fitModel('y ~ 1 + (1 | g)', { y, g });
    const means = Array.from({ length: k }, (_, a) => y.slice(a * m, (a + 1) * m).reduce((s, v) => s + v, 0) / m);
    const grand = means.reduce((s, v) => s + v, 0) / k;
    const msb = (m * means.reduce((s, v) => s + (v - grand) ** 2, 0)) / (k - 1);
    const mse = y.reduce((s, v, i) => s + (v - means[Math.floor(i / m)]) ** 2, 0) / (k * (m - 1));
    const dfOf = (a: number, b: number) =>
      (a * msb + b * mse) ** 2 / ((a * msb) ** 2 / (k - 1) + (b * mse) ** 2 / (k * (m - 1)));
    // The variance between groups is (msb - mse) / m, that of the mean msb / (k m).
    const between = 1 / m + 1 / (k * m);
    const row = { g: ['new'] };
    for (const [interval, b] of [
      ['confidence', -1 / m],
      ['prediction', 1 - 1 / m],
    ] as const) {
      const { fit, upper } = predict(model, row, { interval, newLevels: 'integrated', df: 'satterthwaite' });
      const t = factor(upper![0] - fit[0], between * msb + b * mse);
      expect(t).toBeCloseTo(tUpperQuantile(0.025, dfOf(between, b)), 6);
    }
  });

  it('are those of the linear combination where no random effects take part', () => {
    for (const id of ['sleepstudy-rs-reml', 'penicillin-reml', 'machines-rs-reml']) {
      const model = fitCase(goldenCase(id));
      const { X } = model.optimum.matrices;
      const l = model.optimum.cp.fixed.kept.map((c) => X.columns[c][0]);
      const { df, variance } = satterthwaiteDf(model, [...l]);
      const { fit, upper } = predict(model, null, { terms: 'none', interval: 'confidence', df: 'satterthwaite' });
      expect(factor(upper![0] - fit[0], variance) / tUpperQuantile(0.025, df)).toBeCloseTo(1, 6);
    }
  });

  it('at a variance of zero are those of the model without it', () => {
    const y = [1, 3, 2, 2, 1, 3, 3, 2, 1];
    const g = [...'aaabbbccc'];
    const singular = fitModel('y ~ 1 + (1 | g)', { y, g });
    expect(singular.data.theta[0]).toBe(0);
    const options = { interval: 'prediction', newLevels: 'integrated', df: 'satterthwaite' } as const;
    const got = predict(singular, { g: ['a', 'new'] }, options);
    const plain = predict(fitModel('y ~ 1', { y }), { g: ['a', 'new'] }, { interval: 'prediction', df: 8 });
    got.upper!.forEach((v, i) => expect(v).toBeCloseTo(plain.upper![i], 7));
  });

  it('work on rank-deficient and weighted fits, and leave the model as it was', () => {
    for (const id of ['sleepstudy-rankdef-ml', 'sleepstudy-weights-offset-reml']) {
      const model = fitCase(goldenCase(id));
      const before = model.objectiveAt(model.data.theta).objective;
      const { fit, lower, upper } = predict(model, null, { interval: 'prediction', df: 'satterthwaite' });
      const normal = predict(model, null, { interval: 'prediction', df: 'none' });
      fit.forEach((v, i) => {
        expect(upper![i] - v).toBeGreaterThan(normal.upper![i] - v);
        expect(v - lower![i]).toBeLessThan(1.1 * (v - normal.lower![i]));
      });
      expect(model.objectiveAt(model.data.theta).objective).toBe(before);
    }
  });

  it('take a model that knows how certain its variances are', () => {
    const model = fitCase(goldenCase('sleepstudy-rs-reml'));
    const exported = readModel(exportModel(model, { standardErrors: true, uncertainty: false }));
    const rows = { Days: [3], Subject: ['308'] };
    expect(() => predict(exported, rows, { interval: 'prediction', df: 'satterthwaite' })).toThrow(/uncertainty/);
    expect(() => predict(model, rows, { interval: 'prediction', df: 'exact' as 'satterthwaite' })).toThrow(/df/);
    expect(predict(exported, rows, { interval: 'prediction' })).toEqual(
      predict(model, rows, { interval: 'prediction', df: 'none' }),
    );
    const damaged = JSON.parse(JSON.stringify(exportModel(model)));
    damaged.uncertainty.fixed[0].pop();
    expect(() => readModel(damaged)).toThrow(/uncertainty\.fixed/);
  });
});
