import { fixed, knownCovariance } from '@blup/covariance';
import { describe, expect, it } from 'vitest';
import { fitModel, type FitModelOptions } from '../../src/index.js';
import { normal, uniform } from '../random-models.js';
import { expectOptimum, type RowCovariance } from './expect-optimum.js';

const random = uniform(404);
const gauss = normal(random);
const groups = 26;
/** Names that are no identifiers, and some that objects have themselves. */
const names = [
  '__proto__',
  'constructor',
  'Ärger 7',
  '名前',
  'a b:c',
  '-1',
  '1e3',
  ' x',
  "it's",
  '(0)',
  'NaN',
  'toString',
  'é',
];
const groupName = (l: number) => (l < names.length ? names[l] : `${names[l - names.length]}/2`);
const steps = ['week 10', 'week 2', 'Ende', '__proto__', 'λ'];
const days = [-3000, -2999, -2997, -2990, 4];

/** Rows in no order; a third of the cells have no row, some groups one row only; every fifth cell has two. */
const cells = Array.from({ length: groups }, (_, l) =>
  Array.from({ length: 5 }, (_k, k) => ({ l, k })).filter(() => l > 3 && random() > 0.3),
).flat();
const one = Array.from({ length: 4 }, (_, l) => ({ l, k: (2 * l) % 5 }));
const rows = [...one, ...cells, ...cells.filter((_, i) => i % 5 === 0), ...cells.filter((_, i) => i % 3 === 0)]
  .map((cell) => ({ ...cell, at: random() }))
  .toSorted((a, b) => a.at - b.at);
const path = Array.from({ length: groups }, () => {
  const u = [gauss()];
  for (let k = 1; k < 5; k++) u.push(0.7 * u[k - 1] + 0.7 * gauss());
  return u;
});
const rater = Array.from({ length: 5 }, gauss);
const who = rows.map(() => Math.floor(5 * random()));
const x = Float64Array.from(rows, gauss);
const o = Float64Array.from(rows, () => 100 * random());
const y = Float64Array.from(rows, ({ l, k }, i) => 5 + x[i] + o[i] + 1.6 * path[l][k] + rater[who[i]] + 0.8 * gauss());
const w = Float64Array.from(rows, () => 0.5 + 2 * random());
/** Every eleventh response is missing. */
const used = rows.map((_, i) => i).filter((i) => i % 11 !== 4);
const places = [
  [0, 0],
  [1, 3],
  [-2, 0.5],
  [4, 4],
  [1e3, -2],
];
const table = {
  y: Array.from(y, (v, i) => (i % 11 === 4 ? null : v)),
  x,
  o,
  w,
  'the group': rows.map(({ l }) => groupName(l)),
  step: rows.map(({ k }) => steps[k]),
  t: Float64Array.from(rows, ({ k }) => days[k]),
  huge: Float64Array.from(rows, ({ k }) => 1e15 + days[k]),
  date: rows.map(({ k }) => new Date(864e5 * days[k])),
  place: rows.map(({ k }) => `(${places[k].join(', ')})`),
  r: Float64Array.from(rows, ({ k }) => [7, 7, 8, 10, 8][k]),
  c: Float64Array.from(rows, ({ k }) => [-1, 1, -1, 0, 1][k]),
  rater: who.map((k) => `rater ${k}`),
};
const categories = { step: steps };
const row = (i: number) => rows[used[i]];
const same = (i: number, j: number) => row(i).l === row(j).l;
const noise = (i: number, j: number) => (i === j ? 1 / w[used[i]] : 0);
const crossed = (i: number, j: number, s: number) => (who[used[i]] === who[used[j]] ? s * s : 0);
/** Correlation of the steps of one group, by their positions. */
const over =
  (
    cov: (par: Float64Array) => (a: number, b: number) => number,
    crossedAt: (par: Float64Array) => number,
  ): RowCovariance =>
  (par) =>
  (i, j) =>
    (same(i, j) ? cov(par)(row(i).k, row(j).k) : 0) + crossed(i, j, crossedAt(par)) + noise(i, j);
const last = (par: Float64Array) => par[par.length - 1];
const lag = (a: number, b: number) => Math.abs(days[a] - days[b]);
const K5 = steps.map((_, i) => steps.map((_s, j) => (i === j ? 2 : 1 / (1 + Math.abs(i - j)))));
const apart = (a: number, b: number) => Math.hypot(places[a][0] - places[b][0], places[a][1] - places[b][1]);

