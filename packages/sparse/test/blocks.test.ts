import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagonalBlocks, inverseBlocksInto } from '../src/blocks/index.js';
import {
  analyze,
  createFactor,
  type CscMatrix,
  type FactorSize,
  factorize,
  factorToCsc,
  inverseDiagonalInto,
  inverseEntriesInto,
  logDeterminant,
  multiplySymmetricInto,
  solveInPlace,
  tripletsToCsc,
} from '../src/index.js';
import { denseInverse, denseSymmetric, gridLaplacian, randomSpd, relativeError, uniform } from './oracle.js';

interface Crossed {
  leaves: number;
  /** Columns of each leaf. */
  width: number;
  /** Levels of the other factor, and columns of each. */
  levels: number;
  columns: number;
  perLeaf: number;
  seed: number;
}

/** I + F F' for a sparse random F: leaves of `width` columns that meet `perLeaf` levels of another factor, popular and rare ones. */
function crossedMatrix({ leaves, width, levels, columns, perLeaf, seed }: Crossed): {
  A: CscMatrix;
  starts: Int32Array;
} {
  const random = uniform(seed);
  const first = leaves * width;
  const n = first + levels * columns;
  const dense = new Float64Array(n * n);
  for (let g = 0; g < leaves; g++) {
    for (let k = 0; k < perLeaf; k++) {
      // Squares favour the early levels; every level is met by some leaf.
      const level = k === 0 ? g % levels : Math.floor(random() ** 2 * levels);
      const at = [
        ...Array.from({ length: width }, (_, c) => g * width + c),
        ...Array.from({ length: columns }, (_, c) => first + level * columns + c),
      ];
      const f = at.map(() => random() * 2 - 1);
      for (let a = 0; a < at.length; a++) for (let b = 0; b < at.length; b++) dense[at[a] * n + at[b]] += f[a] * f[b];
    }
  }
  const rows: number[] = [];
  const cols: number[] = [];
  const values: number[] = [];
  const block = (i: number): number => (i < first ? Math.floor(i / width) : leaves + Math.floor((i - first) / columns));
  for (let c = 0; c < n; c++) {
    for (let r = c; r < n; r++) {
      if (dense[c * n + r] === 0 && block(r) !== block(c)) continue;
      rows.push(r);
      cols.push(c);
      values.push(dense[c * n + r] + (r === c ? 1 : 0));
    }
  }
  const starts = [0];
  for (let g = 1; g <= leaves; g++) starts.push(g * width);
  for (let l = 1; l <= levels; l++) starts.push(first + l * columns);
  return { A: tripletsToCsc({ nrow: n, ncol: n, rows, cols, values }), starts: Int32Array.from(starts) };
}

function checkBlocks(
  out: Float64Array,
  inverse: Float64Array,
  n: number,
  starts: Int32Array,
  offsets: Int32Array,
): void {
  const expected = new Float64Array(out.length);
  for (let b = 0; b + 1 < starts.length; b++) {
    const k = starts[b + 1] - starts[b];
    for (let c = 0; c < k; c++)
      for (let r = 0; r < k; r++) expected[offsets[b] + c * k + r] = inverse[(starts[b] + c) * n + starts[b] + r];
  }
  expect(relativeError(out, expected)).toBeLessThan(1e-12);
}

const designs: [string, Crossed][] = [
  ['one column each', { leaves: 150, width: 1, levels: 61, columns: 1, perLeaf: 9, seed: 1 }],
  ['two columns each', { leaves: 45, width: 2, levels: 35, columns: 2, perLeaf: 16, seed: 2 }],
  ['three columns below two', { leaves: 27, width: 3, levels: 27, columns: 2, perLeaf: 9, seed: 3 }],
  ['four columns below three', { leaves: 40, width: 4, levels: 19, columns: 3, perLeaf: 16, seed: 4 }],
  ['a root of several panels', { leaves: 160, width: 1, levels: 131, columns: 1, perLeaf: 30, seed: 5 }],
];

