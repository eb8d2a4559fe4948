import fc from 'fast-check';
import { Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import {
  add,
  checkLower,
  checkMatrix,
  checkPattern,
  column,
  crossProductLower,
  type CscMatrix,
  entries,
  expandSymmetric,
  filterEntries,
  formatMatrix,
  fromCsr,
  fromDense,
  fromMatrix,
  identity,
  lowerTriangle,
  multiply,
  multiplyInto,
  multiplySymmetricInto,
  multiplyTransposeInto,
  norm1,
  normInfinity,
  permute,
  permuteSymmetric,
  SparseError,
  spySvg,
  spyText,
  submatrix,
  toCsr,
  toDense,
  toRows,
  transpose,
  tripletsToCsc,
} from '../src/index.js';
import { relativeError, uniform } from './oracle.js';

const matrix = (nrow: number, ncol: number, density: number, seed: number): CscMatrix => {
  const random = uniform(seed);
  const [rows, cols, values]: number[][] = [[], [], []];
  for (let i = 0; i < nrow; i++) {
    for (let j = 0; j < ncol; j++) {
      if (random() > density) continue;
      rows.push(i);
      cols.push(j);
      values.push(Math.round(random() * 20 - 10) || 0);
    }
  }
  return tripletsToCsc({ nrow, ncol, rows, cols, values });
};
const size = fc.integer({ min: 0, max: 15 });
const any = fc
  .record({ nrow: size, ncol: size, density: fc.double({ min: 0, max: 1, noNaN: true }), seed: fc.nat() })
  .map(({ nrow, ncol, density, seed }) => matrix(nrow, ncol, density, seed));
const square = fc
  .record({ n: size, density: fc.double({ min: 0, max: 1, noNaN: true }), seed: fc.nat() })
  .map(({ n, density, seed }) => matrix(n, n, density, seed));

/** Entry (i, j) of the product of two dense matrices, the long way. */
const denseProduct = (A: CscMatrix, B: CscMatrix): Float64Array => {
  const [a, b] = [toDense(A), toDense(B)];
  const out = new Float64Array(A.nrow * B.ncol);
  for (let i = 0; i < A.nrow; i++) {
    for (let j = 0; j < B.ncol; j++) {
      for (let k = 0; k < A.ncol; k++) out[i + A.nrow * j] += a[i + A.nrow * k] * b[k + B.nrow * j];
    }
  }
  return out;
};

describe('results have the invariants and the values of dense arithmetic', () => {
  test('transpose, rows, dense, rows of numbers, back and forth', () => {
    fc.assert(
      fc.property(any, (A) => {
        const T = transpose(A);
        checkMatrix(T);
        expect(transpose(T)).toEqual(A);
        expect(fromCsr(toCsr(A))).toEqual(A);
        const nonzero = filterEntries(A, (_i, _j, v) => v !== 0);
        expect(fromDense(toDense(A), A.nrow, A.ncol)).toEqual(nonzero);
        if (A.nrow > 0 && A.ncol > 0) expect(fromMatrix(new Matrix(toRows(A)))).toEqual(nonzero);
        expect([...entries(T)].length).toBe(A.values.length);
      }),
    );
  });

  test('add and multiply', () => {
    fc.assert(
      fc.property(any, fc.nat(), (A, seed) => {
        const B = matrix(A.nrow, A.ncol, 0.4, seed);
        const S = add(A, B, 2, -3);
        checkMatrix(S);
        const [a, b] = [toDense(A), toDense(B)];
        expect(toDense(S)).toEqual(a.map((v, k) => 2 * v - 3 * b[k]));
        const P = multiply(A, transpose(B));
        checkMatrix(P);
        expect(toDense(P)).toEqual(denseProduct(A, transpose(B)));
        const C = crossProductLower(A);
        checkLower(C);
        expect(C).toEqual(lowerTriangle(multiply(A, transpose(A))));
        expect(multiply(A, identity(A.ncol))).toEqual(A);
      }),
    );
  });

  test('matrix times vector, transposed, symmetric', () => {
    fc.assert(
      fc.property(square, (A) => {
        const n = A.ncol;
        const x = Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1));
        const X: CscMatrix = {
          nrow: n,
          ncol: 1,
          colPtr: Int32Array.of(0, n),
          rowIdx: Int32Array.from(x.keys()),
          values: x,
        };
        const y = new Float64Array(n).fill(1);
        multiplyInto(A, x, y, 2, 3);
        expect(
          relativeError(
            y,
            denseProduct(A, X).map((v) => 2 * v + 3),
          ),
        ).toBeLessThan(1e-13);
        multiplyTransposeInto(A, x, y, -1);
        expect(
          relativeError(
            y,
            denseProduct(transpose(A), X).map((v) => -v),
          ),
        ).toBeLessThan(1e-13);
        const L = lowerTriangle(A);
        multiplySymmetricInto(L, x, y, 1, 0);
        expect(relativeError(y, denseProduct(expandSymmetric(L), X))).toBeLessThan(1e-13);
      }),
    );
  });

  test('permutations and submatrices pick rows and columns', () => {
    fc.assert(
      fc.property(any, fc.nat(), (A, seed) => {
        const random = uniform(seed);
        const pick = (n: number) => (n === 0 ? [] : Array.from({ length: 6 }, () => Math.floor(random() * n)));
        const [rows, cols] = [pick(A.nrow), pick(A.ncol)];
        const S = submatrix(A, rows, cols);
        checkMatrix(S);
        const [s, a] = [toDense(S), toDense(A)];
        for (let c = 0; c < cols.length; c++) {
          for (let r = 0; r < rows.length; r++) expect(s[r + rows.length * c]).toBe(a[rows[r] + A.nrow * cols[c]]);
        }
      }),
    );
  });

  test('a symmetric permutation moves both triangles', () => {
    fc.assert(
      fc.property(square, (A) => {
        const n = A.ncol;
        const perm = Int32Array.from({ length: n }, (_, i) => (i * 7 + 3) % n);
        fc.pre(new Set(perm).size === n);
        const L = lowerTriangle(A);
        const P = permuteSymmetric(L, perm);
        checkLower(P);
        expect(toDense(expandSymmetric(P))).toEqual(toDense(permute(expandSymmetric(L), perm, perm)));
        for (let p = 0; p < P.source.length; p++) expect(P.values[p]).toBe(L.values[P.source[p]]);
      }),
    );
  });

  test('norms', () => {
    const A = fromDense([1, -2, 0, 4, 5, -6], 2, 3);
    expect(norm1(A)).toBe(11);
    expect(normInfinity(A)).toBe(12);
    expect(norm1(fromDense([], 0, 0))).toBe(0);
  });
});

