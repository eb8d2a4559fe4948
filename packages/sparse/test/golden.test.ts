import { readGolden, readTable, sparseCaseIds } from '@blup/golden';
import { describe, expect, test } from 'vitest';
import {
  analyze,
  createFactor,
  crossProductLower,
  type CscMatrix,
  factorize,
  factorToCsc,
  inverseEntriesInto,
  logDeterminant,
  solveInPlace,
  tripletsToCsc,
} from '../src/index.js';
import { relativeError } from './oracle.js';

interface SparseCase {
  n: number;
  lower: { i: number[]; j: number[]; x: number[] };
  etree: number[];
  colCounts: number[];
  nnzNatural: number;
  nnzAMD: number;
  permAMD: number[];
  logdet: number;
  conditionNumber: number;
  b: number[];
  solution: number[];
  inverseDiagonal: number[];
  Lnatural: { i: number[]; p: number[]; x: number[] } | null;
}

describe.each(sparseCaseIds())('sparse-cases/%s', (id) => {
  const c = readGolden<SparseCase>(`sparse-cases/${id}.json`);
  const A = tripletsToCsc({ nrow: c.n, ncol: c.n, rows: c.lower.i, cols: c.lower.j, values: c.lower.x });

  test('natural order: tree, counts and L as recorded', () => {
    const symbolic = analyze(A, { ordering: 'natural' });
    expect([...symbolic.parent]).toEqual(c.etree);
    expect([...symbolic.colCounts]).toEqual(c.colCounts);
    expect(symbolic.nnz).toBe(c.nnzNatural);
    const factor = createFactor(symbolic);
    expect(factorize(factor, A.values)).toBe(-1);
    const L = factorToCsc(factor);
    if (c.Lnatural === null) return;
    expect([...L.colPtr]).toEqual(c.Lnatural.p);
    expect([...L.rowIdx]).toEqual(c.Lnatural.i);
    expect(relativeError(L.values, c.Lnatural.x)).toBeLessThan(1e-12);
  });

  test('the recorded permutation gives the recorded number of nonzeros', () => {
    expect(analyze(A, { ordering: Int32Array.from(c.permAMD) }).nnz).toBe(c.nnzAMD);
  });

  test('minimum degree is within 5 % of the recorded fill', () => {
    expect(analyze(A).nnz).toBeLessThanOrEqual(1.05 * c.nnzAMD);
  });

  test.each([
    ['amd', 'simplicial', 'auto'],
    ['natural', 'simplicial', 'auto'],
    ['amd', 'supernodal', 'simd'],
    ['natural', 'supernodal', 'simd'],
    ['amd', 'supernodal', 'javascript'],
  ] as const)('%s, %s, %s: log-determinant, solution, diagonal of the inverse', (ordering, method, kernels) => {
    const factor = createFactor(analyze(A, { ordering, method }), { kernels });
    expect(factorize(factor, A.values)).toBe(-1);
    expect(Math.abs(logDeterminant(factor) - c.logdet)).toBeLessThan(1e-10 * Math.max(1, Math.abs(c.logdet)));
    const x = Float64Array.from(c.b);
    solveInPlace(factor, x);
    const scale = Math.max(...c.solution.map(Math.abs));
    const tolerance = 1e-15 * Math.max(10, c.conditionNumber);
    expect(Math.max(...c.solution.map((v, i) => Math.abs(v - x[i])))).toBeLessThan(tolerance * scale);
    const out = new Float64Array(A.rowIdx.length);
    inverseEntriesInto(factor, out);
    for (let j = 0; j < c.n; j++) {
      const diagonal = out[A.colPtr[j]];
      expect(Math.abs(diagonal / c.inverseDiagonal[j] - 1)).toBeLessThan(1e-9);
    }
  });
});

describe("factors of Lambda'Z'Z Lambda + I at given theta", () => {
  interface Block {
    nnz: number;
    perm: number[];
    logdetL2: number;
    L: { i: number[]; p: number[]; x: number[] };
  }
  const seed =
    readGolden<
      Record<
        'penicillin' | 'penicillinReversedNatural' | 'penicillinReversedPermuted' | 'pastes' | 'pastesNatural',
        Block
      >
    >('theory/seed-cholesky.json');

  /** Lambda'Z'Z Lambda of indicator factors, each scaled by its theta. */
  function scaledCrossProduct(table: string, factors: string[], theta: number[]): CscMatrix {
    const { columns, categories } = readTable(table);
    const rows: number[] = [];
    const cols: number[] = [];
    const values: number[] = [];
    let offset = 0;
    factors.forEach((name, f) => {
      const levels = categories[name];
      columns[name].forEach((value, row) => {
        rows.push(offset + levels.indexOf(String(value)));
        cols.push(row);
        values.push(theta[f]);
      });
      offset += levels.length;
    });
    return crossProductLower(tripletsToCsc({ nrow: offset, ncol: columns[factors[0]].length, rows, cols, values }));
  }

  const penicillin = scaledCrossProduct('Penicillin', ['plate', 'sample'], [1.2, 2.1]);
  const reversed = scaledCrossProduct('Penicillin', ['sample', 'plate'], [2.1, 1.2]);
  const pastes = scaledCrossProduct('Pastes', ['sample', 'batch'], [0.4, 0.5]);

  test.each([
    ['Penicillin, plate then sample', penicillin, seed.penicillin],
    ['Penicillin reversed, natural', reversed, seed.penicillinReversedNatural],
    ['Penicillin reversed, permuted', reversed, seed.penicillinReversedPermuted],
    ['Pastes', pastes, seed.pastes],
    ['Pastes, natural', pastes, seed.pastesNatural],
  ])('%s: L entry by entry with the recorded permutation', (_, A, block) => {
    const factor = createFactor(analyze(A, { ordering: Int32Array.from(block.perm) }));
    expect(factorize(factor, A.values, 1)).toBe(-1);
    const L = factorToCsc(factor);
    expect(factor.symbolic.nnz).toBe(block.nnz);
    expect([...L.colPtr]).toEqual(block.L.p);
    expect([...L.rowIdx]).toEqual(block.L.i);
    expect(relativeError(L.values, block.L.x)).toBeLessThan(1e-12);
    expect(Math.abs(logDeterminant(factor) - block.logdetL2)).toBeLessThan(1e-10);
  });

  test('minimum degree: 189 nonzeros, at most 204 reversed, no fill for Pastes', () => {
    expect(analyze(penicillin).nnz).toBe(189);
    expect(analyze(reversed, { ordering: 'natural' }).nnz).toBe(450);
    expect(analyze(reversed).nnz).toBeLessThanOrEqual(204);
    expect(analyze(pastes).nnz).toBe(pastes.rowIdx.length);
  });
});
