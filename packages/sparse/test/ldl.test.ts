import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addRowInPlace,
  analyze,
  createFactor,
  type CscMatrix,
  factorDiagonal,
  factorize,
  factorToCsc,
  inverseEntriesInto,
  logDeterminant,
  removeRowInPlace,
  solveInPlace,
  tripletsToCsc,
  updateInPlace,
} from '../src/index.js';
import { denseInverse, denseSymmetric, gridLaplacian, randomSpd, relativeError, uniform } from './oracle.js';

const spd = fc
  .record({ n: fc.integer({ min: 1, max: 50 }), perRow: fc.double({ min: 0, max: 8, noNaN: true }), seed: fc.nat() })
  .map(({ n, perRow, seed }) => ({ A: randomSpd(n, perRow, seed), seed }));

const ldl = (A: CscMatrix, beta = 0) => {
  const factor = createFactor(analyze(A), { form: 'LDL' });
  expect(factorize(factor, A.values, beta)).toBe(-1);
  return factor;
};

/** P' L D L' P, dense column-major. */
function product(factor: ReturnType<typeof ldl>): Float64Array {
  const L = factorToCsc(factor);
  const D = factorDiagonal(factor);
  const { perm, n } = factor.symbolic;
  const out = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    for (let p = L.colPtr[k]; p < L.colPtr[k + 1]; p++) {
      for (let q = L.colPtr[k]; q < L.colPtr[k + 1]; q++) {
        out[perm[L.rowIdx[p]] + n * perm[L.rowIdx[q]]] += L.values[p] * D[k] * L.values[q];
      }
    }
  }
  return out;
}

function sparseVector(n: number, seed: number) {
  const random = uniform(seed);
  const rows = [...Array(n).keys()].filter(() => random() < 4 / n);
  return { rows, values: rows.map(() => random() * 2 - 1) };
}

describe("L D L'", () => {
  test("is A + beta I again, agrees with L L' in log-determinant, solution and inverse", () => {
    fc.assert(
      fc.property(spd, ({ A }) => {
        const factor = ldl(A, 0.5);
        const expected = denseSymmetric(A);
        for (let i = 0; i < A.ncol; i++) expected[i * A.ncol + i] += 0.5;
        expect(relativeError(product(factor), expected)).toBeLessThan(1e-13);
        const other = createFactor(analyze(A));
        factorize(other, A.values, 0.5);
        expect(Math.abs(logDeterminant(factor) - logDeterminant(other))).toBeLessThan(1e-11);
        expect(relativeError(factorDiagonal(other), factorDiagonal(factor))).toBeLessThan(1e-12);
        const [x, y] = [new Float64Array(3 * A.ncol).fill(1), new Float64Array(3 * A.ncol).fill(1)];
        solveInPlace(factor, x, 3);
        solveInPlace(other, y, 3);
        expect(relativeError(x, y)).toBeLessThan(1e-11);
        const [z, w] = [new Float64Array(A.rowIdx.length), new Float64Array(A.rowIdx.length)];
        inverseEntriesInto(factor, z);
        inverseEntriesInto(other, w);
        expect(relativeError(z, w)).toBeLessThan(1e-11);
      }),
    );
  });

  test('exists for quasi-definite matrices in every order', () => {
    // [H E'; E -G] with H, G positive definite: as many negative pivots as G has rows.
    const H = gridLaplacian([6, 5], 0.5);
    const [n, m] = [H.ncol, 12];
    const random = uniform(4);
    const rows = [...H.rowIdx];
    const cols = [...H.rowIdx].map((_, p) => {
      let j = 0;
      while (H.colPtr[j + 1] <= p) j++;
      return j;
    });
    const values = [...H.values];
    for (let k = 0; k < m; k++) {
      rows.push(n + k, n + k, n + k);
      cols.push(n + k, Math.floor(random() * 15), 15 + Math.floor(random() * 15));
      values.push(-1 - random(), random(), random());
    }
    const A = tripletsToCsc({ nrow: n + m, ncol: n + m, rows, cols, values });
    const { inverse, logAbsDet } = denseInverse(denseSymmetric(A), n + m);
    for (const ordering of ['amd', 'natural', 'rcm'] as const) {
      const factor = createFactor(analyze(A, { ordering }), { form: 'LDL' });
      expect(factorize(factor, A.values)).toBe(-1);
      expect(factorDiagonal(factor).filter((d) => d < 0).length).toBe(m);
      expect(Math.abs(logDeterminant(factor) - logAbsDet)).toBeLessThan(1e-11);
      const z = new Float64Array(A.rowIdx.length);
      inverseEntriesInto(factor, z);
      const j = A.colPtr.findLastIndex((p) => p <= 40);
      expect(z[40]).toBeCloseTo(inverse[A.rowIdx[40] + j * (n + m)], 11);
    }
    expect(factorize(createFactor(analyze(A)), A.values)).toBeGreaterThanOrEqual(0);
  });

  test('a zero pivot is an outcome', () => {
    const A = tripletsToCsc({ nrow: 2, ncol: 2, rows: [0, 1, 1], cols: [0, 0, 1], values: [1, 1, 1] });
    const factor = createFactor(analyze(A, { ordering: 'natural' }), { form: 'LDL' });
    expect(factorize(factor, A.values)).toBe(1);
    expect(factor.failedPivot).toBe(0);
    expect(factorize(factor, A.values, 1)).toBe(-1);
  });
});

