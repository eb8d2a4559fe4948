import { Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { fitMatrices, simulate } from '../../src/index.js';
import { denseLambda, denseZ } from '../dense.js';
import { modelOf } from '../random-models.js';

const input = modelOf({
  seed: 11,
  n: 24,
  p: 2,
  terms: [
    { nl: 4, nc: 2, diagonal: false, nested: false },
    { nl: 3, nc: 1, diagonal: false, nested: true },
  ],
  weighted: true,
  offset: true,
});
const model = fitMatrices(input);

describe('simulated responses', () => {
  it('have the mean and covariance of the model', () => {
    const nsim = 4000;
    const ys = simulate(model, { nsim, seed: 2024 });
    const n = input.y.length;
    const { sigma, beta, theta } = model.data;
    const ZL = denseZ(input).mmul(denseLambda(input, theta));
    const V = ZL.mmul(ZL.transpose()).mul(sigma ** 2);
    const mean = Float64Array.from({ length: n }, (_, i) => {
      V.set(i, i, V.get(i, i) + sigma ** 2 / input.weights![i]);
      return input.offset![i] + beta.values.reduce((s, b, k) => s + b * input.X.columns[k][i], 0);
    });
    const S = Matrix.zeros(n, n);
    const sum = new Float64Array(n);
    for (const y of ys) {
      for (let i = 0; i < n; i++) {
        sum[i] += y[i] - mean[i];
        for (let j = 0; j <= i; j++) S.set(i, j, S.get(i, j) + (y[i] - mean[i]) * (y[j] - mean[j]));
      }
    }
    for (let i = 0; i < n; i++) {
      expect(Math.abs(sum[i] / nsim)).toBeLessThan(5 * Math.sqrt(V.get(i, i) / nsim));
      for (let j = 0; j <= i; j++) {
        const se = Math.sqrt((V.get(i, i) * V.get(j, j) + V.get(i, j) ** 2) / nsim);
        expect(Math.abs(S.get(i, j) / nsim - V.get(i, j))).toBeLessThan(5 * se);
      }
    }
  });

  it('scatter about the fitted values where the random effects are kept', () => {
    const nsim = 2000;
    const ys = simulate(model, { nsim, seed: 7, randomEffects: 'kept' });
    const { sigma } = model.data;
    input.weights!.forEach((w, i) => {
      const d = ys.map((y) => y[i] - model.fitted[i]);
      const mean = d.reduce((a, b) => a + b, 0) / nsim;
      const square = d.reduce((a, b) => a + b * b, 0) / nsim;
      expect(Math.abs(mean)).toBeLessThan((5 * sigma) / Math.sqrt(w * nsim));
      expect(Math.abs((square * w) / sigma ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / nsim));
    });
  });

  it('are a function of seed and replicate', () => {
    const a = simulate(model, { nsim: 5, seed: 1 });
    expect(simulate(model, { nsim: 3, seed: 1 })).toEqual(a.slice(0, 3));
    expect(simulate(model, { seed: 2 })[0]).not.toEqual(a[0]);
  });
});
