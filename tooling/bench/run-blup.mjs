// node --expose-gc run-blup.mjs RUNG REPEATS: fits one rung in a process of its own and prints one line of JSON.
import { buildModelFrame, formulaColumns } from '@blup/formula';
import { fitModel } from '@blup/lmm';
import { memoryNow, memoryPeak, resetPeak } from './memory.mjs';
import { rungs } from './rungs.mjs';
import { median } from './table.mjs';

const rung = rungs.find((r) => r.id === process.argv[2]);
const repeats = Number(process.argv[3] ?? 5);
const table = rung.data();
const options = { factors: rung.factors };

const timed = (run) => {
  const start = performance.now();
  const value = run();
  return { value, ms: performance.now() - start };
};

/** From how many fits on the first half counts as warming up. */
const WARM = 100;

/** Milliseconds of fits after which no more are made. */
const ENOUGH = 30_000;

// The first fit of the process: with its memory.
globalThis.gc();
resetPeak();
const base = memoryNow();
const first = timed(() => fitModel(rung.formula, table, options));
const peak = memoryPeak();
let model = first.value;

const totals = repeats > 1 ? [] : [first.ms];
const frames = [];
const products = repeats > 1 ? [] : [model.data.timings.crossProducts];
const searches = repeats > 1 ? [] : [model.data.timings.optimize];
for (let k = 1, spent = 0; k < repeats && (k < 3 || spent < ENOUGH); k++) {
  const fit = timed(() => fitModel(rung.formula, table, options));
  model = fit.value;
  totals.push(fit.ms);
  spent += fit.ms;
  products.push(model.data.timings.crossProducts);
  searches.push(model.data.timings.optimize);
}
for (let k = 0; k < Math.min(repeats, 5); k++)
  frames.push(timed(() => buildModelFrame(rung.formula, table, options)).ms);

const warm = (times) => (times.length < WARM ? times : times.slice(times.length >> 1));

// One evaluation, at thetas near the optimum that were not evaluated before.
const { objective, theta, evaluations } = model.optimum;
const gradient = new Float64Array(theta.length);
const f = [];
const g = [];
const rounds = Math.max(3, Math.min(2000, Math.round(500 / (median(searches) / evaluations.length))));
for (let k = 1; k <= rounds; k++) {
  const at = theta.map((t) => t * (1 + 1e-3 * Math.sin(k)));
  f.push(timed(() => objective.evaluate(at)).ms);
  g.push(timed(() => objective.gradientInto(gradient)).ms);
}

/** L with what its inverse needs, as it is laid out; the matrix S that it is made from, its inverse there, and the cross-products that S scales. */
function factorBytes({ pls }) {
  if (pls.levels) return 8 * model.data.L.nnz;
  const { method, structure, nnz, lower } = pls.symbolic;
  return (method === 'supernodal' ? 24 * structure.valuePtr.at(-1) : 20 * nnz) + 40 * lower.rowIdx.length;
}

const used = new Set(formulaColumns(rung.formula, Object.keys(table)));
console.log(
  JSON.stringify({
    rung: rung.id,
    n: model.data.nobs,
    p: model.data.beta.names.length,
    q: model.data.L.q,
    frameMs: median(frames),
    crossProductsMs: median(warm(products)),
    searchMs: median(warm(searches)),
    totalMs: median(warm(totals)),
    firstMs: first.ms,
    evaluations: evaluations.length,
    gradients: evaluations.filter(({ decrement }) => !Number.isNaN(decrement)).length,
    evaluateMs: median(f),
    gradientMs: median(g),
    objective: model.data.objective,
    converged: model.data.certificate.converged,
    theta: Array.from(theta),
    thetaNames: model.data.thetaNames,
    columnBytes: Object.entries(table).reduce((s, [name, c]) => s + (used.has(name) ? c.byteLength : 0), 0),
    factorBytes: factorBytes(objective),
    fitBytes: peak - base,
    peakBytes: peak,
  }),
);
