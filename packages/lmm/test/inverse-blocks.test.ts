import { composite } from '@blup/covariance';
import { describe, expect, it } from 'vitest';
import { accumulateCrossProducts } from '../src/accumulate.js';
import { checkMatrices, profiledObjective, type ProfiledObjective } from '../src/index.js';
import { farFromSingular, inverseBlocks } from '../src/inverse-blocks.js';
import { factorGradient, factorGradientInto } from '../src/objective-gradient.js';
import { denseObjective, differences } from './dense.js';
import { modelOf, type ModelShape } from './random-models.js';

const shapes: Record<string, ModelShape> = {
  scalar: shape(11, [term(14, 1), term(9, 1)]),
  'three crossed': shape(12, [term(12, 2), term(8, 1), term(5, 1)]),
  vectors: shape(13, [term(12, 3), term(10, 2)]),
  nested: shape(14, [term(6, 2), { ...term(3, 2), nested: true }, term(7, 1)]),
};

function term(nl: number, nc: number) {
  return { nl, nc, diagonal: false, nested: false };
}

function shape(seed: number, terms: ModelShape['terms']): ModelShape {
  return { seed, n: 160, p: 2, terms, weighted: true, offset: false };
}

function objectiveOf(of: ModelShape): ProfiledObjective {
  const { matrices } = checkMatrices(modelOf(of));
  const structure = composite(matrices.terms.map((t) => t.structure));
  return profiledObjective(accumulateCrossProducts(matrices), structure, { reml: true, sigma: null });
}

/** Diagonal 1, the rest 0.3, times a scale. */
function thetaOf({ composite: { parts, thetaOffset, thetaLength } }: ProfiledObjective, scale: number): Float64Array {
  const theta = new Float64Array(thetaLength).fill(0.3 * scale);
  parts.forEach(({ nc, thetaIndex }, t) => {
    for (let c = 0; c < nc; c++) theta[thetaOffset[t] + thetaIndex[c * nc + c]] = scale;
  });
  return theta;
}

/** The derivative by the factors with the diagonal blocks of S^-1, and with its whole pattern. */
function bothWays(objective: ProfiledObjective) {
  const { pls } = objective;
  const diagonal = factorGradient(pls, true);
  factorGradientInto(pls, true, objective.scale(), diagonal);
  const pattern = { ...factorGradient(pls, true), blocks: null };
  factorGradientInto(pls, true, objective.scale(), pattern);
  return { diagonal, pattern };
}

describe.each(Object.entries(shapes))('the derivative by diagonal blocks: %s', (_, of) => {
  it('is that of the whole pattern down to the seam', () => {
    const objective = objectiveOf(of);
    const blocks = inverseBlocks(objective.pls)!;
    let seam = 8;
    for (; seam > 1e-6; seam *= 0.7) {
      expect(Number.isFinite(objective.evaluate(thetaOf(objective, seam)))).toBe(true);
      if (!farFromSingular(objective.pls, blocks)) break;
      const { diagonal, pattern } = bothWays(objective);
      expect(diagonal.blocks).not.toBe(null);
      diagonal.byFactor.forEach((D, t) => {
        const largest = Math.max(...pattern.byFactor[t].map(Math.abs));
        D.forEach((d, k) => expect(Math.abs(d - pattern.byFactor[t][k])).toBeLessThan(1e-10 * Math.max(1, largest)));
      });
    }
    // The seam is where effects have about 1 / 30 of the residual standard deviation over the root of their rows.
    expect(seam).toBeLessThan(0.5);
    expect(seam).toBeGreaterThan(1e-4);
  });

  it('is that of dense differences on both sides of the seam', () => {
    const objective = objectiveOf(of);
    const model = modelOf(of);
    for (const scale of [1.5, 0.4, 1e-3]) {
      const theta = thetaOf(objective, scale);
      objective.evaluate(theta);
      const gradient = new Float64Array(theta.length);
      objective.gradientInto(gradient);
      const expected = differences((t) => denseObjective(model, t, true).objective, theta);
      const size = Math.max(1, ...expected.map(Math.abs));
      expected.forEach((g, k) => expect(Math.abs(gradient[k] - g)).toBeLessThan(4e-6 * size));
    }
  });
});

describe('the choice between the two', () => {
  it('keeps the whole pattern where a factor is singular, whatever the others are', () => {
    const objective = objectiveOf(shapes.vectors);
    const theta = thetaOf(objective, 1);
    // The last pivot of the first term's factor.
    theta[5] = 0;
    objective.evaluate(theta);
    const { pls } = objective;
    expect(farFromSingular(pls, inverseBlocks(pls)!)).toBe(false);
    const gradient = new Float64Array(theta.length);
    objective.gradientInto(gradient);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });
});
