// node run-blup.mjs RUNG REPEATS: fits one rung in a process of its own and prints one line of JSON.
import { buildModelFrame } from '@blup/formula';
import { fitModel } from '@blup/lmm';
import { rungs } from './rungs.mjs';

const rung = rungs.find((r) => r.id === process.argv[2]);
const repeats = Number(process.argv[3] ?? 5);
const table = rung.data();
const options = { factors: rung.factors };
const before = process.resourceUsage().maxRSS / 1024;

const median = (values) => values.slice().sort((a, b) => a - b)[values.length >> 1];
const timed = (run) => {
  const start = performance.now();
  const value = run();
  return { value, ms: performance.now() - start };
};

let model;
const totals = [];
const frames = [];
const products = [];
const searches = [];
for (let k = 0; k < repeats; k++) {
  const fit = timed(() => fitModel(rung.formula, table, options));
  model = fit.value;
  totals.push(fit.ms);
  products.push(model.data.timings.crossProducts);
  searches.push(model.data.timings.optimize);
  frames.push(timed(() => buildModelFrame(rung.formula, table, options)).ms);
}

// One evaluation, at thetas near the optimum that were not evaluated before.
const { objective, theta } = model.optimum;
const gradient = new Float64Array(theta.length);
const f = [];
const g = [];
const rounds = Math.max(3, Math.min(2000, Math.round(500 / (median(searches) / model.data.certificate.evaluations))));
for (let k = 1; k <= rounds; k++) {
  const at = theta.map((t) => t * (1 + 1e-3 * Math.sin(k)));
  f.push(timed(() => objective.evaluate(at)).ms);
  g.push(timed(() => objective.gradientInto(gradient)).ms);
}

console.log(
  JSON.stringify({
    rung: rung.id,
    n: model.data.nobs,
    p: model.data.beta.names.length,
    q: model.data.L.q,
    thetas: theta.length,
    frameMs: median(frames),
    crossProductsMs: median(products),
    searchMs: median(searches),
    totalMs: median(totals),
    firstMs: totals[0],
    evaluations: model.data.certificate.evaluations,
    evaluateMs: median(f),
    gradientMs: median(g),
    nnzL: model.data.L.nnz,
    objective: model.data.objective,
    converged: model.data.certificate.converged,
    baseMb: before,
    peakMb: process.resourceUsage().maxRSS / 1024,
  }),
);
