import { describe, expect, it } from 'vitest';
import { composite } from '@blup/covariance';
import { accumulateCrossProducts } from '../../src/accumulate.js';
import { checkMatrices, profiledObjective } from '../../src/index.js';
import { penalizedPattern } from '../../src/penalized-pattern.js';
import { pairBlocks } from '../../src/products/pair-blocks.js';
import { multiplyZtZInto, scaleByLambdaInto } from '../../src/scale-by-lambda.js';
import { denseObjective } from '../dense.js';
import { modelOf, normal, uniform, type ModelShape } from '../random-models.js';

const term = (nl: number, nc: number, nested = false) => ({ nl, nc, diagonal: false, nested });

const shapes: Record<string, ModelShape['terms']> = {
  'four by four': [term(16, 4), term(11, 4)],
  'five by three': [term(17, 5), term(15, 3)],
  'a vector and a scalar': [term(40, 6), term(38, 1)],
  'scalar first, nested last': [term(30, 1), term(25, 3), term(4, 2, true)],
  'one and two columns': [term(28, 2), term(26, 1), term(20, 4)],
};

const productsOf = (terms: ModelShape['terms'], p = 2, n = 900) => {
  const model = modelOf({ seed: 31, n, p, terms, weighted: true, offset: true });
  return { model, cp: accumulateCrossProducts(checkMatrices(model).matrices) };
};

describe.each(Object.entries(shapes))('kernels for the blocks of Z`Z: %s', (_, terms) => {
  const { cp } = productsOf(terms);
  const placed = penalizedPattern(cp);
  const blocks = pairBlocks(cp, placed)!;
  const gauss = normal(uniform(7));
  const numbers = (length: number) => Float64Array.from({ length }, gauss);

  it('scale by Lambda to the bits of the loops', () => {
    const lambdas = cp.terms.map(({ nc }) => numbers(nc * nc));
    const work = new Float64Array(64);
    const expected = new Float64Array(placed.pattern.rowIdx.length);
    scaleByLambdaInto(cp, placed, lambdas, work, expected);
    scaleByLambdaInto(cp, placed, lambdas, work, blocks.values, blocks);
    expect(blocks.values).toEqual(expected);
  });

  it.each([1, 2, 3, 4, 7, 12, 13, 26])('multiply %i vectors to the bits of the loops', (nrhs) => {
    const x = numbers(cp.q * nrhs);
    const expected = new Float64Array(x.length);
    const out = new Float64Array(x.length).fill(Number.NaN);
    multiplyZtZInto(cp, x, nrhs, expected);
    multiplyZtZInto(cp, x, nrhs, out, blocks);
    expect(out).toEqual(expected);
  });

  it('multiply vectors of one term, and leave other vectors alone', () => {
    cp.terms.forEach(({ start, nc, nl }, t) => {
      const nrhs = 5;
      const x = new Float64Array(cp.q * (nrhs + 2)).fill(3);
      for (let h = 1; h <= nrhs; h++) {
        x.fill(0, h * cp.q, (h + 1) * cp.q);
        x.set(numbers(nc * nl), h * cp.q + start);
      }
      const expected = new Float64Array(x.length);
      multiplyZtZInto(cp, x, nrhs + 2, expected);
      expected.fill(9, 0, cp.q).fill(9, (nrhs + 1) * cp.q);
      const out = new Float64Array(x.length).fill(9);
      blocks.multiplyInto(x, t, 1, nrhs, out);
      expect(out.map((v) => v + 0)).toEqual(expected.map((v) => v + 0));
    });
  });
});

describe('where the kernels stay away', () => {
  it('is small models and scalar terms', () => {
    for (const terms of [[term(8, 2), term(6, 2)], [term(60, 1), term(70, 1)], [term(100, 4)]]) {
      const { cp } = productsOf(terms);
      expect(pairBlocks(cp, penalizedPattern(cp))).toBe(null);
    }
  });
});

describe('criterion and derivatives with the kernels', () => {
  it.each([1, 0.2, 0])('are those of dense matrices and of the loops, last pivot %f', (pivot) => {
    const { model, cp } = productsOf([term(18, 4), term(17, 4)], 3, 200);
    const structure = composite(model.terms.map((t) => t.structure));
    const objective = profiledObjective(cp, structure, { reml: true, sigma: null });
    expect(objective.pls.blocks).not.toBe(null);
    const theta = Float64Array.from({ length: 20 }, (_, k) => 0.1 + 0.03 * k);
    for (const d of [0, 4, 7, 10, 14, 17, 19]) theta[d] = 0.8;
    theta[9] = pivot;
    const value = objective.evaluate(theta);
    expect(Math.abs(value - denseObjective(model, theta, true).objective)).toBeLessThan(1e-9 * Math.abs(value));
    const gradient = new Float64Array(20);
    objective.gradientInto(gradient);
    const H = new Float64Array(400);
    objective.informationInto(H);
    const plain = profiledObjective(cp, structure, { reml: true, sigma: null }, { ...objective.pls, blocks: null });
    plain.evaluate(theta);
    const gradientByLoops = new Float64Array(20);
    plain.gradientInto(gradientByLoops);
    expect(gradient).toEqual(gradientByLoops);
    const byLoops = new Float64Array(400);
    plain.informationInto(byLoops);
    expect(H).toEqual(byLoops);
  });
});
