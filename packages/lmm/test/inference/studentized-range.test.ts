import { describe, expect, it } from 'vitest';
import { tTwoSided } from '../../src/inference/distributions/distributions.js';
import {
  studentizedRangeUpper,
  studentizedRangeUpperQuantile,
} from '../../src/inference/distributions/studentized-range.js';
import { expectNear } from './near.js';
import { readOwn } from './own-models.js';

describe('the studentised range', () => {
  it('agrees with adaptive quadrature of its definition', () => {
    for (const row of readOwn<{ q: number; k: number; df: number | 'Infinity'; value: number }[]>(
      'studentized-range',
    )) {
      const { q, k, df, value } = row;
      expectNear(studentizedRangeUpper(q, k, Number(df)), value, 1e-8, 1e-10, `q ${q} k ${k} df ${df}`);
    }
  });

  it('is a t test for two means, far into the tail', () => {
    for (const df of [1, 2, 4.5, 20, 500, 1e5, Infinity]) {
      for (const q of [0.01, 1, 4, 15, 50])
        expectNear(studentizedRangeUpper(q, 2, df), tTwoSided(q / Math.SQRT2, df), 1e-11, 0, `q ${q} df ${df}`);
    }
  });

  it('has quantiles that give back their probabilities', () => {
    for (const p of [0.999, 0.2, 0.05, 1e-4, 1e-12])
      expectNear(studentizedRangeUpper(studentizedRangeUpperQuantile(p, 4, 11.5), 4, 11.5), p, 1e-9);
    expect(studentizedRangeUpperQuantile(0, 3, 4)).toBe(Infinity);
    expect(studentizedRangeUpper(0, 3, 4)).toBe(1);
    expect(studentizedRangeUpper(NaN, 3, 4)).toBeNaN();
  });
});
