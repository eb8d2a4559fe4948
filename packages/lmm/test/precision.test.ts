import { readTable } from '@blup/golden';
import { describe, expect, it } from 'vitest';
import { fitModel } from '../src/index.js';

const { columns } = readTable('sleepstudy');
const Days = columns.Days as number[];
const Subject = columns.Subject as string[];
const formula = 'Reaction ~ Days + (Days | Subject)';
const base = fitModel(formula, { Reaction: columns.Reaction, Days, Subject }).data;

const relative = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((v, i) => Math.abs(v - b[i]) / Math.max(1e-3, Math.abs(b[i]))));

describe('digits', () => {
  it.each([1e6, 1e9, 1e12])('of y + %d are those of y, rounded alike and shifted', (shift) => {
    const shifted = (columns.Reaction as number[]).map((v) => v + shift);
    const rounded = shifted.map((v) => v - shift);
    const a = fitModel(formula, { Reaction: rounded, Days, Subject }).data;
    const b = fitModel(formula, { Reaction: shifted, Days, Subject }).data;
    expect(relative(b.theta, a.theta)).toBeLessThan(1e-9);
    expect(Math.abs(b.objective - a.objective)).toBeLessThan(1e-9);
    expect(relative(b.se, a.se)).toBeLessThan(1e-10);
    expect(b.beta.values[1]).toBeCloseTo(a.beta.values[1], 7);
  });

  it.each([1e3, 1e6, 1e7])('of x + %d stay, in X and in Z', (shift) => {
    const moved = fitModel(formula, { Reaction: columns.Reaction, Days: Days.map((v) => v + shift), Subject }).data;
    expect(moved.certificate.converged).toBe(true);
    expect(Math.abs(moved.objective - base.objective)).toBeLessThan(1e-7);
    expect(Math.abs(moved.beta.values[1] / base.beta.values[1] - 1)).toBeLessThan(1e-7);
    expect(Math.abs(moved.sigma / base.sigma - 1)).toBeLessThan(1e-7);
    expect(Math.abs(moved.varcorr[0].sd[1] / base.varcorr[0].sd[1] - 1)).toBeLessThan(1e-6);
    expect(moved.certificate.evaluations).toBeLessThan(12);
  });

  it('end where R ends them: x + 1e8 keeps less than 1e-7 of its length beside the intercept and is dropped', () => {
    const moved = fitModel(formula, { Reaction: columns.Reaction, Days: Days.map((v) => v + 1e8), Subject }).data;
    expect(moved.droppedColumns).toEqual(['Days']);
  });

  it.each([1e-12, 1e-6, 1e6, 1e12])('do not depend on the unit of y: times %d', (unit) => {
    const scaled = fitModel(formula, {
      Reaction: (columns.Reaction as number[]).map((v) => v * unit),
      Days,
      Subject,
    }).data;
    expect(relative(scaled.theta, base.theta)).toBeLessThan(1e-8);
    expect(Math.abs(scaled.sigma / unit / base.sigma - 1)).toBeLessThan(1e-9);
  });

  it.each([1e-9, 1e9])('do not depend on the unit of x: times %d', (unit) => {
    const scaled = fitModel(formula, { Reaction: columns.Reaction, Days: Days.map((v) => v * unit), Subject }).data;
    // The REML criterion depends on the coding of X, the likelihood's other parts do not.
    expect(Math.abs(scaled.sigma / base.sigma - 1)).toBeLessThan(1e-8);
    expect(Math.abs(scaled.theta[0] / base.theta[0] - 1)).toBeLessThan(1e-6);
    expect(Math.abs((scaled.theta[2] * unit) / base.theta[2] - 1)).toBeLessThan(1e-6);
    expect(scaled.certificate.singular).toBe(false);
  });

  it('survive effects a thousand times larger than the residuals', () => {
    const effect = (s: string) => 25_000 * Math.sin(7 * Number(s));
    const large = fitModel(formula, {
      Reaction: (columns.Reaction as number[]).map((v, i) => v + effect(Subject[i])),
      Days,
      Subject,
    }).data;
    expect(large.certificate.converged).toBe(true);
    // Nearly free effects: the residual variance and the slopes hardly notice.
    expect(Math.abs(large.sigma / base.sigma - 1)).toBeLessThan(1e-3);
    expect(large.beta.values[1]).toBeCloseTo(base.beta.values[1], 6);
  });

  it('that do not exist are not claimed: effects of 10^9 residuals are reported as beyond double precision', () => {
    const effect = (s: string) => 2.5e10 * Math.sin(7 * Number(s));
    const { certificate } = fitModel(formula, {
      Reaction: (columns.Reaction as number[]).map((v, i) => v + effect(Subject[i])),
      Days,
      Subject,
    }).data;
    expect(certificate.converged).toBe(false);
    expect(certificate.message).toMatch(/double precision ends here/);
  });
});

describe('prior weights', () => {
  const w = (columns.w as number[]).slice();
  const fit = (weights: number[], table = columns) =>
    fitModel(formula, { ...table, weights }, { weights: 'weights' }).data;

  it('times 10 change theta by the root of 10 and nothing that has a unit', () => {
    const a = fit(w);
    const b = fit(w.map((v) => 10 * v));
    expect(b.logLik).toBeCloseTo(a.logLik, 7);
    expect(
      relative(
        b.theta.map((t) => t * Math.sqrt(10)),
        a.theta,
      ),
    ).toBeLessThan(1e-6);
    expect(relative(b.varcorr[0].sd, a.varcorr[0].sd)).toBeLessThan(1e-7);
  });

  it('of zero leave the row out, of the count as well', () => {
    const some = w.map((v, i) => (i % 7 === 3 ? 0 : v));
    const a = fit(some);
    const rows = some.flatMap((v, i) => (v > 0 ? [i] : []));
    const only = Object.fromEntries(Object.entries(columns).map(([k, x]) => [k, rows.map((i) => x[i])]));
    const b = fit(
      rows.map((i) => w[i]),
      only,
    );
    expect(a.nobs).toBe(rows.length);
    expect(a.objective).toBeCloseTo(b.objective, 9);
  });
});
