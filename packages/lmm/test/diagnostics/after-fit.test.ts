import { describe, expect, it } from 'vitest';
import {
  cooksDistance,
  explainedVariance,
  groupCoefficients,
  linearCombination,
  randomEffects,
  randomEffectsComponents,
  residuals,
} from '../../src/index.js';
import { fitCase, goldenCase } from '../golden.js';
import { afterFit, afterFitIds } from '../prediction/after-fit.js';

describe.each(afterFitIds)('%s against R', (id) => {
  const model = fitCase(goldenCase(id));
  const want = afterFit(id);
  const near = (actual: ArrayLike<number>, expected: readonly number[], unit: number) =>
    expected.forEach((v, i) => expect(Math.abs(actual[i] - v)).toBeLessThan(2e-6 * Math.max(Math.abs(v), unit)));

  it('has the residuals', () => {
    const { sigma } = model.data;
    for (const kind of ['response', 'pearson', 'marginal'] as const)
      near(residuals(model, kind), want.residuals[kind], sigma);
    near(residuals(model, 'scaled'), want.residuals.scaled, 1);
  });

  it("has Cook's distances", () => {
    near(cooksDistance(model), want.cooks, Math.max(...want.cooks));
  });

  it('has the coefficients of groups', () => {
    for (const { group, levels, names, values } of groupCoefficients(model)) {
      const coef = want.coef[group];
      expect(levels).toEqual(coef.levels);
      coef.names.forEach((name, c) => {
        // lme4 puts names in another order.
        const k = names.indexOf(name);
        near(
          values.map((row) => row[k]),
          coef.values.map((row) => row[c]),
          model.data.sigma,
        );
      });
    }
  });

  it('has R^2 and intraclass correlations', () => {
    const got = explainedVariance(model);
    for (const key of Object.keys(want.r2) as (keyof typeof want.r2)[]) near([got[key]], want.r2[key], 1e-9);
    const sum = got.randomByGroup.reduce((s, g) => s + g.icc, 0);
    expect(sum).toBeCloseTo(got.iccAdjusted, 12);
  });

  it('has the principal components', () => {
    for (const { group, sd, directions, proportion } of randomEffectsComponents(model)) {
      near(sd, want.pca[group].sdev, 1);
      if (sd.length > 1) expect(proportion.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      directions.forEach((direction, c) => {
        const column = want.pca[group].rotation.map((row) => row[c]);
        expect(Math.abs(direction.reduce((s, v, i) => s + v * column[i], 0))).toBeCloseTo(1, 6);
        expect(Math.max(...direction)).toBe(Math.max(...direction.map(Math.abs)));
      });
    }
  });

  it('has prediction-error variances with beta uncertain', () => {
    // R has them by the terms of lme4 (more levels first), level by level.
    const order = randomEffects(model).sort((a, b) => b.levels.length - a.levels.length);
    const variances = order.flatMap(({ variances }) => variances.flatMap((V) => V.map((row, i) => row[i])));
    near(variances, want.predictionVariance, 1e-6 * model.data.sigma ** 2);
  });
});

describe('prediction-error covariances', () => {
  it('exceed the conditional ones, and are symmetric and positive definite', () => {
    const model = fitCase(goldenCase('sleepstudy-rs-reml'));
    const [{ variances, values, names, levels }] = randomEffects(model);
    expect(names).toEqual(['(Intercept)', 'Days']);
    values[0].forEach((v, k) => expect(v).toBeCloseTo(model.data.ranef.Subject.values[0][k], 10));
    const given = model.conditionalVariances('Subject');
    levels.forEach((_, l) => {
      const [[a, b], [c, d]] = variances[l];
      expect(b).toBeCloseTo(c, 8);
      expect(a * d - b * c).toBeGreaterThan(0);
      expect(a).toBeGreaterThan(given[l][0][0]);
      expect(d).toBeGreaterThan(given[l][1][1]);
    });
  });

  it('are those of the linear combination', () => {
    const model = fitCase(goldenCase('machines-rs-reml'));
    const [{ variances, group, levels, names }] = randomEffects(model);
    const effect = (k: number) => ({ group, level: levels[2], name: names[k], weight: 1 });
    const none = [0, 0, 0];
    names.forEach((_, i) => {
      expect(variances[2][i][i]).toBeCloseTo(linearCombination(model, none, [effect(i)]).mse, 10);
      names.slice(0, i).forEach((_, j) => {
        const sum = linearCombination(model, none, [effect(i), effect(j)]).mse;
        expect(variances[2][i][i] + variances[2][j][j] + 2 * variances[2][i][j]).toBeCloseTo(sum, 10);
      });
    });
  });
});
