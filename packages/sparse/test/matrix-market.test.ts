import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  analyze,
  checkLower,
  conditionEstimate,
  createFactor,
  factorize,
  formatMatrixMarket,
  inverseDiagonalInto,
  logDeterminant,
  parseMatrixMarket,
  solveInPlace,
  transpose,
} from '../src/index.js';
import { randomSpd, relativeError } from './oracle.js';

const folder = new URL('matrix-market/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
const reference: Record<
  string,
  { n: number; nnzAMD: number; logdet: number; condition1: number; solution: number[]; inverseDiagonal: number[] }
> = JSON.parse(read('reference.json'));
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.mtx') ? [file.slice(0, -4)] : []));

describe.each(names)('%s: the numbers of CHOLMOD', (name) => {
  const { matrix, symmetry } = parseMatrixMarket(read(`${name}.mtx`));
  const expected = reference[name];

  test('is the lower triangle of a symmetric matrix, ordered as well as CHOLMOD does', () => {
    expect(symmetry).toBe('symmetric');
    checkLower(matrix);
    expect(matrix.ncol).toBe(expected.n);
    expect(analyze(matrix).nnz).toBeLessThanOrEqual(1.05 * expected.nnzAMD);
  });

  test.each([
    ['simplicial', 'LL', 'amd'],
    ['supernodal', 'LL', 'nested-dissection'],
    ['simplicial', 'LDL', 'rcm'],
  ] as const)('%s, %s, %s', (method, form, ordering) => {
    const factor = createFactor(analyze(matrix, { method, ordering }), { form });
    expect(factorize(factor, matrix.values)).toBe(-1);
    expect(Math.abs(logDeterminant(factor) - expected.logdet)).toBeLessThan(
      1e-10 * Math.max(1, Math.abs(expected.logdet)),
    );
    const x = Float64Array.from({ length: expected.n }, (_, i) => Math.sin(i + 1));
    solveInPlace(factor, x);
    const tolerance = 1e-15 * Math.max(100, expected.condition1);
    const size = Math.max(...expected.solution.map(Math.abs));
    expect(Math.max(...x.map((v, i) => Math.abs(v - expected.solution[i])))).toBeLessThan(tolerance * size);
    const diagonal = new Float64Array(expected.n);
    inverseDiagonalInto(factor, diagonal);
    expect(relativeError(diagonal, expected.inverseDiagonal)).toBeLessThan(10 * tolerance);
    const estimate = conditionEstimate(factor, matrix);
    expect(estimate).toBeLessThanOrEqual(expected.condition1 * (1 + 1e-6));
    expect(estimate).toBeGreaterThan(expected.condition1 / 3);
  });
});

describe('reading and writing', () => {
  test('what is written is read back exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.nat(), (n, seed) => {
        const A = randomSpd(n, 4, seed);
        expect(parseMatrixMarket(formatMatrixMarket(A, 'symmetric'))).toEqual({ matrix: A, symmetry: 'symmetric' });
        expect(parseMatrixMarket(formatMatrixMarket(transpose(A))).matrix).toEqual(transpose(A));
      }),
    );
  });

  test('arrays, patterns, comments, blank lines, duplicates', () => {
    const array = parseMatrixMarket('%%MatrixMarket matrix array real general\n% c\n\n2 2\n1\n0\n2\n3\n').matrix;
    expect([...array.values]).toEqual([1, 0, 2, 3]);
    const half = parseMatrixMarket('%%MatrixMarket matrix array real symmetric\n2 2\n1\n5\n3\n').matrix;
    expect([...half.rowIdx]).toEqual([0, 1, 1]);
    const pattern = parseMatrixMarket(
      '%%matrixmarket MATRIX coordinate pattern general\r\n2 3 2\r\n1 3\r\n2 1\r\n',
    ).matrix;
    expect(pattern).toMatchObject({ nrow: 2, ncol: 3 });
    expect([...pattern.values]).toEqual([1, 1]);
    const twice = parseMatrixMarket('%%MatrixMarket matrix coordinate integer general\n1 1 2\n1 1 2\n1 1 3\n').matrix;
    expect([...twice.values]).toEqual([5]);
  });

  test.each([
    ['', /line 1: expected/],
    ['%%MatrixMarket matrix coordinate complex general\n1 1 0', /'complex' is not supported/],
    ['%%MatrixMarket matrix coordinate real hermitian\n1 1 0', /'hermitian'/],
    ['%%MatrixMarket matrix blocks real general\n1 1 0', /unknown format/],
    ['%%MatrixMarket matrix coordinate real general\n2 2', /line 2: expected 3 sizes/],
    ['%%MatrixMarket matrix coordinate real symmetric\n2 3 0', /must be square/],
    ['%%MatrixMarket matrix coordinate real general\n2 2 1\n3 1 1', /line 3: entry \(3, 1\)/],
    ['%%MatrixMarket matrix coordinate real general\n2 2 1\n1 1 abc', /line 3: the value/],
    ['%%MatrixMarket matrix coordinate real general\n2 2 1\n1 1', /too few numbers/],
    ['%%MatrixMarket matrix coordinate real general\n2 2 2\n1 1 1', /2 entries announced, 1 found/],
    ['%%MatrixMarket matrix coordinate real general\n2 2 1\n1 1 1\n2 2 1', /more entries/],
    ['%%MatrixMarket matrix coordinate real symmetric\n2 2 1\n1 2 1', /above the diagonal/],
    ['%%MatrixMarket matrix array real general\n2 2\n1\n2\n3', /too few entries/],
  ])('%j is refused, with the line', (text, message) => {
    expect(() => parseMatrixMarket(text)).toThrow(message);
  });

  test('an entry above the diagonal cannot be written as symmetric', () => {
    expect(() => formatMatrixMarket(transpose(randomSpd(9, 4, 1)), 'symmetric')).toThrow(/above the diagonal/);
  });
});
