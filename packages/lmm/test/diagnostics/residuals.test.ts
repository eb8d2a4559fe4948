import fc from 'fast-check';
import { Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { fitMatrices, refitter, residuals, type ModelMatricesInput } from '../../src/index.js';
import { denseLambda, denseZ } from '../dense.js';
import { modelOf, modelShapes } from '../random-models.js';

/** The map from marginal to normalised residuals as a matrix: residuals are linear in y at fixed theta, sigma and beta. */
function whitening(input: ModelMatricesInput, fixedPar: number[], sigma: number): Matrix {
  const n = input.y.length;
  const none = { ...input, X: { names: [], columns: [] }, offset: null };
  const columns = Array.from({ length: n }, (_, j) => {
    const y = new Float64Array(n);
    y[j] = 1;
    return Array.from(residuals(fitMatrices({ ...none, y }, { fixedPar, sigma }), 'normalised'));
  });
  return new Matrix(columns).transpose();
}

describe('normalised residuals', () => {
  it('have the identity as covariance, for any model', () => {
    fc.assert(
      fc.property(modelShapes, (shape) => {
        const input = modelOf({ ...shape, n: 24 });
        const n = input.y.length;
        const count = input.terms.reduce((s, t) => s + t.structure.parLength, 0);
        const par = Array.from({ length: count }, (_, k) => (k % 4 === 3 ? 0 : 0.4 + 0.3 * k));
        const sigma = 1.7;
        const M = whitening(input, par, sigma);
        const ZL = denseZ(input).mmul(denseLambda(input, par));
        const V = ZL.mmul(ZL.transpose());
        for (let i = 0; i < n; i++) V.set(i, i, V.get(i, i) + 1 / (input.weights ? input.weights[i] : 1));
        const I = M.mmul(V.mul(sigma ** 2)).mmul(M.transpose());
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) expect(Math.abs(I.get(i, j) - Number(i === j))).toBeLessThan(1e-9);
      }),
      { numRuns: 10 },
    );
  });

  it('are scaled residuals where there are no random effects', () => {
    const input = { ...modelOf({ seed: 3, n: 24, p: 2, terms: [], weighted: true, offset: true }), terms: [] };
    const model = fitMatrices(input);
    const scaled = residuals(model, 'scaled');
    residuals(model, 'normalised').forEach((r, i) => expect(r).toBeCloseTo(scaled[i], 12));
    expect(residuals(model)).toEqual(model.residuals);
    expect(refitter(model).refit(input.y).sigma).toBeCloseTo(model.data.sigma, 12);
  });

  it('have a name', () => {
    const model = fitMatrices(modelOf({ seed: 3, n: 24, p: 2, terms: [], weighted: false, offset: false }));
    expect(() => residuals(model, 'deviance' as 'response')).toThrow(/deviance/);
  });
});
