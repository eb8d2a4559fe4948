// How time grows: with rows, with levels, with the number of variance parameters, with the length and the number of AR(1) series. Every point is the
// least of some fits in a process of its own; the exponent is the slope of log time on log size over the upper half of the sizes. Ends with
// 1 where something grows faster than it should.
//   node tooling/bench/scaling.mjs [--only rows,levels] [--most 1e7] [--repeats 3]
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { effects, generator } from './random.mjs';
import { digits, median, printTable } from './table.mjs';

/** Rows of `groups` groups with `slopes` covariates whose effects vary by group; and a second factor for crossed ones. */
function grouped(n, groups, { slopes = 1, crossed = 0, seed = 11 } = {}) {
  const r = generator(seed);
  const factor = Array.from({ length: slopes + 1 }, (_, i) =>
    Array.from({ length: i + 1 }, (_, j) => (i === j ? 1 / (1 + 0.2 * i) : 0.1)),
  );
  const b = effects(r, groups, factor);
  const more = crossed > 0 ? effects(r, crossed, [[0.7]]) : null;
  const x = Array.from({ length: slopes }, () => new Float64Array(n));
  const y = new Float64Array(n);
  const g = new Int32Array(n);
  const h = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    g[i] = i < groups ? i : r.below(groups);
    let v = 1 + b[g[i]][0] + r.normal();
    if (more) v += more[(h[i] = r.below(crossed))][0];
    for (let k = 0; k < slopes; k++) v += (x[k][i] = r.normal()) * (0.5 + b[g[i]][k + 1]);
    y[i] = v;
  }
  return { y, g, h, ...Object.fromEntries(x.map((column, k) => [`x${k + 1}`, column])) };
}

/** `count` series of `length` points: an AR(1) process and independent errors. */
function series(count, length) {
  const r = generator(12);
  const n = count * length;
  const y = new Float64Array(n);
  const t = new Float64Array(n);
  const g = new Int32Array(n);
  let e = 0;
  for (let k = 0; k < n; k++) {
    g[k] = Math.floor(k / length);
    t[k] = k % length;
    e = t[k] === 0 ? 1.5 * r.normal() : 0.8 * e + 0.9 * r.normal();
    y[k] = 2 + e + r.normal();
  }
  return { y, t, g };
}

const names = (k) => Array.from({ length: k }, (_, i) => `x${i + 1}`).join(' + ');

/** What is varied, the sizes, the model at a size, and the largest exponent that is no defect. */
const studies = {
  rows: {
    title: 'rows: y ~ x + (x | g), 1000 groups',
    sizes: [1e4, 1e5, 1e6, 1e7],
    most: 1.2,
    make: (n) => ({ table: grouped(n, 1000), formula: 'y ~ x1 + (x1 | g)', factors: ['g'] }),
  },
  groups: {
    title: 'rows and groups, 10 rows each: y ~ x + (x | g)',
    sizes: [1e4, 1e5, 1e6, 1e7],
    most: 1.2,
    make: (n) => ({ table: grouped(n, n / 10), formula: 'y ~ x1 + (x1 | g)', factors: ['g'] }),
  },
  crossed: {
    title: 'rows: y ~ x + (1 | g) + (1 | h), 300 by 200 levels crossed',
    sizes: [1e4, 1e5, 1e6, 1e7],
    most: 1.2,
    make: (n) => ({
      table: grouped(n, 300, { crossed: 200, slopes: 1 }),
      formula: 'y ~ x1 + (1 | g) + (1 | h)',
      factors: ['g', 'h'],
    }),
  },
  levels: {
    title: 'levels of one factor: y ~ x + (x | g), 10^6 rows',
    sizes: [1e2, 1e3, 1e4, 1e5],
    most: 1.2,
    make: (groups) => ({ table: grouped(1e6, groups), formula: 'y ~ x1 + (x1 | g)', factors: ['g'] }),
  },
  'crossed-levels': {
    title: 'levels of two crossed factors, 10^5 rows (dense triangle of h: at most cubic)',
    sizes: [250, 500, 1000, 2000],
    most: 3.1,
    make: (m) => ({
      table: grouped(1e5, m, { crossed: m, slopes: 0 }),
      formula: 'y ~ 1 + (1 | g) + (1 | h)',
      factors: ['g', 'h'],
    }),
  },
  theta: {
    title:
      'variance parameters: y ~ x1 + ... + (x1 + ... | g), 10^5 rows, 1000 groups (Hessian: m^2 products of vectors as long as sqrt(m))',
    sizes: [3, 10, 21, 45, 78],
    most: 2.6,
    make(m) {
      const slopes = (Math.sqrt(8 * m + 1) - 1) / 2 - 1;
      return {
        table: grouped(1e5, 1000, { slopes }),
        formula: `y ~ ${names(slopes)} + (${names(slopes)} | g)`,
        factors: ['g'],
      };
    },
  },
  'series-length': {
    title: 'length of one AR(1) series, observed with error',
    sizes: [1e3, 1e4, 1e5],
    most: 1.1,
    make: (n) => ({ table: series(1, n), formula: 'y ~ 1 + (1 | g)', factors: ['g'], ar1: true }),
  },
  'series-count': {
    title: 'number of AR(1) series of 25 points, observed with error',
    sizes: [1e2, 1e3, 1e4],
    most: 1.2,
    make: (m) => ({ table: series(m, 25), formula: 'y ~ 1 + (1 | g)', factors: ['g'], ar1: true }),
  },
};

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    most: { type: 'string', default: '1e7' },
    repeats: { type: 'string', default: '3' },
    point: { type: 'string' },
  },
});