describe('every broken invariant has its own kind', () => {
  const good = { nrow: 3, ncol: 2, colPtr: Int32Array.of(0, 2, 3), rowIdx: Int32Array.of(0, 2, 1) };
  const kindOf = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      if (error instanceof SparseError) return error.kind;
    }
    return 'none';
  };
  test.each([
    ['none', good],
    ['dimension', { ...good, nrow: -1 }],
    ['dimension', { ...good, ncol: 1.5 }],
    ['col-ptr-length', { ...good, colPtr: Int32Array.of(0, 3) }],
    ['col-ptr-start', { ...good, colPtr: Int32Array.of(1, 2, 3) }],
    ['col-ptr-decreasing', { ...good, colPtr: Int32Array.of(0, 4, 3) }],
    ['row-idx-length', { ...good, rowIdx: Int32Array.of(0, 2) }],
    ['row-out-of-range', { ...good, rowIdx: Int32Array.of(0, 3, 1) }],
    ['row-out-of-range', { ...good, rowIdx: Int32Array.of(-1, 2, 1) }],
    ['rows-not-ascending', { ...good, rowIdx: Int32Array.of(2, 0, 1) }],
    ['duplicate-row', { ...good, rowIdx: Int32Array.of(2, 2, 1) }],
  ])('pattern: %s', (kind, pattern) => {
    expect(kindOf(() => checkPattern(pattern))).toBe(kind);
  });
  test.each([
    ['values-length', () => checkMatrix({ ...good, values: Float64Array.of(1, 2) })],
    ['not-finite', () => checkMatrix({ ...good, values: Float64Array.of(1, NaN, 3) })],
    ['not-square', () => checkLower(good)],
    ['not-lower', () => checkLower({ nrow: 2, ncol: 2, colPtr: Int32Array.of(0, 0, 1), rowIdx: Int32Array.of(0) })],
    ['not-a-permutation', () => permuteSymmetric(identity(3), Int32Array.of(0, 0, 1))],
    ['length-mismatch', () => tripletsToCsc({ nrow: 2, ncol: 2, rows: [0], cols: [0, 1], values: [1] })],
    ['row-out-of-range', () => tripletsToCsc({ nrow: 2, ncol: 2, rows: [2], cols: [0], values: [1] })],
    ['not-finite', () => tripletsToCsc({ nrow: 2, ncol: 2, rows: [1], cols: [0], values: [Infinity] })],
    ['dimension', () => multiply(identity(2), identity(3))],
    ['dimension', () => add(identity(2), identity(3))],
    ['length-mismatch', () => multiplyInto(identity(2), new Float64Array(1), new Float64Array(2))],
    ['length-mismatch', () => fromDense([1], 2, 2)],
    ['not-finite', () => fromDense([NaN], 1, 1)],
    ['row-out-of-range', () => column(identity(2), 2)],
    ['row-out-of-range', () => submatrix(identity(2), [0], [5])],
  ])('%s', (kind, run) => {
    expect(kindOf(run)).toBe(kind);
  });
});

describe('looking at matrices', () => {
  const A = fromDense([4, 1, 0, 0, 3.21987, 0, 0, 0, -2], 3, 3);

  test('printing', () => {
    expect(formatMatrix(A)).toBe('3 x 3 sparse matrix, 4 stored entries\n4    .  .\n1 3.22  .\n.    . -2');
    expect(formatMatrix(identity(100))).toBe('100 x 100 sparse matrix, 100 stored entries');
    expect([...column(A, 0).rows]).toEqual([0, 1]);
    expect([...entries(A)].at(-1)).toEqual([2, 2, -2]);
  });

  test('spy plots', () => {
    expect(spyText(A)).toBe('*..\n**.\n..*');
    expect(spyText(A, { symmetric: true })).toBe('**.\n**.\n..*');
    expect(spyText(identity(1000), { size: 4 })).toBe('*...\n.*..\n..*.\n...*');
    expect(spySvg(A)).toContain('<path d="M0 0h1v1h-1zM0 1h2v1h-2zM2 2h1v1h-1z"');
    expect(spySvg(A)).toContain('3 x 3 matrix with 4 stored entries');
  });
});