describe('update and downdate', () => {
  test("the factor becomes that of A + w w'", () => {
    fc.assert(
      fc.property(spd, ({ A, seed }) => {
        const n = A.ncol;
        const w = sparseVector(n, seed + 1);
        const factor = ldl(A);
        expect(updateInPlace(factor, w)).toBe(-1);
        const expected = denseSymmetric(A);
        w.rows.forEach((i, s) => w.rows.forEach((j, t) => (expected[i + n * j] += w.values[s] * w.values[t])));
        expect(relativeError(product(factor), expected)).toBeLessThan(1e-12);
        const L = factorToCsc(factor);
        for (let j = 0; j < n; j++) {
          for (let p = L.colPtr[j] + 1; p < L.colPtr[j + 1]; p++) expect(L.rowIdx[p]).toBeGreaterThan(L.rowIdx[p - 1]);
        }
      }),
    );
  });

  test('a downdate undoes an update, of rank 3 as well', () => {
    fc.assert(
      fc.property(spd, ({ A, seed }) => {
        const n = A.ncol;
        const parts = [1, 2, 3].map((k) => sparseVector(n, seed + k));
        const W = tripletsToCsc({
          nrow: n,
          ncol: 3,
          rows: parts.flatMap((v) => v.rows),
          cols: parts.flatMap((v, k) => v.rows.map(() => k)),
          values: parts.flatMap((v) => v.values),
        });
        const factor = ldl(A);
        const before = product(factor);
        expect(updateInPlace(factor, W)).toBe(-1);
        expect(updateInPlace(factor, W, -1)).toBe(-1);
        expect(relativeError(product(factor), before)).toBeLessThan(1e-11);
        expect(factorize(factor, A.values)).toBe(-1);
        expect(product(factor)).toEqual(before);
      }),
    );
  });

  test('a downdate that goes too far names the column', () => {
    const A = gridLaplacian([4, 4], 0);
    const factor = ldl(A);
    expect(updateInPlace(factor, { rows: [5], values: [2] }, -1)).toBeGreaterThanOrEqual(0);
    expect(factor.status).toBe('not-positive-definite');
    expect(() => solveInPlace(factor, new Float64Array(16))).toThrow(/not positive/);
  });

  test('mistakes are errors', () => {
    const A = gridLaplacian([3, 3], 0);
    const plain = createFactor(analyze(A));
    factorize(plain, A.values);
    expect(() => updateInPlace(plain, { rows: [0], values: [1] })).toThrow(/form: 'LDL'/);
    const factor = ldl(A);
    expect(() => updateInPlace(factor, { rows: [9], values: [1] })).toThrow(/outside/);
    expect(() => updateInPlace(factor, { rows: [1, 1], values: [1, 1] })).toThrow(/twice/);
    expect(() => updateInPlace(factor, { rows: [1], values: [NaN] })).toThrow(/NaN/);
    expect(() => removeRowInPlace(factor, -1)).toThrow(/outside/);
  });
});

describe('rows', () => {
  test('removing a row leaves the factor of A with that row of the identity; adding it brings A back', () => {
    fc.assert(
      fc.property(spd, ({ A, seed }) => {
        const n = A.ncol;
        const k = seed % n;
        const dense = denseSymmetric(A);
        const without = dense.slice();
        for (let i = 0; i < n; i++) without[i + n * k] = without[k + n * i] = i === k ? 1 : 0;
        const factor = ldl(A);
        expect(removeRowInPlace(factor, k)).toBe(-1);
        expect(relativeError(product(factor), without)).toBeLessThan(1e-12);
        const rows = [...Array(n).keys()].filter((i) => i === k || dense[i + n * k] !== 0);
        expect(addRowInPlace(factor, k, { rows, values: rows.map((i) => dense[i + n * k]) })).toBe(-1);
        expect(relativeError(product(factor), dense)).toBeLessThan(1e-12);
      }),
    );
  });

  test('a row may get entries that A never had', () => {
    const A = gridLaplacian([5, 4], 1);
    const factor = ldl(A);
    expect(removeRowInPlace(factor, 7)).toBe(-1);
    expect(addRowInPlace(factor, 7, { rows: [0, 7, 13, 19], values: [0.5, 9, -1, 0.25] })).toBe(-1);
    const expected = denseSymmetric(A);
    for (let i = 0; i < 20; i++) expected[i + 140] = expected[7 + 20 * i] = 0;
    [0, 7, 13, 19].forEach((i, t) => (expected[i + 140] = expected[7 + 20 * i] = [0.5, 9, -1, 0.25][t]));
    expect(relativeError(product(factor), expected)).toBeLessThan(1e-13);
  });
});
