// How AR(1) grows: `node tooling/bench/ar1-linear.mjs [--large]` (npm run bench:ar1). One series of 10^3, 10^4, 10^5 points (--large: 10^6) and 10^4
// series of 25, with gaps: time and memory of an evaluation with its gradient, and of the whole fit. Linear means that the last
// columns, per point, stay the same.
import { fitModel } from '@blup/lmm';
import { generator } from './random.mjs';

const large = process.argv.includes('--large');

/** Latent AR(1) plus noise at whole times of which some are missing; x is a covariate. */
function seriesTable(series, points) {
  const { normal: gauss } = generator(17);
  const n = series * points;
  const y = new Float64Array(n);
  const x = new Float64Array(n);
  const t = new Float64Array(n);
  const g = new Array(n);
  for (let s = 0, i = 0; s < series; s++) {
    let u = gauss() / Math.sqrt(1 - 0.8 ** 2);
    for (let k = 0, time = 0; k < points; k++, i++) {
      const gap = k > 0 && k % 7 === 0 ? 3 : 1;
      for (let step = 0; step < gap; step++) u = 0.8 * u + gauss();
      time += gap;
      x[i] = gauss();
      y[i] = 1 + 0.5 * x[i] + u + 1.2 * gauss();
      t[i] = time;
      g[i] = `s${s}`;
    }
  }
  return { y, x, t, g };
}

/** Least milliseconds of a few runs. */
function best(run, times = 5) {
  let least = Infinity;
  for (let k = 0; k < times; k++) {
    const from = performance.now();
    run();
    least = Math.min(least, performance.now() - from);
  }
  return least;
}

/** Bytes in use, buffers too, after everything that can go has gone (node --expose-gc). */
const heap = async () => {
  for (let k = 0; k < 3; k++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

const shapes = [[1, 1e3], [1, 1e4], [1, 1e5], ...(large ? [[1, 1e6]] : []), [1e4, 25]];
const head = [
  'series',
  'points',
  'objective ms',
  '+ gradient ms',
  'fit ms',
  'evaluations',
  'model MB',
  'us/point (evaluation)',
  'us/point (fit)',
  'bytes/point',
];
console.log(`| ${head.join(' | ')} |\n| ${head.map(() => '---:').join(' | ')} |`);
for (const kind of ['latent', 'residual'])
  for (const [series, points] of shapes) console.log(`| ${(await measure(kind, series, points)).join(' | ')} |`);

/** One line of the table. */
async function measure(kind, series, points) {
  const table = seriesTable(series, points);
  const n = series * points;
  const fit = () =>
    kind === 'latent'
      ? fitModel('y ~ x + ar1(1 | g, time = t)', table)
      : fitModel('y ~ x', table, { residual: 'ar1(t | g)' });
  if (n < 1e5) fit();
  const before = await heap();
  const from = performance.now();
  const model = fit();
  const whole = performance.now() - from;
  const memory = (await heap()) - before;
  const { objective, theta } = model.optimum;
  // Theta differs from one evaluation to the next: the last one is remembered.
  const at = Float64Array.from(theta);
  const gradient = new Float64Array(theta.length);
  let turn = 1;
  const move = () => (at[0] = theta[0] * (1 + 1e-3 * turn++));
  const alone = best(() => {
    move();
    objective.evaluate(at);
  });
  const both = best(() => {
    move();
    objective.evaluate(at);
    objective.gradientInto(gradient);
  });
  return [
    `${series} (${kind})`,
    points,
    alone.toFixed(2),
    both.toFixed(2),
    whole.toFixed(0),
    model.data.certificate.evaluations,
    (memory / 2 ** 20).toFixed(1),
    ((1e3 * both) / n).toFixed(2),
    ((1e3 * whole) / n).toFixed(1),
    (memory / n).toFixed(0),
  ];
}
