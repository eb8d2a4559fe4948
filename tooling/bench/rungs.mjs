import { readTable } from '@blup/golden';
import { effects, generator, weightedDraw } from './random.mjs';

/** Integer codes of a golden table's text columns, so that R and blup read the same factors. */
function golden(name) {
  const { columns, categories } = readTable(name);
  return Object.fromEntries(
    Object.entries(columns).map(([key, values]) => {
      const levels = categories[key] ?? (typeof values[0] === 'string' ? [...new Set(values)] : null);
      if (!levels) return [key, Float64Array.from(values)];
      const code = new Map(levels.map((level, i) => [level, i + 1]));
      return [key, Int32Array.from(values, (v) => code.get(String(v)))];
    }),
  );
}

function nestedSlopes() {
  const r = generator(4);
  const groups = 100_000;
  const n = 1_000_000;
  const b = effects(r, groups, [[1.5], [0.2, 0.5]]);
  const y = new Float64Array(n);
  const x = new Float64Array(n);
  const g = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    g[i] = r.below(groups);
    x[i] = r.normal();
    y[i] = 10 + 2 * x[i] + b[g[i]][0] + b[g[i]][1] * x[i] + 2 * r.normal();
  }
  return { y, x, g };
}

/** Users by items as in film ratings: skewed popularity on both sides, no pair twice. */
function crossedRatings() {
  const r = generator(5);
  const users = 6040;
  const items = 3706;
  const n = 1_000_000;
  const drawUser = weightedDraw(
    Array.from({ length: users }, () => Math.exp(r.normal()) + 0.1),
    r,
  );
  const drawItem = weightedDraw(
    Array.from({ length: items }, () => Math.exp(1.5 * r.normal()) + 0.02),
    r,
  );
  const seen = new Uint8Array(users * items);
  const bu = effects(r, users, [[0.4]]);
  const bi = effects(r, items, [[0.6]]);
  const y = new Float64Array(n);
  const u = new Int32Array(n);
  const i = new Int32Array(n);
  for (let k = 0; k < n; k++) {
    let a;
    let b;
    do {
      a = k < users ? k : drawUser();
      b = k < items ? k : drawItem();
      if (k < users && seen[a * items + b]) b = drawItem();
    } while (seen[a * items + b]);
    seen[a * items + b] = 1;
    u[k] = a + 1;
    i[k] = b + 1;
    y[k] = 3.5 + bu[a][0] + bi[b][0] + 0.9 * r.normal();
  }
  return { y, u, i };
}

function threeVectorFactors() {
  const r = generator(6);
  const sizes = [3000, 1150, 350];
  const n = 130_000;
  const b = [
    effects(r, sizes[0], [[0.5], [0.1, 0.3]]),
    effects(r, sizes[1], [[0.7], [-0.1, 0.2]]),
    effects(r, sizes[2], [[0.4], [0.05, 0.25]]),
  ];
  const draw = sizes.map((m, k) =>
    weightedDraw(
      Array.from({ length: m }, () => Math.exp((k < 2 ? 0.7 : 0.5) * r.normal())),
      r,
    ),
  );
  const y = new Float64Array(n);
  const u = new Float64Array(n);
  const codes = sizes.map(() => new Int32Array(n));
  for (let k = 0; k < n; k++) {
    u[k] = r.normal();
    let v = 1 + 0.5 * u[k] + r.normal();
    sizes.forEach((m, t) => {
      const level = k < m ? k : draw[t]();
      codes[t][k] = level + 1;
      v += b[t][level][0] + u[k] * b[t][level][1];
    });
    y[k] = v;
  }
  return { y, u, g: codes[0], h: codes[1], i: codes[2] };
}

/** 56 subjects by 32 items, a 2 x 2 x 2 design within both, the maximal model without interactions in the random part. */
function maximalPsycholinguistic() {
  const r = generator(7);
  const bs = effects(r, 56, [[300], [20, 60], [-60, 10, 80], [40, -10, 20, 90]]);
  const bi = effects(r, 32, [[350], [15, 40], [-150, 20, 200], [10, 10, -20, 50]]);
  const n = 56 * 32;
  const y = new Float64Array(n);
  const [a, b, c] = [0, 1, 2].map(() => new Float64Array(n));
  const subj = new Int32Array(n);
  const item = new Int32Array(n);
  for (let k = 0; k < n; k++) {
    const s = Math.floor(k / 32);
    const i = k % 32;
    const cell = (s + i) % 8;
    a[k] = cell & 1 ? 1 : -1;
    b[k] = cell & 2 ? 1 : -1;
    c[k] = cell & 4 ? 1 : -1;
    const x = [1, a[k], b[k], c[k]];
    const mean =
      2200 +
      70 * a[k] -
      330 * b[k] +
      80 * c[k] -
      20 * a[k] * b[k] +
      5 * a[k] * c[k] -
      20 * b[k] * c[k] +
      10 * a[k] * b[k] * c[k];
    y[k] = mean + x.reduce((t, v, j) => t + v * (bs[s][j] + bi[i][j]), 0) + 650 * r.normal();
    subj[k] = s + 1;
    item[k] = i + 1;
  }
  return { y, a, b, c, subj, item };
}