describe.each(['simd', 'javascript'] as const)('trees of two levels, %s', (kernels) => {
  test.each(designs)('%s: factor, solution, inverse and its blocks are those of dense elimination', (_, design) => {
    const { A, starts } = crossedMatrix(design);
    const n = A.ncol;
    let announced = 0;
    const inspect = ({ stored }: FactorSize): void => void (announced = stored);
    const symbolic = analyze(A, { ordering: 'natural', method: 'supernodal', inspect });
    // Where each row of a leaf has a strip for itself.
    const { structure } = symbolic;
    if (structure.method === 'supernodal') expect(structure.valuePtr.at(-1)).toBeLessThanOrEqual(announced);
    const factor = createFactor(symbolic, { kernels });
    const { inverse, logAbsDet } = denseInverse(denseSymmetric(A), n);
    const blocks = diagonalBlocks(symbolic, starts);
    expect(blocks.road).toBe('root');
    const out = new Float64Array(blocks.offsets[starts.length - 1]);
    const entries = new Float64Array(A.rowIdx.length);
    const diagonal = new Float64Array(n);
    // Twice, since the second time finds the memory grown and used.
    for (let round = 0; round < 2; round++) {
      expect(factorize(factor, A.values)).toBe(-1);
      expect(Math.abs(logDeterminant(factor) / logAbsDet - 1)).toBeLessThan(1e-12);
      inverseBlocksInto(factor, blocks, out);
      checkBlocks(out, inverse, n, starts, blocks.offsets);
      inverseEntriesInto(factor, entries);
      for (let j = 0; j < n; j++) {
        for (let p = A.colPtr[j]; p < A.colPtr[j + 1]; p++)
          expect(Math.abs(entries[p] - inverse[j * n + A.rowIdx[p]])).toBeLessThan(1e-12);
      }
      inverseDiagonalInto(factor, diagonal);
      for (let j = 0; j < n; j++) expect(Math.abs(diagonal[j] - inverse[j * n + j])).toBeLessThan(1e-12);
    }
    const x = Float64Array.from({ length: 3 * n }, (_, i) => Math.sin(i + 1));
    const b = new Float64Array(3 * n);
    for (let k = 0; k < 3; k++) multiplySymmetricInto(A, x.subarray(k * n, k * n + n), b.subarray(k * n, k * n + n));
    solveInPlace(factor, b, 3);
    expect(relativeError(b, x)).toBeLessThan(1e-11);
    const L = factorToCsc(factor);
    expect(L.rowIdx.length).toBe(symbolic.nnz);
  });

  test('any small design, with blocks of several leaves at the end of a leaf', () => {
    const design = fc.record({
      leaves: fc.integer({ min: 30, max: 60 }),
      width: fc.integer({ min: 1, max: 4 }),
      levels: fc.integer({ min: 33, max: 41 }),
      columns: fc.integer({ min: 1, max: 2 }),
      perLeaf: fc.integer({ min: 2, max: 20 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(design, (shape) => {
        const { A, starts } = crossedMatrix(shape);
        const factor = createFactor(analyze(A, { ordering: ['amd', 'natural'], method: 'supernodal' }), { kernels });
        expect(factorize(factor, A.values)).toBe(-1);
        const blocks = diagonalBlocks(factor.symbolic, starts);
        const out = new Float64Array(blocks.offsets[starts.length - 1]);
        inverseBlocksInto(factor, blocks, out);
        checkBlocks(out, denseInverse(denseSymmetric(A), A.ncol).inverse, A.ncol, starts, blocks.offsets);
      }),
      { numRuns: 25 },
    );
  });

  test('a pivot that fails in the root is named', () => {
    const { A } = crossedMatrix({ leaves: 80, width: 1, levels: 45, columns: 1, perLeaf: 6, seed: 9 });
    const values = A.values.slice();
    values[A.colPtr[100]] -= 50;
    const factor = createFactor(analyze(A, { ordering: 'natural', method: 'supernodal' }), { kernels });
    expect(factorize(factor, values)).toBe(100);
    expect(factor.failedPivot).toBeLessThan(0);
  });
});

describe('other trees', () => {
  test.each(['simplicial', 'supernodal'] as const)('by the selected inverse: %s', (method) => {
    const A = gridLaplacian([9, 8], 0.5);
    const factor = createFactor(analyze(A, { method }));
    factorize(factor, A.values);
    const singles = Int32Array.from({ length: 73 }, (_, j) => j);
    const blocks = diagonalBlocks(factor.symbolic, singles);
    expect(blocks.road).toBe('pattern');
    const out = new Float64Array(72);
    inverseBlocksInto(factor, blocks, out);
    const { inverse } = denseInverse(denseSymmetric(A), 72);
    checkBlocks(out, inverse, 72, singles, blocks.offsets);
    // 8 ends a row of the grid and 9 begins the next.
    const unknown = Int32Array.from({ length: 37 }, (_, b) => 2 * b);
    expect(() => diagonalBlocks(factor.symbolic, unknown)).toThrow('no entry (9, 8)');
  });

  test('mistakes are named', () => {
    const A = randomSpd(12, 3, 1);
    const symbolic = analyze(A);
    const factor = createFactor(symbolic);
    const blocks = diagonalBlocks(
      symbolic,
      Int32Array.from({ length: 13 }, (_, j) => j),
    );
    const out = new Float64Array(12);
    expect(() => inverseBlocksInto(factor, blocks, out)).toThrow(/factorize first/);
    factorize(factor, A.values);
    expect(() => inverseBlocksInto(factor, blocks, new Float64Array(11))).toThrow(/12 entries, got 11/);
    const other = createFactor(analyze(A));
    factorize(other, A.values);
    expect(() => inverseBlocksInto(other, blocks, out)).toThrow(/another analysis/);
    for (const starts of [[0, 5], [1, 12], [0, 7, 7, 12], []])
      expect(() => diagonalBlocks(symbolic, Int32Array.from(starts))).toThrow(/ascend from 0 to 12/);
  });
});
