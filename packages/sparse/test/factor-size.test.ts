import { expect, test } from 'vitest';
import { analyze, createFactor, factorize, factorToCsc, type FactorSize, SparseError } from '../src/index.js';
import { gridLaplacian } from './oracle.js';

const grid = gridLaplacian([23, 17], 0.1);

test.each(['simplicial', 'supernodal'] as const)('%s: the size told beforehand is that of the factor', (method) => {
  const told: FactorSize[] = [];
  const symbolic = analyze(grid, { method, inspect: (size) => void told.push(size) });
  const [size] = told;
  expect(told).toHaveLength(1);
  expect(size).toMatchObject({ nnz: symbolic.nnz, flops: symbolic.flops, method });
  expect(size.perm).toEqual(symbolic.perm);
  expect(size.colCounts).toEqual(symbolic.colCounts);
  const factor = createFactor(symbolic);
  expect(factorize(factor, grid.values)).toBe(-1);
  const { structure } = symbolic;
  expect(factorToCsc(factor).values.length).toBe(size.nnz);
  expect(size.stored).toBe(structure.method === 'supernodal' ? structure.valuePtr.at(-1) : size.nnz);
  expect(size.stored).toBeGreaterThanOrEqual(size.nnz);
  expect(size.bytes).toBe((method === 'supernodal' ? 24 : 20) * size.stored);
});

test('what inspect throws goes through, before the layout is made', () => {
  const refuse = () => {
    throw new RangeError('too much');
  };
  expect(() => analyze(grid, { inspect: refuse })).toThrow('too much');
});

/** A star: the hub first makes everything dense, 70 000 (70 001) / 2 entries. */
test('an L that no array can count is told, then refused', () => {
  const n = 70_000;
  const star = {
    nrow: n,
    ncol: n,
    colPtr: Int32Array.from({ length: n + 1 }, (_, j) => (j === 0 ? 0 : n + j - 1)),
    rowIdx: Int32Array.from({ length: 2 * n - 1 }, (_, k) => (k < n ? k : k - n + 1)),
  };
  const told: FactorSize[] = [];
  const run = () => analyze(star, { ordering: 'natural', inspect: (size) => void told.push(size) });
  expect(run).toThrow(SparseError);
  expect(run).toThrow(`${(n * (n + 1)) / 2} entries`);
  expect(told[0].nnz).toBe((n * (n + 1)) / 2);
});
