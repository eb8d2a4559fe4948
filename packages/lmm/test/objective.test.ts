import { composite } from '@blup/covariance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accumulateCrossProducts, checkMatrices, profiledObjective, type ModelMatricesInput } from '../src/index.js';
import { denseObjective, differences } from './dense.js';
import { modelOf, modelShapes } from './random-models.js';

function objectiveOf(input: ModelMatricesInput, reml: boolean) {
  const { matrices } = checkMatrices(input);
  const structure = composite(matrices.terms.map((t) => t.structure));
  return profiledObjective(accumulateCrossProducts(matrices), structure, { reml, sigma: null });
}

const thetas = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 18, maxLength: 18 });

describe('the objective against the marginal Gaussian with dense V', () => {
  it('agrees at any theta, ML and REML', () => {
    fc.assert(
      fc.property(modelShapes, thetas, fc.boolean(), (shape, values, reml) => {
        const model = modelOf(shape);
        const objective = objectiveOf(model, reml);
        const theta = Float64Array.from(values.slice(0, objective.composite.thetaLength));
        const dense = denseObjective(model, theta, reml);
        expect(Math.abs(objective.evaluate(theta) - dense.objective)).toBeLessThan(
          1e-9 * Math.max(1, Math.abs(dense.objective)),
        );
        expect(Math.abs(objective.pls.pwrss / dense.pwrss - 1)).toBeLessThan(1e-9);
      }),
      { numRuns: 150 },
    );
  });

  it('has the gradient of dense differences at any theta, ML and REML', () => {
    fc.assert(
      fc.property(modelShapes, thetas, fc.boolean(), (shape, values, reml) => {
        const model = modelOf(shape);
        const objective = objectiveOf(model, reml);
        const theta = Float64Array.from(values.slice(0, objective.composite.thetaLength));
        objective.evaluate(theta);
        const gradient = new Float64Array(theta.length);
        objective.gradientInto(gradient);
        const expected = differences((t) => denseObjective(model, t, reml).objective, theta);
        const scale = Math.max(1, ...expected.map(Math.abs));
        expected.forEach((g, k) => expect(Math.abs(gradient[k] - g)).toBeLessThan(2e-6 * scale));
      }),
      { numRuns: 60 },
    );
  });

  it('does not depend on the order of the rows or on the names of levels', () => {
    fc.assert(
      fc.property(modelShapes, thetas, (shape, values) => {
        const model = modelOf(shape);
        const n = model.y.length;
        const reversed = (x: Float64Array) => x.slice().reverse();
        const turned: ModelMatricesInput = {
          ...model,
          y: reversed(model.y),
          X: { names: model.X.names, columns: model.X.columns.map(reversed) },
          weights: model.weights ? reversed(model.weights) : null,
          offset: model.offset ? reversed(model.offset) : null,
          terms: model.terms.map((t) => ({
            ...t,
            columns: t.columns.map(reversed),
            levelIdx: Int32Array.from({ length: n }, (_, i) => t.levels.length - 1 - t.levelIdx[n - 1 - i]),
          })),
        };
        const a = objectiveOf(model, true);
        const b = objectiveOf(turned, true);
        const theta = Float64Array.from(values.slice(0, a.composite.thetaLength));
        const first = a.evaluate(theta);
        expect(Math.abs(b.evaluate(theta) - first)).toBeLessThan(1e-10 * Math.max(1, Math.abs(first)));
      }),
      { numRuns: 40 },
    );
  });

  it('gives the same bits at every evaluation', () => {
    const model = modelOf({
      seed: 7,
      n: 40,
      p: 2,
      terms: [
        { nl: 5, nc: 2, diagonal: false, nested: false },
        { nl: 4, nc: 1, diagonal: false, nested: false },
      ],
      weighted: true,
      offset: true,
    });
    const a = objectiveOf(model, true);
    const theta = Float64Array.of(0.7, -0.2, 0.4, 1.1);
    const first = a.evaluate(theta);
    a.evaluate(Float64Array.of(3, 1, 2, 0.1));
    expect(a.evaluate(theta)).toBe(first);
    expect(objectiveOf(model, true).evaluate(theta)).toBe(first);
  });
});
