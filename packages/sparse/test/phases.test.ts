import { describe, expect, test } from 'vitest';
import {
  analyze,
  createFactor,
  type CscMatrix,
  factorize,
  factorToCsc,
  inverseEntriesInto,
  logDeterminant,
  solveInPlace,
  tripletsToCsc,
} from '../src/index.js';
import { gridLaplacian, randomSpd, relativeError, uniform } from './oracle.js';

/** Two crossed factors, as in Z'Z + I: a long diagonal block, then a block that fills in completely. */
function crossed(levels: [number, number], rows: number): CscMatrix {
  const random = uniform(9);
  const i: number[] = [];
  const j: number[] = [];
  const values: number[] = [];
  const add = (r: number, c: number, v: number) => {
    i.push(Math.max(r, c));
    j.push(Math.min(r, c));
    values.push(v);
  };
  for (let k = 0; k < levels[0] + levels[1]; k++) add(k, k, 1);
  for (let k = 0; k < rows; k++) {
    const a = Math.floor(random() * levels[0]);
    const b = levels[0] + Math.floor(random() ** 2 * levels[1]);
    add(a, a, 1);
    add(b, b, 1);
    add(a, b, 1);
  }
  return tripletsToCsc({ nrow: levels[0] + levels[1], ncol: levels[0] + levels[1], rows: i, cols: j, values });
}

// Sizes around the panel width (120) and its multiples, so that one, two and more panels of all remainders occur.
const dense = [1, 2, 3, 4, 5, 31, 119, 120, 121, 122, 123, 241, 355].map((n) => ({
  name: `dense ${n}`,
  A: randomSpd(n, 3 * n, n),
}));
const matrices = [
  ...dense,
  { name: '3-D grid 11 x 12 x 13', A: gridLaplacian([11, 12, 13], 0.1) },
  { name: '2-D grid 50 x 41', A: gridLaplacian([50, 41], 0.01) },
  { name: 'crossed factors 600 x 210', A: crossed([600, 210], 9000) },
  { name: 'random 700', A: randomSpd(700, 9, 4) },
];

describe.each(matrices)('$name: the numeric phases agree', ({ A }) => {
  const n = A.ncol;
  const reference = createFactor(analyze(A, { method: 'simplicial' }));
  factorize(reference, A.values, 0.5);
  const random = uniform(2);
  const b = Float64Array.from({ length: 7 * n }, () => random() - 0.5);
  const x = b.slice();
  solveInPlace(reference, x, 7);
  const z = new Float64Array(A.rowIdx.length);
  inverseEntriesInto(reference, z);
  const L = factorToCsc(reference);

  test.each(['simd', 'javascript'] as const)('%s', (kernels) => {
    const factor = createFactor(analyze(A, { method: 'supernodal' }), { kernels });
    expect(factor.kernels).toBe(kernels);
    for (let repeat = 0; repeat < 2; repeat++) {
      expect(factorize(factor, A.values, 0.5)).toBe(-1);
      const other = factorToCsc(factor);
      expect(other.colPtr).toEqual(L.colPtr);
      expect(other.rowIdx).toEqual(L.rowIdx);
      expect(relativeError(other.values, L.values)).toBeLessThan(1e-12);
      expect(Math.abs(logDeterminant(factor) - logDeterminant(reference))).toBeLessThan(1e-10 * n);
      const y = b.slice();
      solveInPlace(factor, y, 7);
      expect(relativeError(y, x)).toBeLessThan(1e-11);
      const first = b.slice(0, n);
      solveInPlace(factor, first);
      expect(relativeError(first, x.subarray(0, n))).toBeLessThan(1e-11);
      const w = new Float64Array(A.rowIdx.length);
      inverseEntriesInto(factor, w);
      expect(relativeError(w, z)).toBeLessThan(1e-11);
    }
  });
});

test('equal input gives equal bits', () => {
  const A = gridLaplacian([9, 10, 11], 0.1);
  const bits = () => {
    const factor = createFactor(analyze(A, { method: 'supernodal' }));
    factorize(factor, A.values);
    const out = new Float64Array(A.rowIdx.length);
    inverseEntriesInto(factor, out);
    return [factorToCsc(factor).values, out];
  };
  expect(bits()).toEqual(bits());
});
