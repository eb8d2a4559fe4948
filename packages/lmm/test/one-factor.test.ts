import { composite } from '@blup/covariance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accumulateCrossProducts, checkMatrices, profiledObjective, type ModelMatricesInput } from '../src/index.js';
import { leastSquaresOf } from '../src/one-factor/levelwise-least-squares.js';
import type { PenalizedLeastSquares } from '../src/penalized-least-squares.js';
import { modelOf, type ModelShape } from './random-models.js';

/** Terms of a random shape, all moved to one grouping factor of `nl` levels. */
const shapes = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  n: fc.integer({ min: 30, max: 1000 }),
  p: fc.integer({ min: 0, max: 4 }),
  nl: fc.integer({ min: 2, max: 500 }),
  terms: fc.array(fc.record({ nc: fc.integer({ min: 1, max: 3 }), diagonal: fc.boolean() }), {
    minLength: 1,
    maxLength: 2,
  }),
  weighted: fc.boolean(),
  offset: fc.boolean(),
});

function oneFactor({ nl, terms, ...shape }: ReturnType<(typeof shapes)['generate']>['value']): ModelMatricesInput {
  const levels = Math.min(nl, shape.n);
  const whole: ModelShape = { ...shape, terms: terms.map((t) => ({ ...t, nl: levels, nested: false })) };
  const model = modelOf(whole);
  const { levelIdx } = model.terms[0];
  return { ...model, terms: model.terms.map((t) => ({ ...t, group: 'g0', levelIdx })) };
}

/** Zeros among them: singular factors are ordinary points. */
const thetas = fc.array(
  fc.integer({ min: -300, max: 300 }).map((k) => k / 100),
  { minLength: 12, maxLength: 12 },
);

/** The same problem by levels and by the sparse system, both evaluated at theta. */
function both(model: ModelMatricesInput, values: number[], reml: boolean) {
  const { matrices } = checkMatrices(model);
  const structure = composite(matrices.terms.map((t) => t.structure));
  const cp = accumulateCrossProducts(matrices);
  const pls = leastSquaresOf(cp, structure);
  expect(pls.levels).not.toBeNull();
  const theta = Float64Array.from(values.slice(0, structure.thetaLength));
  const byLevels = profiledObjective(cp, structure, { reml, sigma: null }, pls);
  const sparse = profiledObjective(cp, structure, { reml, sigma: null });
  return { byLevels, sparse, theta };
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  let scale = 1; // responses, columns and factors are of that size
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]));
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i] - expected[i]), `entry ${i}`).toBeLessThan(tolerance * scale);
  }
}

describe('one grouping factor, level by level, against the sparse system', () => {
  it('has the same criterion, gradient and information', () => {
    fc.assert(
      fc.property(shapes, thetas, fc.boolean(), (shape, values, reml) => {
        const { byLevels, sparse, theta } = both(oneFactor(shape), values, reml);
        expectClose([byLevels.evaluate(theta)], [sparse.evaluate(theta)], 1e-11);
        expect(byLevels.failure).toBe(sparse.failure);
        const m = theta.length;
        const gradients = [new Float64Array(m), new Float64Array(m)];
        const informations = [new Float64Array(m * m), new Float64Array(m * m)];
        [byLevels, sparse].forEach((objective, k) => {
          objective.gradientInto(gradients[k]);
          objective.informationInto(informations[k]);
        });
        expectClose(gradients[0], gradients[1], 1e-8);
        expectClose(informations[0], informations[1], 1e-7);
      }),
      { numRuns: 150 },
    );
  });

  it('has the same solution, and the same sparse system once that is read', () => {
    fc.assert(
      fc.property(shapes, thetas, (shape, values) => {
        const { byLevels, sparse, theta } = both(oneFactor(shape), values, true);
        byLevels.evaluate(theta);
        sparse.evaluate(theta);
        const parts: ((pls: PenalizedLeastSquares) => ArrayLike<number>)[] = [
          (pls) => [1 + pls.ldL2, pls.ldRX2],
          (pls) => [pls.pwrss, pls.ussq, pls.wrss],
          (pls) => pls.beta,
          (pls) => pls.u,
          (pls) => pls.b,
          (pls) => pls.Zte,
          (pls) => pls.RZX,
          (pls) => pls.values,
        ];
        for (const part of parts) expectClose(part(byLevels.pls), part(sparse.pls), 1e-9);
      }),
      { numRuns: 60 },
    );
  });

  it('follows the factors after the sparse system was read', () => {
    const model = oneFactor({
      seed: 7,
      n: 90,
      p: 2,
      nl: 11,
      terms: [{ nc: 2, diagonal: false }],
      weighted: true,
      offset: false,
    });
    const { byLevels, sparse } = both(model, [1, 0.2, 0.5], true);
    for (const theta of [Float64Array.of(1, 0.2, 0.5), Float64Array.of(0.3, -0.4, 0), Float64Array.of(1, 0.2, 0.5)]) {
      byLevels.evaluate(theta);
      sparse.evaluate(theta);
      expectClose(byLevels.pls.RZX, sparse.pls.RZX, 1e-12);
      expectClose(byLevels.pls.u, sparse.pls.u, 1e-10);
    }
  });

  it('leaves levels that depend on one another, and several grouping factors, to the sparse system', () => {
    const shape: ModelShape = {
      seed: 3,
      n: 60,
      p: 1,
      terms: [
        { nl: 5, nc: 1, diagonal: false, nested: false },
        { nl: 5, nc: 1, diagonal: false, nested: false },
      ],
      weighted: false,
      offset: false,
    };
    const { matrices } = checkMatrices(modelOf(shape));
    const structure = composite(matrices.terms.map((t) => t.structure));
    expect(leastSquaresOf(accumulateCrossProducts(matrices), structure).levels).toBeNull();
  });
});
