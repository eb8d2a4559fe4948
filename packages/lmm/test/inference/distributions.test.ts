import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  chiSquaredUpper,
  chiSquaredUpperQuantile,
  fUpper,
  fUpperQuantile,
  normalUpper,
  normalUpperQuantile,
  tTwoSided,
  tUpper,
  tUpperQuantile,
} from '../../src/inference/distributions/distributions.js';
import { studentizedRangeUpper } from '../../src/inference/distributions/studentized-range.js';
import { logIncompleteBeta } from '../../src/inference/distributions/incomplete-beta.js';
import { expectNear } from './near.js';
import { readOwn } from './own-models.js';

const functions = new Map<string, (...x: number[]) => number>(
  Object.entries({
    normalUpper,
    normalUpperQuantile,
    tUpper,
    tUpperQuantile,
    chiSquaredUpper,
    chiSquaredUpperQuantile,
    fUpper,
    fUpperQuantile,
    studentizedRangeUpper,
  }),
);

interface Row {
  f: string;
  args: number[];
  value: number;
}

describe('distribution functions', () => {
  it("agree with R's to 1e-12 relative, in both tails, down to 1e-300", () => {
    for (const { f, args, value } of readOwn<Row[]>('distributions')) {
      const actual = functions.get(f)!(...args);
      // A relative error of the exponent, 690 at 1e-300, is an error of the value.
      // R's own quantiles are good to ten digits in places; the inversion below is sharper.
      const tail = 2e-13 * Math.max(5, -Math.log(value) / 100);
      const tolerance = f.endsWith('Quantile') ? 1e-10 : tail;
      expectNear(actual, value, tolerance, 0, `${f}(${args.join(', ')})`);
    }
  });

  it('agree with arithmetic of 60 digits to 1e-12 relative, tails and quantiles, from one half to 1e-300', () => {
    const rows = readOwn<{ f: string; args: (number | string)[]; value: string }[]>('distributions-exact');
    expect(rows.length).toBeGreaterThan(800);
    for (const { f, args, value } of rows) {
      const actual = functions.get(f)!(...args.map(Number));
      expectNear(actual, Number(value), 1e-12, 0, `${f}(${args.join(', ')})`);
    }
  });

  it('know closed forms of the t distribution: df = 1 and df = 2', () => {
    for (const t of [1e-6, 0.3, 1, 20, 1e8, 1e150]) {
      expectNear(tUpper(t, 1), Math.atan(1 / t) / Math.PI, 1e-14);
      const root = Math.sqrt(2 + t * t);
      expectNear(tUpper(t, 2), 1 / (root * (root + t)), 1e-13);
    }
  });

  it('know the exponential tails: chi-squared with 2 df, F with 2 and d', () => {
    for (const x of [1e-9, 1, 50, 1400]) expectNear(chiSquaredUpper(x, 2), Math.exp(-x / 2), 2e-13);
    for (const d of [3, 40, 1e6, 1e9]) {
      for (const f of [1e-3, 1, 7, 300])
        expectNear(fUpper(f, 2, d), Math.exp((-d / 2) * Math.log1p((2 * f) / d)), 1e-12);
    }
  });

  it('go over into the normal and chi-squared as degrees of freedom grow', () => {
    // P(T > t) = Q(t) + phi(t) (t^3 + t) / (4 df) + O(df^-2) (Abramowitz and Stegun 26.7.5)
    for (const t of [0.1, 2, 5]) {
      const density = Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
      const expected = normalUpper(t) + (density * (t ** 3 + t)) / (4 * 1e8);
      expectNear(tUpper(t, 1e8), expected, 1e-11);
      expect(tUpper(t, Infinity)).toBe(normalUpper(t));
    }
  });

  it('invert: quantiles give back their probabilities', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-100, max: 1 - 1e-12, noNaN: true }),
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        (p, d1, d2) => {
          expectNear(tUpper(tUpperQuantile(p, d1), d1), p, 1e-10);
          expectNear(chiSquaredUpper(chiSquaredUpperQuantile(p, d1), d1), p, 1e-9);
          expectNear(fUpper(fUpperQuantile(p, d1, d2), d1, d2), p, 1e-9);
        },
      ),
      { numRuns: 200, seed: 4 },
    );
  });

  it('give tails of the incomplete beta function that add to one, and swap', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 1e5, noNaN: true }),
        fc.double({ min: 0.05, max: 1e5, noNaN: true }),
        fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
        (a, b, x) => {
          const tails = logIncompleteBeta(a, b, x, 1 - x);
          const swapped = logIncompleteBeta(b, a, 1 - x, x);
          expectNear(Math.exp(tails.lower) + Math.exp(tails.upper), 1, 1e-14);
          expectNear(swapped.upper, tails.lower, 1e-9, 1e-12);
        },
      ),
      { numRuns: 300, seed: 5 },
    );
  });

  it('say NaN to NaN and nothing else', () => {
    expect(tTwoSided(NaN, 3)).toBeNaN();
    expect(fUpper(NaN, 3, 4)).toBeNaN();
    expect(fUpper(0, 3, 4)).toBe(1);
    expect(fUpper(Infinity, 3, 4)).toBe(0);
    expect(tUpper(Infinity, 3)).toBe(0);
    expect(tUpper(-Infinity, 3)).toBe(1);
    expect(chiSquaredUpper(0, 0)).toBe(1);
    expect(tUpperQuantile(0.5, 3)).toBe(0);
    expect(tUpperQuantile(0, 3)).toBe(Infinity);
  });
});
