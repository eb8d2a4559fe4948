import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  amdOrdering,
  analyze,
  type CscPattern,
  nestedDissectionOrdering,
  rcmOrdering,
  tripletsToCsc,
} from '../src/index.js';
import { gridLaplacian, randomSpd, uniform } from './oracle.js';

const orderings = [
  { name: 'amd', order: (A: CscPattern) => amdOrdering(A) },
  { name: 'amd, not aggressive', order: (A: CscPattern) => amdOrdering(A, { aggressive: false }) },
  { name: 'amd, dense rows last', order: (A: CscPattern) => amdOrdering(A, { dense: 0.1 }) },
  { name: 'nested dissection', order: (A: CscPattern) => nestedDissectionOrdering(A) },
  { name: 'nested dissection, small leaves', order: (A: CscPattern) => nestedDissectionOrdering(A, { leafSize: 3 }) },
  { name: 'reverse Cuthill-McKee', order: (A: CscPattern) => rcmOrdering(A) },
];

describe.each(orderings)('$name', ({ order }) => {
  test('is a permutation, the same every time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400 }),
        fc.double({ min: 0, max: 8, noNaN: true }),
        fc.nat(),
        (n, d, seed) => {
          const A = randomSpd(n, d, seed);
          const perm = order(A);
          expect([...perm].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
          expect(order(A)).toEqual(perm);
        },
      ),
    );
  });

  test('leaves an arrow without fill, wherever its head is', () => {
    const n = 60;
    const k = [...Array(n).keys()];
    const at = (head: number) =>
      tripletsToCsc({
        nrow: n,
        ncol: n,
        rows: [...k, ...k.map((i) => Math.max(i, head))],
        cols: [...k, ...k.map((i) => Math.min(i, head))],
        values: new Float64Array(2 * n).fill(1),
      });
    for (const head of [0, 31, n - 1])
      expect(analyze(at(head), { ordering: order(at(head)) }).nnz).toBeLessThanOrEqual(2 * n - 1);
  });
});

// Entries of L with CHOLMOD's minimum degree (R 4.2.2, Matrix 1.5-3).
test.each([
  { sides: [300, 300], cholmod: 2928059 },
  { sides: [30, 30, 30], cholmod: 5605774 },
])('minimum degree is as good as CHOLMOD on the grid $sides', ({ sides, cholmod }) => {
  expect(analyze(gridLaplacian(sides, 0), { ordering: 'amd' }).nnz).toBeLessThanOrEqual(1.05 * cholmod);
});

test.each([{ sides: [20, 20, 20] }, { sides: [30, 30, 30] }, { sides: [12, 40, 33] }])(
  'nested dissection needs fewer flops than minimum degree on the grid $sides',
  ({ sides }) => {
    const A = gridLaplacian(sides, 0);
    const [nd, amd] = (['nested-dissection', 'amd'] as const).map((ordering) => analyze(A, { ordering }).flops);
    expect(nd).toBeLessThan(amd);
  },
);

test('reverse Cuthill-McKee finds the bandwidth of a scrambled band matrix', () => {
  const n = 200;
  const random = uniform(3);
  const label = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [label[i], label[j]] = [label[j], label[i]];
  }
  const rows: number[] = [];
  const cols: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let d = 0; d <= 2 && i + d < n; d++) {
      rows.push(Math.max(label[i], label[i + d]));
      cols.push(Math.min(label[i], label[i + d]));
    }
  }
  const A = tripletsToCsc({ nrow: n, ncol: n, rows, cols, values: new Float64Array(rows.length).fill(1) });
  const permInv = new Int32Array(n);
  rcmOrdering(A).forEach((old, k) => {
    permInv[old] = k;
  });
  const bandwidth = Math.max(...rows.map((_, t) => Math.abs(permInv[rows[t]] - permInv[cols[t]])));
  expect(bandwidth).toBeLessThanOrEqual(3);
});

test('of several orderings the cheapest is taken', () => {
  const A = gridLaplacian([25, 25, 25], 0);
  const flops = (ordering: Parameters<typeof analyze>[1]) => analyze(A, ordering).flops;
  const several = flops({ ordering: ['natural', 'amd', 'nested-dissection', 'rcm'] });
  expect(several).toBe(flops({ ordering: 'nested-dissection' }));
  expect(() => analyze(A, { ordering: [] })).toThrow(/empty/);
});

test('minimum degree survives the largest stamps and garbage collections', () => {
  // A denser graph than the spare room of the quotient graph holds: lists must be compacted on the way.
  const A = randomSpd(900, 60, 8);
  const perm = amdOrdering(A, { aggressive: false });
  expect(new Set(perm).size).toBe(900);
});
