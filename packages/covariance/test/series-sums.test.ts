import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ar1Levels, type SeriesPoints } from '../src/index.js';
import { constrainLevels } from '../src/levels/constrain-levels.js';
import { lagEstimate } from '../src/levels/lag-products.js';

/** Series by their gaps; the first point of each has none. */
function pointsOf(series: readonly number[][]): SeriesPoints {
  const times: number[] = [];
  const starts = [0];
  for (const gaps of series) {
    let t = 5;
    for (const gap of [0, ...gaps]) times.push((t += gap));
    starts.push(times.length);
  }
  return { times, starts };
}

const gaps = fc.array(fc.array(fc.constantFrom(1, 1, 1, 2, 5), { maxLength: 12 }), { minLength: 1, maxLength: 6 });

describe('kinds of the entries of AR(1)', () => {
  it('are equal in K and dK, and all are used', () => {
    fc.assert(
      fc.property(gaps, fc.double({ min: -0.95, max: 0.95, noNaN: true }), (series, rho) => {
        const levels = ar1Levels(pointsOf(series));
        const { kindOf, count } = levels.entryKinds!()!;
        const size = levels.pattern.rowIdx.length;
        expect(kindOf.length).toBe(size);
        expect(new Set(kindOf).size).toBe(count);
        for (const fill of [
          (out: Float64Array) => levels.precisionInto(Float64Array.of(rho), out),
          (out: Float64Array) => levels.precisionDerivativeInto(Float64Array.of(rho), 0, out),
        ]) {
          const values = new Float64Array(size);
          fill(values);
          const first = new Map<number, number>();
          kindOf.forEach((c, e) => {
            if (!first.has(c)) first.set(c, values[e]);
            expect(values[e]).toBe(first.get(c));
          });
        }
      }),
    );
  });

  it('are not told where every gap is another one', () => {
    const times = Array.from({ length: 30 }, (_, i) => i + 0.01 * i * i);
    expect(ar1Levels({ times, starts: [0, 30] }, true).entryKinds!()).toBeNull();
  });
});

describe('correlation and variance from products of neighbours', () => {
  /** cos(w t) over whole periods has mean products cos(w d) / 2 at distance d, but for the ends. */
  it('are those that the first two lags give', () => {
    const n = 4000;
    const gap = Float64Array.from({ length: n }, (_, i) => (i === 0 ? 0 : 1));
    const w = (2 * Math.PI) / 40;
    const values = Float64Array.from({ length: n }, (_, i) => Math.cos(w * i));
    const { rho, variance } = lagEstimate(gap, values, new Float64Array(n).fill(2))!;
    expect(rho).toBeCloseTo(Math.cos(2 * w) / Math.cos(w), 3);
    expect(variance).toBeCloseTo(Math.min(0.5, Math.cos(w) ** 2 / Math.cos(2 * w) / 2), 3);
  });

  it('take signs from the first lag, and say nothing of noise, short series and signs over gaps', () => {
    const n = 400;
    const gap = Float64Array.from({ length: n }, (_, i) => (i === 0 ? 0 : 1));
    const slow = (i: number) => Math.cos(i / 7);
    const even = Float64Array.from({ length: n }, (_, i) => slow(i) * (i % 2 ? -1 : 1));
    const ones = new Float64Array(n).fill(1);
    expect(lagEstimate(gap, even, ones)!.rho).toBeLessThan(-0.5);
    const noise = Float64Array.from({ length: n }, (_, i) => Math.sin(i * i * 12.9898));
    expect(lagEstimate(gap, noise, ones)).toBeNull();
    expect(
      lagEstimate(
        gap.map((d) => 2 * d),
        even.map((v, i) => v * (i % 3 ? 1 : -1)),
        ones,
      ),
    ).toBeNull();
    expect(
      lagEstimate(Float64Array.of(0, 1, 0, 1), Float64Array.of(1, 1, 2, 2), Float64Array.of(1, 1, 1, 1)),
    ).toBeNull();
  });

  it('reach constrained structures', () => {
    const n = 300;
    const levels = ar1Levels({ times: Array.from({ length: n }, (_, i) => i), starts: [0, n] });
    const values = Float64Array.from({ length: n }, (_, i) => Math.cos(i / 5));
    const ones = new Float64Array(n).fill(1);
    const par = new Float64Array(1);
    const variance = levels.startFromValuesInto!(values, ones, par);
    const moved = new Float64Array(1);
    expect(constrainLevels(levels, [0], [0]).startFromValuesInto!(values, ones, moved)).toBe(variance);
    expect(moved[0]).toBe(par[0]);
    expect(constrainLevels(levels, [-1], [0.5]).startFromValuesInto!(values, ones, new Float64Array(0))).toBe(variance);
  });
});
