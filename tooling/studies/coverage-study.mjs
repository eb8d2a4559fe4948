// How often intervals hold what they are for, over simulated data sets of small unbalanced designs with known parameters.
import {
  bootstrapIntervals,
  coefficientTable,
  contrastTest,
  designProblem,
  fitModel,
  parametricBootstrap,
  predict,
  profile,
  simulate,
  varianceIntervals,
} from '@blup/lmm';

/** How often something held, by its kind, what it is and how it was computed. */
class Tally {
  #rows = new Map();

  add(kind, what, method, held) {
    const key = [kind, what, method].join('\n');
    const row = this.#rows.get(key) ?? { kind, what, method, held: 0, counted: 0 };
    row.counted++;
    if (held) row.held++;
    this.#rows.set(key, row);
  }

  get rows() {
    return [...this.#rows.values()];
  }
}

const METHODS = [
  ['Wald z', 'none'],
  ['Satterthwaite', 'satterthwaite'],
  ['Kenward-Roger', 'kenward-roger'],
];
const within = (x, lower, upper) => lower <= x && x <= upper;

/**
 * Simulates `nsim` data sets of a design, fits each by REML and counts which 95 % intervals hold the truth: fixed effects by three methods
 * (and their joint F test at the truth), new rows of a known and of a new group, and, in the first `profiled` and `bootstrapped` of them,
 * profile, Wald and bootstrap intervals of standard deviations. Nothing is left out: singular fits count, too.
 */
export async function coverageStudy(design, { nsim, seed, profiled = 0, bootstrapped = 0, replicates = 199 }) {
  const { formula, beta, par, sigma, sds } = design;
  const n = Object.values(design.table)[0].length;
  const whole = Object.fromEntries(
    Object.entries(design.table).map(([name, column]) => [
      name,
      [...column, ...design.known[name], ...design.fresh[name]],
    ]),
  );
  const options = design.weights ? { weights: design.weights } : {};
  const problem = designProblem(formula, whole, { beta, par, sigma }, options);
  const tally = new Tally();
  const singular = { held: 0, counted: 0 };
  for (const [r, response] of simulate(problem, { nsim, seed }).entries()) {
    const model = fitModel(formula, { ...design.table, y: response.slice(0, n) }, options);
    singular.counted++;
    if (model.data.certificate.singular) singular.held++;
    fixedEffects(tally, model, beta);
    predictions(tally, model, design, response[n], response[n + 1]);
    const truth = new Map([...sds.map(([group, name, sd]) => [`sd ${group}.${name}`, sd]), ['sigma', sigma]]);
    if (r < profiled) deviations(tally, model, truth);
    if (r < bootstrapped) await bootstrap(tally, model, design, { nsim: replicates, seed: seed + 1 + r });
  }
  return { rows: tally.rows, singular };
}

function fixedEffects(tally, model, beta) {
  for (const [method, ddf] of METHODS) {
    const { names, lower, upper } = coefficientTable(model, { ddf });
    names.forEach((name, k) => tally.add('fixed', name, method, within(beta[name], lower[k], upper[k])));
    const tested = names.filter((name) => name !== '(Intercept)');
    const L = tested.map((name) => names.map((other) => (other === name ? 1 : 0)));
    const { p } = contrastTest(model, L, { ddf, rhs: tested.map((name) => beta[name]) });
    tally.add('fixed', `joint F of ${tested.length}`, method, p > 0.05);
  }
}

function predictions(tally, model, design, known, fresh) {
  const options = { interval: 'prediction', newLevels: 'integrated', ...(design.weights ? { weights: 2 } : {}) };
  for (const [method, df] of [
    ['normal', 'none'],
    ['Satterthwaite', 'satterthwaite'],
  ]) {
    const old = predict(model, design.known, { ...options, df });
    tally.add('prediction', 'new row, known group', method, within(known, old.lower[0], old.upper[0]));
    const anew = predict(model, design.fresh, { ...options, df });
    tally.add('prediction', 'new row, new group', method, within(fresh, anew.lower[0], anew.upper[0]));
  }
}

function deviations(tally, model, truth) {
  for (const { name, lower, upper } of profile(model, { which: ['sd', 'sigma'] }).parameters)
    tally.add('deviation', name, 'profile', within(truth.get(name), lower, upper));
  const { names, lower, upper } = varianceIntervals(model);
  names.forEach((name, k) => {
    if (truth.has(name)) tally.add('deviation', name, 'Wald (log)', within(truth.get(name), lower[k], upper[k]));
  });
}

async function bootstrap(tally, model, design, options) {
  const result = await parametricBootstrap(model, options);
  for (const kind of ['percentile', 'basic']) {
    for (const { name, lower, upper } of bootstrapIntervals(result, { kind })) {
      const truth = name === 'sigma' ? design.sigma : design.beta[name];
      if (truth !== undefined) tally.add('bootstrap', name, kind, within(truth, lower, upper));
    }
  }
}