const WIDE = 199;
function wide() {
  const r = generator(8);
  const n = 100_000;
  const b = effects(r, 1000, [[1]]);
  const beta = Array.from({ length: WIDE }, () => 0.1 * r.normal());
  const x = beta.map(() => new Float64Array(n));
  const y = new Float64Array(n);
  const g = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    g[i] = r.below(1000);
    let v = 1 + b[g[i]][0] + 1.5 * r.normal();
    for (let j = 0; j < WIDE; j++) {
      x[j][i] = r.normal();
      v += x[j][i] * beta[j];
    }
    y[i] = v;
  }
  return { y, g, ...Object.fromEntries(x.map((column, j) => [`x${j + 1}`, column])) };
}

const wideFormula = `y ~ ${Array.from({ length: WIDE }, (_, j) => `x${j + 1}`).join(' + ')} + (1 | g)`;

/** 50 series of 40 points: a latent AR(1) process and independent residuals. */
function latentSeries() {
  const r = generator(9);
  const [groups, times] = [50, 40];
  const n = groups * times;
  const y = new Float64Array(n);
  const x = new Float64Array(n);
  const g = new Int32Array(n);
  const t = new Int32Array(n);
  let e = 0;
  for (let k = 0; k < n; k++) {
    g[k] = Math.floor(k / times) + 1;
    t[k] = (k % times) + 1;
    x[k] = r.normal();
    e = t[k] === 1 ? 1.5 * r.normal() : 0.8 * e + 0.9 * r.normal();
    y[k] = 2 + 0.5 * x[k] + e + r.normal();
  }
  return { y, x, g, t };
}

/**
 * The ladder: from a toy to a million rows. `slow` rungs take lme4 minutes, `small` ones take blup less than milliseconds; `peer` is what they
 * are compared with where lme4 before 2.0 lacks the structure, `peerFormula` the same model in its words.
 */
export const rungs = [
  {
    id: 'c1',
    title: 'sleepstudy',
    data: () => golden('sleepstudy'),
    formula: 'Reaction ~ Days + (Days | Subject)',
    factors: ['Subject'],
    small: true,
  },
  {
    id: 'c2',
    title: 'Penicillin',
    data: () => golden('Penicillin'),
    formula: 'diameter ~ 1 + (1 | plate) + (1 | sample)',
    factors: ['plate', 'sample'],
    small: true,
  },
  {
    id: 'c3a',
    title: 'InstEval, service',
    data: () => golden('InstEval'),
    formula: 'y ~ 1 + service + (1 | s) + (1 | d) + (1 | dept)',
    factors: ['s', 'd', 'dept', 'service'],
  },
  {
    id: 'c3b',
    title: 'InstEval, service x dept',
    data: () => golden('InstEval'),
    formula: 'y ~ service * dept + (1 | s) + (1 | d)',
    factors: ['s', 'd', 'dept', 'service'],
  },
  { id: 'c4', title: 'nested slopes, 10^5 groups', data: nestedSlopes, formula: 'y ~ x + (x | g)', factors: ['g'] },
  {
    id: 'c5',
    title: 'crossed 6040 x 3706',
    data: crossedRatings,
    formula: 'y ~ 1 + (1 | u) + (1 | i)',
    factors: ['u', 'i'],
    slow: true,
  },
  {
    id: 'c6',
    title: 'three vector-valued factors',
    data: threeVectorFactors,
    formula: 'y ~ u + (u | g) + (u | h) + (u | i)',
    factors: ['g', 'h', 'i'],
    slow: true,
  },
  {
    id: 'c7',
    title: 'maximal psycholinguistic',
    data: maximalPsycholinguistic,
    formula: 'y ~ a * b * c + (a + b + c | subj) + (a + b + c | item)',
    factors: ['subj', 'item'],
    small: true,
  },
  { id: 'c8', title: 'p = 200', data: wide, formula: wideFormula, factors: ['g'] },
  {
    id: 'c9',
    title: 'AR(1), 50 series of 40',
    data: latentSeries,
    formula: 'y ~ x + ar1(1 | g, time = t)',
    factors: ['g'],
    small: true,
    peer: 'glmmTMB',
    peerFormula: 'y ~ x + ar1(0 + t | g)',
    peerFactors: ['g', 't'],
  },
];