const models: [string, RowCovariance, FitModelOptions?][] = [
  [
    'hetar1(0 + step | `the group`)',
    over(
      ([...p]) =>
        (a, b) =>
          p[a] * p[b] * p[5] ** Math.abs(a - b),
      last,
    ),
  ],
  [
    'homcs(0 + step | `the group`)',
    over(
      ([s, r]) =>
        (a, b) =>
          s * s * (a === b ? 1 : r),
      last,
    ),
  ],
  [
    'cs(step | `the group`)',
    over(
      (p) => (a, b) => {
        // Intercept and differences from the first step
        const z = (k: number) => [1, 2, 3, 4].reduce((v, c) => v + (k === c ? p[c] : 0), 0);
        const own = (k: number) => p[0] ** 2 + z(k) ** 2 + 2 * p[5] * p[0] * z(k);
        const both = p[0] ** 2 + p[5] * p[0] * (z(a) + z(b)) + (a === b ? 1 : p[5]) * z(a) * z(b);
        return a === b ? own(a) : both;
      },
      last,
    ),
  ],
  [
    'toep(0 + step | `the group`, band = 2)',
    over((p) => (a, b) => p[a] * p[b] * [1, p[5], p[6], 0, 0][Math.abs(a - b)], last),
  ],
  [
    'toep(0 + step | `the group`, hom = TRUE, band = 1)',
    over(
      ([s, r]) =>
        (a, b) =>
          s * s * [1, r, 0, 0, 0][Math.abs(a - b)],
      last,
    ),
  ],
  [
    'ou(0 + factor(t) | `the group`)',
    over(
      ([s, rate]) =>
        (a, b) =>
          s * s * Math.exp(-rate * lag(a, b)),
      last,
    ),
  ],
  [
    'ou(0 + factor(t) | `the group`, hom = FALSE)',
    over((p) => (a, b) => p[a] * p[b] * Math.exp(-p[5] * lag(a, b)), last),
  ],
  [
    'exp(0 + place | `the group`)',
    over(
      ([s, range]) =>
        (a, b) =>
          s * s * Math.exp(-apart(a, b) / range),
      last,
    ),
  ],
  [
    'gau(0 + place | `the group`)',
    over(
      ([s, range]) =>
        (a, b) =>
          s * s * Math.exp(-((apart(a, b) / range) ** 2)),
      last,
    ),
  ],
  [
    'ar1(1 | `the group`, time = t)',
    over(
      ([s, r]) =>
        (a, b) =>
          s * s * r ** lag(a, b),
      last,
    ),
  ],
  [
    'ar1(1 | `the group`, time = date)',
    over(
      ([s, r]) =>
        (a, b) =>
          s * s * r ** lag(a, b),
      last,
    ),
  ],
  [
    'ar1(1 | `the group`, time = huge)',
    over(
      ([s, r]) =>
        (a, b) =>
          s * s * r ** lag(a, b),
      last,
    ),
  ],
  [
    'car1(1 | `the group`, time = t)',
    over(
      ([s, r]) =>
        (a, b) =>
          s * s * r ** lag(a, b),
      last,
    ),
  ],
  [
    'known(0 + step | `the group`)',
    over(
      ([s]) =>
        (a, b) =>
          s * s * K5[a][b],
      last,
    ),
    { structures: new Map([['known', () => knownCovariance(K5)]]) },
  ],
  [
    'given(0 + step | `the group`)',
    over(() => (a, b) => K5[a][b], last),
    { structures: new Map([['given', () => fixed(K5)]]) },
  ],
  [
    'us(1 | `the group`, row = r, column = c)'.replace('us', 'ar1'),
    over(
      ([s, a1, a2]) =>
        (a, b) => {
          const [ra, rb] = [a, b].map((k) => [7, 7, 8, 10, 8][k]);
          const [ca, cb] = [a, b].map((k) => [-1, 1, -1, 0, 1][k]);
          return s * s * a1 ** Math.abs(ra - rb) * a2 ** Math.abs(ca - cb);
        },
      last,
    ),
  ],
];

describe.each([true, false])('unusual data, weights, an offset, a crossed term, reml %s', (reml) => {
  it.each(models)('%s', (term, V, more = {}) => {
    const model = fitModel(`y ~ x + ${term} + (1 | rater)`, table, {
      reml,
      weights: 'w',
      offset: 'o',
      categories,
      ...more,
    });
    expect(model.data.nobs).toBe(used.length);
    expectOptimum(model, V, 7);
    // Every name of a level is there, as it was written
    const levels = Object.values(model.data.ranef).flatMap((r) => r.levels.map(String));
    expect(levels.some((name) => name.startsWith('__proto__'))).toBe(true);
    expect(JSON.stringify(model)).toContain('名前');
  });
});

describe.each([true, false])('random walks begin at zero at the first time of each group, reml %s', (reml) => {
  const first = (l: number) => Math.min(...used.filter((i) => rows[i].l === l).map((i) => days[rows[i].k]));
  const time = (i: number) => days[row(i).k];
  it('order 1', () => {
    const model = fitModel('y ~ x + rw1(1 | `the group`, time = t) + (1 | rater)', table, {
      reml,
      weights: 'w',
      offset: 'o',
    });
    expectOptimum(
      model,
      ([s, r]) =>
        (i, j) =>
          (same(i, j) ? s * s * (Math.min(time(i), time(j)) - first(row(i).l)) : 0) + crossed(i, j, r) + noise(i, j),
      7,
    );
  });

  it('order 2: slopes change at each time after the second, by the mean length of the gaps beside it', () => {
    const clock = [0, 1, 3, 4, 6];
    const k = Float64Array.from(rows, (cell) => clock[cell.k]);
    const timesOf = (l: number) =>
      [...new Set(used.filter((i) => rows[i].l === l).map((i) => k[i]))].toSorted((a, b) => a - b);
    const model = fitModel(
      'y ~ x + rw2(1 | `the group`, time = k) + (1 | `the group`)',
      { ...table, k },
      { reml, weights: 'w', offset: 'o' },
    );
    const walk = (l: number, s: number, t: number) => {
      const at = timesOf(l);
      let v = 0;
      for (let m = 2; at[m] <= Math.min(s, t); m++) v += (s - at[m - 1]) * (t - at[m - 1]) * ((at[m] - at[m - 2]) / 2);
      return v;
    };
    expectOptimum(
      model,
      ([s, r]) =>
        (i, j) =>
          (same(i, j) ? s * s * walk(row(i).l, k[used[i]], k[used[j]]) + r * r : 0) + noise(i, j),
      7,
    );
  });
});
