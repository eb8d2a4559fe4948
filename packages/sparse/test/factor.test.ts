import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  analyze,
  createFactor,
  type CscMatrix,
  factorize,
  factorToCsc,
  inverseEntriesInto,
  logDeterminant,
  multiplySymmetricInto,
  permuteInto,
  permuteSymmetric,
  solveInPlace,
  solveLInPlace,
  solveLtInPlace,
  SparseError,
  tripletsToCsc,
  unpermuteInto,
} from '../src/index.js';
import { denseInverse, denseSymmetric, gridLaplacian, randomSpd, relativeError, uniform } from './oracle.js';

const spd = fc
  .record({ n: fc.integer({ min: 0, max: 60 }), perRow: fc.double({ min: 0, max: 12, noNaN: true }), seed: fc.nat() })
  .map(({ n, perRow, seed }) => randomSpd(n, perRow, seed));
const ordering = fc.constantFrom('amd' as const, 'natural' as const);

/** Every numeric phase must pass every test. */
const phases = [
  { name: 'simplicial', method: 'simplicial', kernels: 'auto' },
  { name: 'supernodal, WebAssembly', method: 'supernodal', kernels: 'simd' },
  { name: 'supernodal, JavaScript', method: 'supernodal', kernels: 'javascript' },
] as const;

