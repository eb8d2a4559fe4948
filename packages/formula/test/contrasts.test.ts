import { describe, expect, test } from 'vitest';
import type { Contrast } from '../src/index.js';
import { buildModelFrame } from '../src/index.js';
import { expectClose } from './close.js';

const levels = ['p', 'q', 'r', 's'];
const table = {
  y: Float64Array.of(1, 2, 3, 4),
  f: levels,
  x: Float64Array.of(1, 2, 3, 4),
  l: [true, false, true, true],
};

/** Contrast matrix by columns, with the endings of the names. */
function coded(contrast: Contrast): { names: string[]; columns: number[][] } {
  const { fixed } = buildModelFrame('y ~ f', table, { contrasts: { f: contrast } });
  return { names: fixed.names.slice(1), columns: fixed.columns.slice(1).map((column) => Array.from(column)) };
}

describe('contrasts', () => {
  test('treatment: each level against the first, or the one asked for', () => {
    expect(coded('treatment')).toEqual({
      names: ['fq', 'fr', 'fs'],
      columns: [
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
      ],
    });
    expect(coded({ type: 'treatment', base: 'r' }).names).toEqual(['fp', 'fq', 'fs']);
    expect(coded('SAS').names).toEqual(['fp', 'fq', 'fr']);
  });

  test('sum', () => {
    expect(coded('sum')).toEqual({
      names: ['f1', 'f2', 'f3'],
      columns: [
        [1, 0, 0, -1],
        [0, 1, 0, -1],
        [0, 0, 1, -1],
      ],
    });
    expect(coded('contr.sum')).toEqual(coded('sum'));
  });

  test('helmert', () => {
    expect(coded('helmert')).toEqual({
      names: ['f1', 'f2', 'f3'],
      columns: [
        [-1, 1, 0, 0],
        [-1, -1, 2, 0],
        [-1, -1, -1, 3],
      ],
    });
  });

  test('successive differences: coefficients are the steps between neighbouring means', () => {
    const { names, columns } = coded('sdif');
    expect(names).toEqual(['fq-p', 'fr-q', 'fs-r']);
    // Level k's value is the sum of the contrasts with coefficients equal to the steps; steps must come back.
    const steps = [2, -3, 5];
    const means = levels.map((_, k) => columns.reduce((sum, column, j) => sum + steps[j]! * column[k]!, 0));
    expectClose(
      means.slice(1).map((m, k) => m - means[k]!),
      steps,
      1e-14,
    );
    expect(means.reduce((a, b) => a + b)).toBeCloseTo(0, 13);
  });

  test('polynomials are orthonormal and rise at the last level', () => {
    const many = Array.from({ length: 25 }, (_, k) => `l${String(k).padStart(2, '0')}`);
    const { fixed } = buildModelFrame('~ f', { f: many }, { ordered: ['f'] });
    expect(fixed.names.slice(1, 6)).toEqual(['f.L', 'f.Q', 'f.C', 'f^4', 'f^5']);
    const columns = fixed.columns.slice(1);
    columns.forEach((a, i) => {
      columns.forEach((b, j) => {
        const dot = a.reduce((sum, v, k) => sum + v * b[k]!, 0);
        expect(Math.abs(dot - Number(i === j))).toBeLessThan(1e-14);
      });
      expect(a.reduce((x, y) => x + y, 0)).toBeCloseTo(0, 13);
      expect(a.at(-1)!).toBeGreaterThan(0);
    });
  });

  test('of many levels agree with exact arithmetic', () => {
    // Gram polynomials over -(n-1), -(n-3), ..., n-1: p_{k+1} = x p_k - k^2 (n^2 - k^2) / (4 k^2 - 1) p_{k-1}, in integers.
    const n = 60;
    const x = Array.from({ length: n }, (_, i) => BigInt(2 * i - (n - 1)));
    let [before, current, denominator] = [x.map(() => 0n), x.map(() => 1n), 1n];
    const { fixed } = buildModelFrame('~ f', { f: x }, { ordered: ['f'] });
    for (let k = 0; k < 40; k++) {
      const [K, N] = [BigInt(k), BigInt(n)];
      const [b, d] = k === 0 ? [0n, 1n] : [K * K * (N * N - K * K), 4n * K * K - 1n];
      // Both stand over the same denominator, which grows by d.
      [before, current] = [current.map((v) => v * d), x.map((v, i) => v * current[i]! * d - b * before[i]!)];
      denominator *= d;
      const largest = current.reduce((m, v) => (v > m ? v : -v > m ? -v : m), 0n);
      const scaled = current.map((v) => Number((v * 10n ** 20n) / largest));
      const length = Math.hypot(...scaled);
      expectClose(
        fixed.columns[k + 1]!,
        scaled.map((v) => v / length),
        1e-14,
      );
    }
    expect(denominator).toBeGreaterThan(1n);
  });

  test('a matrix, with names and rows in its own order', () => {
    const matrix = [
      [4, 1],
      [3, 1],
      [2, 0],
      [1, 0],
    ];
    expect(coded({ matrix })).toEqual({
      names: ['f1', 'f2'],
      columns: [
        [4, 3, 2, 1],
        [1, 1, 0, 0],
      ],
    });
    const named = coded({ matrix, names: ['.a', '.b'], levels: ['s', 'r', 'q', 'p'] });
    expect(named).toEqual({
      names: ['f.a', 'f.b'],
      columns: [
        [1, 2, 3, 4],
        [0, 0, 1, 1],
      ],
    });
  });

  test('a matrix for all levels serves when some have no rows', () => {
    const contrasts = { f: { matrix: [[1], [2], [3], [4]] } };
    const frame = buildModelFrame('y ~ f', table, {
      contrasts,
      subset: 'f != "q"',
      categories: { f: ['p', 'q', 'r', 's'] },
    });
    expect(Array.from(frame.fixed.columns[1]!)).toEqual([1, 3, 4]);
  });

  test('of truth values and of expressions, by the name of the variable', () => {
    expect(buildModelFrame('y ~ l', table, { contrasts: { l: 'sum' } }).fixed.names).toEqual(['(Intercept)', 'l1']);
    expect(buildModelFrame('y ~ factor(x)', table, { contrasts: { 'factor(x)': 'sum' } }).fixed.names[3]).toBe(
      'factor(x)3',
    );
    expect(
      buildModelFrame('y ~ `f 2`', { y: [1, 2], 'f 2': ['a', 'b'] }, { contrasts: { 'f 2': 'sum' } }).fixed.names,
    ).toEqual(['(Intercept)', '`f 2`1']);
  });

  test.each<[string, Record<string, Contrast>, string]>([
    ['an unknown name', { f: 'trreatment' as 'treatment' }, 'There is no contrast'],
    ['a reference level that does not occur', { f: { type: 'treatment', base: 'z' } }, 'reference level "z"'],
    ['a matrix of the wrong height', { f: { matrix: [[1], [2]] } }, '2 rows'],
    ['a ragged matrix', { f: { matrix: [[1], [2], [3, 4], [5]] } }, 'rectangular'],
    ['a matrix with holes', { f: { matrix: [[1], [2], [Number.NaN], [5]] } }, 'finite'],
    [
      'a matrix without a row for a level',
      { f: { matrix: [[1], [2], [3], [4]], levels: ['p', 'q', 'r', 'z'] } },
      'no row for the level "s"',
    ],
    ['a column that does not exist', { g: 'sum' }, 'does not exist'],
    ['a number', { x: 'sum' }, 'no factor'],
  ])('%s is refused', (_, contrasts, message) => {
    expect(() => buildModelFrame('y ~ f + x', table, { contrasts })).toThrow(message);
  });
});
