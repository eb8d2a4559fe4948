import { inverse, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import {
  explainedVariance,
  exportModel,
  fitModel,
  parametricBootstrap,
  predict,
  randomEffects,
  readModel,
  refitter,
  relationship,
  residuals,
  scoreGroups,
  simulate,
} from '../../src/index.js';
import { normal, uniform } from '../random-models.js';

/** Nine animals whose covariance falls with distance; the last has no rows. */
const names = Array.from({ length: 9 }, (_, i) => `a${i}`);
const A = names.map((_, i) => names.map((_, j) => (i === j ? 1 + i / 10 : 0.6 ** Math.abs(i - j))));
const gauss = normal(uniform(31));
const n = 60;
const data = {
  animal: Array.from({ length: n }, (_, i) => names[(i * 5) % 8]),
  x: Array.from({ length: n }, (_, i) => (i % 7) - 2),
  y: Array.from({ length: n }, (_, i) => 4 + (i % 7) + 3 * Math.sin(((i * 5) % 8) / 2) + gauss()),
};
const model = fitModel('y ~ x + (1 | animal)', data, { covariance: { animal: relationship({ names, matrix: A }) } });

describe('levels that are correlated', () => {
  const s2 = model.data.sigma ** 2;
  const t2 = s2 * model.data.theta[0] ** 2;
  const G = new Matrix(A).mul(t2);
  const place = (animal: string) => names.map((name) => Number(name === animal));
  const Z = new Matrix(data.animal.map(place));
  const X = new Matrix(data.x.map((x) => [1, x]));
  const V = Matrix.add(Z.mmul(G).mmul(Z.transpose()), Matrix.eye(n).mul(s2));
  const Vi = inverse(V);
  const C = inverse(X.transpose().mmul(Vi).mmul(X));
  const beta = C.mmul(X.transpose()).mmul(Vi).mmul(Matrix.columnVector(data.y));
  const r = Matrix.sub(Matrix.columnVector(data.y), X.mmul(beta));
  const dense = (animal: string, x: number) => {
    const z = Matrix.columnVector(place(animal));
    const c = Z.mmul(G).mmul(z);
    const l = Matrix.columnVector([1, x]);
    const d = Matrix.sub(l, X.transpose().mmul(Vi).mmul(c));
    const value = (a: Matrix, b: Matrix) => a.transpose().mmul(b).get(0, 0);
    return {
      fit: value(l, beta) + value(c, Vi.mmul(r)),
      variance: value(z, G.mmul(z)) - value(c, Vi.mmul(c)) + value(d, C.mmul(d)),
      prior: value(z, G.mmul(z)),
    };
  };
  const rows = { animal: ['a0', 'a3', 'a8'], x: [0, 2, 5] };

  it('have a variance that is worth testing', () => {
    expect(model.data.theta[0]).toBeGreaterThan(0.3);
  });

  it('are predicted with their errors, levels without rows too, from the model and from JSON', () => {
    const read = readModel(JSON.stringify(exportModel(model, { standardErrors: true })));
    for (const source of [model, read]) {
      const { fit, se } = predict(source, rows, { se: true });
      const { upper } = predict(source, rows, { terms: 'none', interval: 'prediction' });
      const marginal = predict(source, rows, { terms: 'none', se: true });
      rows.x.forEach((x, i) => {
        const want = dense(rows.animal[i], x);
        expect(fit[i]).toBeCloseTo(want.fit, 8);
        expect(se![i] ** 2).toBeCloseTo(want.variance, 8);
        expect(marginal.fit[i]).toBeCloseTo(beta.get(0, 0) + beta.get(1, 0) * x, 8);
      });
      expect(upper!.every((u, i) => u > marginal.fit[i])).toBe(true);
    }
    const [{ variances, values }] = randomEffects(model);
    expect(values.length).toBe(9);
    variances.forEach(([[v]]) => expect(v).toBeGreaterThan(0));
  });

  it('say that nothing is known of a new level', () => {
    const stranger = { animal: ['stranger'], x: [1], y: [2] };
    expect(() => predict(model, stranger, { newLevels: 'integrated' })).toThrow(/correlated/);
    expect(() => scoreGroups(model, stranger)).toThrow(/correlated/);
    const { fit } = predict(model, stranger, { newLevels: 'population' });
    expect(fit[0]).toBeCloseTo(beta.get(0, 0) + beta.get(1, 0), 8);
    expect(() => residuals(model, 'normalised')).toThrow(/independent levels/);
  });

  it('are simulated with their covariance', () => {
    const nsim = 4000;
    const ys = simulate(model, { nsim, seed: 8 });
    const mean = X.mmul(beta).to1DArray();
    for (const [i, j] of [
      [0, 0],
      [0, 1],
      [0, 8],
      [3, 11],
      [20, 41],
    ]) {
      const s = ys.reduce((sum, y) => sum + (y[i] - mean[i]) * (y[j] - mean[j]), 0) / nsim;
      const se = Math.sqrt((V.get(i, i) * V.get(j, j) + V.get(i, j) ** 2) / nsim);
      expect(Math.abs(s - V.get(i, j))).toBeLessThan(5 * se);
    }
  });

  it('are refitted, and not sent to workers by a name that means something else', async () => {
    const again = refitter(model).refit(Float64Array.from(data.y));
    expect(again.objective).toBeCloseTo(model.data.objective, 8);
    const { random, residual } = explainedVariance(model);
    expect(random / t2).toBeCloseTo(data.animal.reduce((s, a) => s + A[names.indexOf(a)][names.indexOf(a)], 0) / n, 8);
    expect(residual).toBeCloseTo(s2, 10);
    await expect(parametricBootstrap(model, { nsim: 20, seed: 1, workers: 1 })).rejects.toThrow(/without workers/);
    expect((await parametricBootstrap(model, { nsim: 20, seed: 1 })).done).toBe(20);
  });
});