describe.each(phases)('$name', ({ method, kernels }) => {
  const empty = (A: CscMatrix, options: Parameters<typeof analyze>[1] = {}) =>
    createFactor(analyze(A, { method, ...options }), { kernels });
  const factorOf = (A: CscMatrix, options: Parameters<typeof analyze>[1] = {}, beta = 0) => {
    const factor = empty(A, options);
    expect(factorize(factor, A.values, beta)).toBe(-1);
    return factor;
  };

  describe('properties', () => {
    test("LL' = P (A + beta I) P'", () => {
      fc.assert(
        fc.property(spd, ordering, fc.double({ min: 0, max: 10, noNaN: true }), (A, ordering, beta) => {
          const factor = factorOf(A, { ordering }, beta);
          const L = factorToCsc(factor);
          const n = A.ncol;
          const product = new Float64Array(n * n);
          for (let k = 0; k < n; k++) {
            for (let p = L.colPtr[k]; p < L.colPtr[k + 1]; p++) {
              for (let q = L.colPtr[k]; q < L.colPtr[k + 1]; q++) {
                product[L.rowIdx[p] + n * L.rowIdx[q]] += L.values[p] * L.values[q];
              }
            }
          }
          const expected = denseSymmetric(permuteSymmetric(A, factor.symbolic.perm));
          for (let i = 0; i < n; i++) expected[i * n + i] += beta;
          expect(relativeError(product, expected)).toBeLessThan(1e-13);
        }),
      );
    });

    test('selected inverse and log-determinant are those of dense elimination', () => {
      fc.assert(
        fc.property(spd, ordering, (A, ordering) => {
          const factor = factorOf(A, { ordering });
          const n = A.ncol;
          const { inverse, logAbsDet } = denseInverse(denseSymmetric(A), n);
          expect(Math.abs(logDeterminant(factor) - logAbsDet)).toBeLessThan(1e-10);
          const out = new Float64Array(A.rowIdx.length);
          for (let repeat = 0; repeat < 2; repeat++) {
            inverseEntriesInto(factor, out);
            for (let j = 0; j < n; j++) {
              for (let p = A.colPtr[j]; p < A.colPtr[j + 1]; p++) {
                expect(Math.abs(out[p] - inverse[A.rowIdx[p] + j * n])).toBeLessThan(1e-10);
              }
            }
          }
        }),
      );
    });

    test('a refactorisation leaves nothing of the values before it', () => {
      fc.assert(
        fc.property(spd, ordering, (A, ordering) => {
          const fresh = factorToCsc(factorOf(A, { ordering }, 0.25));
          const factor = factorOf(A, { ordering });
          factorize(
            factor,
            A.values.map((v) => v * 3),
          );
          expect(
            factorize(
              factor,
              A.values.map((v) => -v),
            ),
          ).toBeGreaterThanOrEqual(A.ncol === 0 ? -1 : 0);
          expect(factorize(factor, A.values, 0.25)).toBe(-1);
          expect(factorToCsc(factor).values).toEqual(fresh.values);
        }),
      );
    });

    test('a symmetric permutation of A leaves the log-determinant and the solution', () => {
      fc.assert(
        fc.property(spd, fc.nat(), (A, seed) => {
          const n = A.ncol;
          const random = uniform(seed);
          const perm = Int32Array.from({ length: n }, (_, i) => i);
          for (let i = n - 1; i > 0; i--) {
            const j = Math.floor(random() * (i + 1));
            [perm[i], perm[j]] = [perm[j], perm[i]];
          }
          const B = permuteSymmetric(A, perm);
          const b = Float64Array.from({ length: n }, () => random() - 0.5);
          const c = b.map((_, k) => b[perm[k]]);
          const fa = factorOf(A);
          const fb = factorOf(B);
          expect(Math.abs(logDeterminant(fa) - logDeterminant(fb))).toBeLessThan(1e-10);
          solveInPlace(fa, b);
          solveInPlace(fb, c);
          expect(
            relativeError(
              c,
              b.map((_, k) => b[perm[k]]),
            ),
          ).toBeLessThan(1e-11);
        }),
      );
    });
  });

  describe('solves', () => {
    const A = gridLaplacian([9, 7, 3], 0.3);
    const n = A.ncol;
    const random = uniform(5);

    test.each([0, 1, 2, 3, 4, 5, 9])('%i right-hand sides at once', (nrhs) => {
      const factor = factorOf(A);
      const X = Float64Array.from({ length: n * nrhs }, () => random() - 0.5);
      const B = new Float64Array(n * nrhs);
      for (let r = 0; r < nrhs; r++)
        multiplySymmetricInto(A, X.subarray(r * n, r * n + n), B.subarray(r * n, r * n + n));
      solveInPlace(factor, B, nrhs);
      expect(relativeError(B, X)).toBeLessThan(1e-12);
    });

    test("the whole is P, L, L' and P' one after another", () => {
      const factor = factorOf(A);
      const b = Float64Array.from({ length: 3 * n }, () => random() - 0.5);
      const x = new Float64Array(3 * n);
      const parts = new Float64Array(3 * n);
      permuteInto(factor, b, x, 3);
      solveLInPlace(factor, x, 3);
      solveLtInPlace(factor, x, 3);
      unpermuteInto(factor, x, parts, 3);
      solveInPlace(factor, b, 3);
      expect(parts).toEqual(b);
    });
  });

  describe('not positive definite is an outcome', () => {
    test('names the column of A and its pivot', () => {
      // [1 2; 2 1] in rows 2 and 5 of a diagonal matrix: the second of the two pivots is 1 - 4 = -3.
      const A = tripletsToCsc({
        nrow: 6,
        ncol: 6,
        rows: [0, 1, 2, 3, 4, 5, 5],
        cols: [0, 1, 2, 3, 4, 5, 2],
        values: [1, 1, 1, 1, 1, 1, 2],
      });
      const factor = empty(A, { ordering: 'natural' });
      expect(factorize(factor, A.values)).toBe(5);
      expect(factor.failedPivot).toBe(-3);
      expect(factor.status).toBe('not-positive-definite');
      expect(() => logDeterminant(factor)).toThrow(SparseError);
      expect([2, 5]).toContain(factorize(empty(A), A.values));
      expect(factorize(factor, A.values, 3)).toBe(-1);
    });

    test.each([NaN, Infinity, -Infinity])('%f on the diagonal', (bad) => {
      const A = randomSpd(30, 4, 1);
      const factor = empty(A);
      const values = A.values.slice();
      values[A.colPtr[17]] = bad;
      expect(factorize(factor, values)).toBe(17);
      expect(factorize(factor, A.values)).toBe(-1);
    });

    test('an absent diagonal entry is zero', () => {
      const A = tripletsToCsc({ nrow: 3, ncol: 3, rows: [0, 2], cols: [0, 2], values: [1, 1] });
      const factor = empty(A);
      expect(factorize(factor, A.values)).toBe(1);
      expect(factor.failedPivot).toBe(0);
      expect(factorize(factor, A.values, 1)).toBe(-1);
      expect(logDeterminant(factor)).toBeCloseTo(2 * Math.log(2), 14);
    });
  });

  test('using a factor before factorize, or with wrong lengths, is an error', () => {
    const A = randomSpd(5, 2, 1);
    const factor = empty(A);
    expect(() => solveInPlace(factor, new Float64Array(5))).toThrow(/call factorize first/);
    expect(() => factorize(factor, new Float64Array(1))).toThrow(/values must have/);
    factorize(factor, A.values);
    expect(() => solveInPlace(factor, new Float64Array(9), 2)).toThrow(/n \* nrhs = 10/);
    expect(() => analyze(A, { ordering: Int32Array.of(0, 1, 2, 3, 3) })).toThrow(/occurs twice/);
  });
});
