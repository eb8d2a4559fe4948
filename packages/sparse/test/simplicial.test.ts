import { readGolden, sparseCaseIds } from '@blup/golden';
import { describe, expect, test } from 'vitest';
import * as full from '../src/index.js';
import * as small from '../src/simplicial/index.js';
import { gridLaplacian, relativeError, uniform } from './oracle.js';

interface SparseCase {
  n: number;
  lower: { i: number[]; j: number[]; x: number[] };
  nnzAMD: number;
  permAMD: number[];
  logdet: number;
  conditionNumber: number;
  b: number[];
  solution: number[];
  inverseDiagonal: number[];
}

const orderingsOf = (c: SparseCase) => ['amd', 'natural', Int32Array.from(c.permAMD)] as const;

describe.each(sparseCaseIds())('sparse-cases/%s through the simplicial entry', (id) => {
  const c = readGolden<SparseCase>(`sparse-cases/${id}.json`);
  const A = small.tripletsToCsc({ nrow: c.n, ncol: c.n, rows: c.lower.i, cols: c.lower.j, values: c.lower.x });

  test('recorded log-determinant, solution, diagonal of the inverse and fill', () => {
    expect(small.analyze(A, { ordering: Int32Array.from(c.permAMD) }).nnz).toBe(c.nnzAMD);
    for (const ordering of orderingsOf(c)) {
      const factor = small.createFactor(small.analyze(A, { ordering }));
      expect(small.factorize(factor, A.values)).toBe(-1);
      expect(factor.kernels).toBe('none');
      expect(Math.abs(small.logDeterminant(factor) - c.logdet)).toBeLessThan(1e-10 * Math.max(1, Math.abs(c.logdet)));
      const x = Float64Array.from(c.b);
      small.solveInPlace(factor, x);
      expect(relativeError(x, c.solution)).toBeLessThan(1e-15 * Math.max(10, c.conditionNumber));
      const diagonal = new Float64Array(c.n);
      small.inverseDiagonalInto(factor, diagonal);
      for (let j = 0; j < c.n; j++) expect(Math.abs(diagonal[j] / c.inverseDiagonal[j] - 1)).toBeLessThan(1e-9);
    }
  });

  test('the bits of the full entry, shift and refactorisation included', () => {
    for (const ordering of orderingsOf(c)) {
      const factor = small.createFactor(small.analyze(A, { ordering }));
      const other = full.createFactor(full.analyze(A, { ordering, method: 'simplicial' }));
      for (const beta of [0.25, 0]) {
        expect(small.factorize(factor, A.values, beta)).toBe(full.factorize(other, A.values, beta));
        expect(small.factorToCsc(factor)).toEqual(full.factorToCsc(other));
        expect(small.factorDiagonal(factor)).toEqual(full.factorDiagonal(other));
        expect(small.logDeterminant(factor)).toBe(full.logDeterminant(other));
        const [z, w] = [new Float64Array(A.values.length), new Float64Array(A.values.length)];
        small.inverseEntriesInto(factor, z);
        full.inverseEntriesInto(other, w);
        expect(z).toEqual(w);
      }
    }
  });
});

describe('analyses and factors cross between the entries', () => {
  const A = gridLaplacian([13, 12, 11], 0.1);
  const random = uniform(5);
  const b = Float64Array.from({ length: A.ncol }, () => random() - 0.5);
  const solution = (factor: small.CholeskyFactor): Float64Array => {
    expect(full.factorize(factor, A.values, 0.5)).toBe(-1);
    const x = b.slice();
    small.solveInPlace(factor, x);
    return x;
  };
  const byColumns = full.createFactor(full.analyze(A, { method: 'simplicial' }));

  test('an analysis by panels gives the factor by columns', () => {
    const symbolic = full.analyze(A);
    expect(symbolic.method).toBe('supernodal');
    const factor = small.createFactor(symbolic);
    expect(solution(factor)).toEqual(solution(byColumns));
    expect(small.factorToCsc(factor)).toEqual(full.factorToCsc(byColumns));
  });

  test('a factor by panels answers the small functions, one by columns the full ones', () => {
    const factor = full.createFactor(full.analyze(A));
    expect(relativeError(solution(factor), solution(byColumns))).toBeLessThan(1e-12);
    expect(Math.abs(small.logDeterminant(factor) - full.logDeterminant(byColumns))).toBeLessThan(1e-9);
    const other = small.createFactor(small.analyze(A));
    const x = solution(other);
    let product = 0;
    for (let i = 0; i < b.length; i++) product += b[i] * x[i];
    expect(Math.abs(full.quadraticForm(other, b) / product - 1)).toBeLessThan(1e-12);
    const L = full.createFactor(small.analyze(A), { form: 'LDL' });
    expect(relativeError(solution(L), x)).toBeLessThan(1e-12);
  });
});

describe('mistakes and failures', () => {
  const A = gridLaplacian([4, 4], 0);

  test('orderings and permutations that are none', () => {
    const kindOf = (run: () => unknown): string => {
      try {
        run();
      } catch (error) {
        if (error instanceof small.SparseError) return error.kind;
      }
      return 'none';
    };
    expect(kindOf(() => small.analyze(A, { ordering: 'rcm' as 'amd' }))).toBe('bad-option');
    expect(kindOf(() => small.analyze(A, { ordering: [] }))).toBe('bad-option');
    expect(kindOf(() => small.analyze(A, { ordering: new Int32Array(16) }))).toBe('not-a-permutation');
    expect(kindOf(() => small.analyze(A, { ordering: new Int32Array(3) }))).toBe('not-a-permutation');
    expect(kindOf(() => small.factorize(small.createFactor(small.analyze(A)), new Float64Array(3)))).toBe(
      'values-length',
    );
    expect(kindOf(() => small.logDeterminant(small.createFactor(small.analyze(A))))).toBe('not-factorized');
  });

  test('not positive definite: column and pivot, then a success on the same factor', () => {
    const factor = small.createFactor(small.analyze(A, { ordering: 'natural' }));
    expect(small.factorize(factor, A.values, -100)).toBe(0);
    expect(factor.failedPivot).toBe(A.values[0] - 100);
    expect(factor.status).toBe('not-positive-definite');
    expect(small.factorize(factor, A.values, 1)).toBe(-1);
    expect(factor.failedPivot).toBeNaN();
  });

  test('the cheapest of several orderings is taken', () => {
    const grid = gridLaplacian([20, 20], 0);
    const flops = (ordering: 'amd' | 'natural') => small.analyze(grid, { ordering }).flops;
    expect(flops('amd')).toBeLessThan(flops('natural'));
    expect(small.analyze(grid, { ordering: ['natural', 'amd'] }).flops).toBe(flops('amd'));
  });
});