/** One point, in a process of its own. */
async function measure(name, size, repeats) {
  const { fitModel, series: seriesOf } = await import('@blup/lmm');
  const { table, formula, factors, ar1 } = studies[name].make(size);
  const options = { factors, ...(ar1 && { covariance: { g: seriesOf({ kind: 'ar1', time: 't' }) } }) };
  const fits = [];
  for (let k = 0; k < repeats; k++) {
    const began = performance.now();
    const model = fitModel(formula, table, options);
    const total = performance.now() - began;
    const { timings, certificate } = model.data;
    fits.push({
      total,
      crossProducts: timings.crossProducts,
      optimize: timings.optimize,
      evaluations: certificate.evaluations,
    });
  }
  fits.sort((a, b) => a.total - b.total);
  const { total, crossProducts, optimize, evaluations } = fits[0];
  const perEvaluation = median(fits.map((fit) => fit.optimize)) / evaluations;
  return {
    total,
    frame: total - crossProducts - optimize,
    crossProducts,
    optimize,
    evaluations,
    perEvaluation,
    mb: process.resourceUsage().maxRSS / 1024,
  };
}

/** Slope of log time on log size over the upper half of the sizes, by least squares: what counts is how large problems grow. */
function exponent(sizes, times) {
  const from = Math.floor((sizes.length - 1) / 2);
  const x = sizes.slice(from).map(Math.log);
  const y = times.slice(from).map((t) => Math.log(Math.max(t, 0.01)));
  const mean = (v) => v.reduce((a, b) => a + b, 0) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  return x.reduce((s, v, i) => s + (v - mx) * (y[i] - my), 0) / x.reduce((s, v) => s + (v - mx) ** 2, 0);
}

if (values.point) {
  const [name, size, repeats] = values.point.split(',');
  console.log(JSON.stringify(await measure(name, Number(size), Number(repeats))));
} else {
  const wanted = values.only ? new Set(values.only.split(',')) : null;
  const failures = [];
  for (const [name, { title, sizes: all, most }] of Object.entries(studies)) {
    if (wanted && !wanted.has(name)) continue;
    const sizes = all.filter((size) => size <= Number(values.most));
    const points = sizes.map((size) => {
      const repeats = size >= 1e7 ? 1 : Number(values.repeats);
      const words = [
        '--max-old-space-size=1024',
        fileURLToPath(import.meta.url),
        '--point',
        [name, size, repeats].join(),
      ];
      process.stderr.write(`${name} ${size}\n`);
      return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' }));
    });
    console.log(`\n${title}\n`);
    const parts = ['frame', 'crossProducts', 'optimize', 'total', 'perEvaluation'];
    const slopes = parts.map((part) =>
      exponent(
        sizes,
        points.map((p) => p[part]),
      ),
    );
    printTable(
      ['size', 'frame ms', 'cross-products ms', 'search ms', 'total ms', 'ms per evaluation', 'evaluations', 'peak MB'],
      [
        ...points.map((p, k) => [
          String(sizes[k]),
          ...parts.map((part) => digits(p[part])),
          String(p.evaluations),
          digits(p.mb),
        ]),
        ['exponent', ...slopes.map((s) => s.toFixed(2)), '', ''],
      ],
    );
    // Evaluations differ from data set to data set; time must not grow for any other reason.
    const worst = Math.max(slopes[0], slopes[1], slopes[4]);
    if (worst > most) failures.push(`${name}: exponent ${worst.toFixed(2)}, at most ${most} is expected`);
  }
  for (const failure of failures) console.error(`FAILED ${failure}`);
  if (failures.length > 0) process.exitCode = 1;
}
