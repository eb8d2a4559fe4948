import { ar1, homogeneousDiagonal, scalar, unstructured } from '@blup/covariance';
import { describe, expect, it } from 'vitest';
import {
  fitMatrices,
  fitModel,
  kenwardRoger,
  ModelError,
  profile,
  ranova,
  refitter,
  satterthwaite,
  type ModelMatricesInput,
  type RandomEffectsTerm,
} from '../../src/index.js';
import { differences } from '../dense.js';
import { normal, uniform } from '../random-models.js';
import { marginalObjective } from './marginal.js';

const random = uniform(31);
const gauss = normal(random);
const n = 70;
const ones = new Float64Array(n).fill(1);
const x = Float64Array.from({ length: n }, gauss);
const any = (nl: number) => Int32Array.from({ length: n }, (_, i) => (i < nl ? i : Math.floor(nl * random())));
const sire = any(7);
const dam = any(9);
const names = (prefix: string, nl: number) => Array.from({ length: nl }, (_, l) => `${prefix}${l}`);
const effect = Float64Array.from({ length: 16 }, gauss);
const weights = Float64Array.from({ length: n }, () => 0.5 + random());
const y = Float64Array.from(
  { length: n },
  (_, i) => 1 + x[i] + effect[sire[i]] + effect[7 + dam[i]] + gauss() / Math.sqrt(weights[i]),
);
const termOf = (
  group: string,
  levelIdx: Int32Array,
  nl: number,
  columns: Float64Array[],
  structure: RandomEffectsTerm['structure'],
): RandomEffectsTerm => ({
  group,
  names: columns.map((_, c) => `z${c}`),
  columns,
  levels: names(group, nl),
  levelIdx,
  structure,
});
const model = (terms: RandomEffectsTerm[]): ModelMatricesInput => ({
  y,
  X: { names: ['1', 'x'], columns: [ones, x] },
  terms,
  weights,
});
const parents = model([termOf('sire', sire, 7, [ones], scalar()), termOf('dam', dam, 9, [ones], scalar())]);
/** The same as one level of sixteen columns with one variance. */
const together = model([
  termOf(
    'all',
    new Int32Array(n),
    1,
    Array.from({ length: 16 }, (_, l) =>
      Float64Array.from({ length: n }, (_v, i) => Number(sire[i] === l) + Number(dam[i] === l - 7)),
    ),
    homogeneousDiagonal(16),
  ),
]);

describe('two terms with one variance', () => {
  it.each([true, false])('are one term over the levels of both (reml %s)', (reml) => {
    const tied = fitMatrices(parents, { reml, tiedPar: { dam: 'sire' } });
    const one = fitMatrices(together, { reml });
    expect(tied.data.certificate.message).toBe('converged');
    expect(tied.data.objective).toBeCloseTo(one.data.objective, 9);
    expect(tied.data.df).toBe(one.data.df);
    expect(tied.data.par[1]).toBe(tied.data.par[0]);
    expect(tied.data.par[0]).toBeCloseTo(one.data.par[0], 7);
    one.data.se.forEach((v, k) => expect(tied.data.se[k]).toBeCloseTo(v, 8));
    const a = satterthwaite(tied);
    const b = satterthwaite(one);
    b.df.forEach((v, k) => expect(a.df[k] / v).toBeCloseTo(1, 6));
    if (!reml) return;
    const c = kenwardRoger(tied);
    const d = kenwardRoger(one);
    d.df.forEach((v, k) => expect(c.df[k] / v).toBeCloseTo(1, 7));
    d.se.forEach((v, k) => expect(c.se[k] / v).toBeCloseTo(1, 8));
  });

  it('have it at zero together', () => {
    const flat = { ...parents, y: y.map((v, i) => v - effect[sire[i]] - effect[7 + dam[i]]) };
    // Residuals that repel each other within sires and dams leave nothing for the variance.
    const mean = (level: Int32Array, r: Float64Array) => {
      const s = new Float64Array(16);
      const c = new Float64Array(16);
      r.forEach((v, i) => {
        s[level[i]] += v;
        c[level[i]]++;
      });
      return r.map((v, i) => v - s[level[i]] / c[level[i]]);
    };
    let apart = flat.y;
    for (let k = 0; k < 30; k++) apart = mean(dam, mean(sire, apart));
    const none = fitMatrices({ ...flat, y: apart }, { reml: true, tiedPar: [null, 0] });
    expect([...none.data.par]).toEqual([0, 0]);
    expect(none.data.certificate.singular).toBe(true);
    expect(none.data.certificate.converged).toBe(true);
    expect(none.data.certificate.boundary).toHaveLength(1);
  });

  it('keep it in refits to other responses', () => {
    const tied = fitMatrices(parents, { tiedPar: { dam: 'sire' } });
    const other = Float64Array.from(y, (v, i) => v + effect[7 + dam[i]] + 0.3 * Math.sin(i));
    const again = refitter(tied).refit(other);
    const anew = fitMatrices({ ...parents, y: other }, { tiedPar: { dam: 'sire' } });
    expect(again.par[1]).toBe(again.par[0]);
    expect(again.par[0]).toBeCloseTo(anew.data.par[0], 6);
    expect(again.objective).toBeCloseTo(anew.data.objective, 8);
  });

  it('say what is not defined for them', () => {
    const tied = fitMatrices(parents, { tiedPar: { dam: 'sire' } });
    expect(() => profile(tied)).toThrow(/profiles: not for models with parameters that are tied/);
    expect(() => ranova(tied)).toThrow(ModelError);
  });
});

