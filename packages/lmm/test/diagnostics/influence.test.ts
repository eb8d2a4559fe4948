import { inverse, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { fitModel, influence } from '../../src/index.js';
import { denseObjective } from '../dense.js';
import { fitCase, goldenCase, positions } from '../golden.js';
import { afterFit, afterFitIds } from '../prediction/after-fit.js';

// R makes the polynomials of poly() anew for every subset of the rows: its coefficients then mean something else.
const ids = afterFitIds.filter((id) => !id.includes('poly'));

describe.each(ids)('%s without one group, against refits in lme4', (id) => {
  const spec = goldenCase(id);
  const model = fitCase(spec);
  const want = afterFit(id).influence;
  const groups = want.levels.map(({ level: [l] }) => l);
  const got = influence(model, want.group[0], { groups });

  it('has the estimates', () => {
    const thetaAt = positions(spec.results.thetaNames ?? [], model.data.thetaNames);
    want.levels.forEach(({ beta, theta, sigma }, g) => {
      expect(got[g].converged).toBe(true);
      expect(Math.abs(got[g].sigma / sigma[0] - 1)).toBeLessThan(2e-5);
      beta.forEach((b, k) => expect(Math.abs(got[g].beta[k] - b)).toBeLessThan(1e-4 * model.data.se[k]));
      theta.forEach((t, k) => expect(Math.abs(got[g].theta[thetaAt[k]] - t)).toBeLessThan(2e-3 * (1 + Math.abs(t))));
    });
  });

  it('is approached by one step, and by the fixed theta', () => {
    const near = (method: 'one-step' | 'fixed-theta') =>
      influence(model, want.group[0], { groups, method }).map((row, g) =>
        Math.max(...row.beta.map((b, k) => Math.abs(b - got[g].beta[k]) / model.data.se[k])),
      );
    for (const d of [...near('one-step'), ...near('fixed-theta')]) expect(d).toBeLessThan(0.2);
  });
});

describe('measures of influence', () => {
  const model = fitCase(goldenCase('sleepstudy-rs-reml'));

  it('are what their definitions say', () => {
    const [row] = influence(model, 'Subject', { groups: ['309'], method: 'fixed-theta' });
    const { columns } = { columns: model.optimum.matrices };
    const subject = columns.terms[0].levels.indexOf('309');
    const keep = [...columns.terms[0].levelIdx.keys()].filter((i) => columns.terms[0].levelIdx[i] !== subject);
    const take = (x: Float64Array) => Float64Array.from(keep, (i) => x[i]);
    const dense = denseObjective(
      {
        y: take(columns.y),
        X: { names: columns.X.names, columns: columns.X.columns.map(take) },
        terms: columns.terms.map((t) => ({
          ...t,
          columns: t.columns.map(take),
          levelIdx: Int32Array.from(keep, (i) => t.levelIdx[i]),
        })),
      },
      model.data.theta,
      true,
    );
    dense.beta.forEach((b, k) => expect(row.beta[k]).toBeCloseTo(b, 8));
    expect(row.sigma ** 2).toBeCloseTo(dense.pwrss / (keep.length - 2), 8);
    expect(row.nobs).toBe(10);
    const change = Matrix.columnVector(model.data.beta.values.map((b, k) => b - row.beta[k]));
    const V = new Matrix(model.data.vcov.map((r) => [...r]));
    expect(row.cooksDistance).toBeCloseTo(change.transpose().mmul(inverse(V)).mmul(change).get(0, 0) / 2, 10);
  });

  it('take labels of rows, and stop when asked', () => {
    const own = Array.from({ length: 180 }, (_, i) => (i < 3 ? 'first' : 'rest'));
    const rows = influence(model, own, { groups: ['first'] });
    expect(rows[0].nobs).toBe(3);
    let seen = 0;
    const some = influence(model, 'Subject', { method: 'fixed-theta', onGroup: () => ++seen < 4 });
    expect(some.length).toBe(4);
    expect(() => influence(model, 'Nobody')).toThrow(/no grouping factor Nobody/);
    expect(() => influence(model, ['a'])).toThrow(/1 labels/);
    expect(() => influence(model, 'Subject', { groups: ['1'] })).toThrow(/no group 1/);
  });

  it('tell which coefficients are lost with a group', () => {
    const n = 40;
    const table = {
      y: Array.from({ length: n }, (_, i) => Math.sin(i * 2.3) + (i % 4)),
      g: Array.from({ length: n }, (_, i) => `g${i % 5}`),
      only: Array.from({ length: n }, (_, i) => (i % 5 === 2 && i > 20 ? 1 : 0)),
    };
    const fitted = fitModel('y ~ only + (1 | g)', table);
    const [lost, kept] = influence(fitted, 'g', { groups: ['g2', 'g1'] });
    expect(lost.beta[1]).toBeNaN();
    expect(lost.cooksDistance).toBeNaN();
    expect(kept.cooksDistance).toBeGreaterThan(0);
    expect(kept.covratio).toBeGreaterThan(0);
    expect(kept.mdffits).toBeGreaterThan(0);
  });
});
