import { scalar } from '@blup/covariance';
import { describe, expect, it } from 'vitest';
import { fitMatrices, type ModelMatricesInput } from '../src/index.js';
import { denseBetaByQr, denseObjective } from './dense.js';
import { normal, uniform } from './random-models.js';

/** n = 90 rows, p fixed columns, one grouping factor. */
function wideModel(
  p: number,
  options: { shift?: number; intercept?: number; weighted?: boolean; depend?: number } = {},
): ModelMatricesInput {
  const gauss = normal(uniform(17));
  const n = 90;
  const columns = Array.from({ length: p }, (_, j) =>
    Float64Array.from({ length: n }, () =>
      j === 0 && options.intercept !== undefined ? options.intercept : gauss() + (options.shift ?? 0),
    ),
  );
  if (options.depend !== undefined)
    columns[p - 1] = columns[2].map((v, i) => v - columns[5][i] + options.depend! * gauss());
  const levelIdx = Int32Array.from({ length: n }, (_, i) => (i * 7) % 8);
  return {
    y: Float64Array.from({ length: n }, (_, i) => 3 + gauss() + Math.sin(levelIdx[i]) + columns[1][i]),
    X: { names: columns.map((_, j) => `x${j}`), columns },
    terms: [
      {
        group: 'g',
        names: ['(Intercept)'],
        columns: [new Float64Array(n).fill(1)],
        levels: [...'abcdefgh'],
        levelIdx,
        structure: scalar(),
      },
    ],
    weights: options.weighted ? Float64Array.from({ length: n }, (_, i) => 0.5 + ((i * 3) % 5)) : null,
  };
}

describe('many fixed columns', () => {
  it.each([
    ['with an intercept', wideModel(30, { intercept: 1 })],
    [
      'with a constant that is not one, weights and means',
      wideModel(31, { intercept: -2.5, weighted: true, shift: 50 }),
    ],
    ['without intercept', wideModel(28, { weighted: true })],
    ['with nearly dependent ones', wideModel(30, { intercept: 1, depend: 1e-4 })],
  ])('%s agree with dense algebra', (_, model) => {
    for (const reml of [true, false]) {
      const { data, optimum } = fitMatrices(model, { reml });
      expect(data.certificate.converged).toBe(true);
      const dense = denseObjective(model, data.theta, reml);
      expect(Math.abs(data.objective - dense.objective)).toBeLessThan(1e-8 * Math.abs(dense.objective));
      const beta = denseBetaByQr(model, data.theta);
      const largest = Math.max(...beta.map(Math.abs));
      beta.forEach((b, k) => expect(Math.abs(data.beta.values[k] - b)).toBeLessThan(1e-7 * largest));
      expect(optimum.cp.p).toBe(model.X.columns.length);
    }
  });

  it('that depend exactly are dropped, as with few', () => {
    const model = wideModel(30, { intercept: 1, depend: 0 });
    expect(fitMatrices(model).data.droppedColumns).toEqual(['x29']);
    const constant = wideModel(30, { intercept: 1 });
    constant.X.columns[7].fill(0.1);
    expect(fitMatrices(constant).data.droppedColumns).toEqual(['x7']);
  });
});