describe('parameters tied across structures', () => {
  const site = any(6);
  const plot = any(8);
  const time = Array.from({ length: 4 }, (_, t) => Float64Array.from({ length: n }, (_v, i) => Number(i % 4 === t)));
  const field = model([
    termOf('site', site, 6, time, ar1(4)),
    termOf('plot', plot, 8, time, ar1(4)),
    termOf('sire', sire, 7, [ones, x], unstructured(2)),
    termOf('dam', dam, 9, [ones, x], unstructured(2)),
  ]);
  const ar =
    ([sd, rho]: ArrayLike<number> & Iterable<number>) =>
    (i: number, j: number) =>
      i >> 2 === j >> 2 ? sd ** 2 * rho ** Math.abs((i % 4) - (j % 4)) : 0;
  const us =
    ([a, b, c]: ArrayLike<number> & Iterable<number>) =>
    (i: number, j: number) =>
      i >> 1 === j >> 1
        ? [
            [a * a, a * b],
            [a * b, b * b + c * c],
          ][i % 2][j % 2]
        : 0;

  it('is a stationary point of the dense criterion along the ties', () => {
    const fit = fitMatrices(field, { tiedPar: { 'plot.rho': 'site.rho', dam: 'sire' } });
    expect(fit.data.certificate.converged).toBe(true);
    const { par } = fit.data;
    expect(par[3]).toBe(par[1]);
    expect(par.slice(7)).toEqual(par.slice(4, 7));
    expect(fit.data.fixedPar).toEqual([false, false, false, true, false, false, false, true, true, true]);
    const dense = ([s, rho, p, a, b, c]: ArrayLike<number> & Iterable<number>) =>
      marginalObjective(field, [ar([s, rho]), ar([p, rho]), us([a, b, c]), us([a, b, c])], true).objective;
    const free = [par[0], par[1], par[2], par[4], par[5], par[6]];
    expect(dense(free)).toBeCloseTo(fit.data.objective, 9);
    const edge = free.map((v) => Math.abs(v) < 1e-6);
    differences((v) => dense(v as Float64Array), Float64Array.from(free), 1e-3).forEach((g, k) => {
      if (!edge[k]) expect(Math.abs(g)).toBeLessThan(1e-4);
    });
    expect(fit.data.df).toBe(2 + 6 + 1);
  });

  it('is named when it cannot be', () => {
    const fit = (options: object) => () => fitMatrices(field, options);
    expect(fit({ tiedPar: { 'plot.rho': 'site.*' } })).toThrow(
      /plot.rho cannot equal site.\*: one lies between -1 and 1/,
    );
    expect(fit({ tiedPar: { 'plot.phi': 'site.rho' } })).toThrow(
      /"plot.phi", which is no variance parameter; there are:/,
    );
    expect(fit({ tiedPar: { plot: 'sire' } })).toThrow(/plot \(ar1, 2 parameters\) and sire \(us, 3\) have different/);
    expect(fit({ tiedPar: [null, 3, null, 1] })).toThrow(/circle/);
    expect(fit({ tiedPar: [null, 30] })).toThrow(/tiedPar\[1\] is 30; there are 10 variance parameters/);
    expect(fit({ tiedPar: { 'plot.rho': 'site.rho' }, fixedPar: { 'plot.rho': 0.2 } })).toThrow(/held .* and tied/);
    expect(fit({ fixedPar: { rho: 1 } })).toThrow(/fixedPar names "rho"/);
  });

  it('stands beside formulas', () => {
    const table = { y, x, s: Array.from(sire, (l) => `s${l}`), d: Array.from(dam, (l) => `d${l}`), w: weights };
    const formula = fitModel('y ~ x + (1 | s) + (1 | d)', table, { weights: 'w', tiedPar: { d: 's' } });
    expect(formula.data.objective).toBeCloseTo(fitMatrices(parents, { tiedPar: { dam: 'sire' } }).data.objective, 9);
  });
});
