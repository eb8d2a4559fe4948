import { ModelError } from '../errors.js';
import { estimableRows } from './estimable-rows.js';
import { intervalFactor } from './interval-factor.js';
import { placesOf } from './level-places.js';
import type { NewRows, NewRowsTerm } from './new-rows.js';
import { numberOf, selectTerms, type PredictOptions, type Predictions } from './predict-options.js';
import { structuredResiduals } from './residual-structure.js';
import { predictionErrors } from './prediction-errors.js';
import type { PredictionModel, PredictionTerm } from './prediction-model.js';

/**
 * Predicts rows that are matrices already.
 * @throws ModelError `bad-option`, `lengths-differ`, `new-level`
 */
export function predictRows(model: PredictionModel, rows: NewRows, options: PredictOptions = {}): Predictions {
  const { n } = rows;
  const { fixed, sigma } = model;
  const p = fixed.beta.length;
  checkShapes(model, rows);
  const included = selectTerms(model, options.terms);
  const policy = options.newLevels ?? 'refuse';
  const { interval } = options;
  if (interval === 'prediction' && model.residualStructure) throw structuredResiduals('prediction intervals');
  const wantErrors = options.se === true || interval !== undefined;
  const places = model.terms.map((term, t) =>
    included[t] ? placesOf(term, requireTerm(term, rows.terms[t]), policy) : null,
  );
  const estimable = estimableRows(model, rows);
  const fit = rows.offset ? rows.offset.slice() : new Float64Array(n);
  fixed.kept.forEach((column, k) => {
    const x = rows.X[column];
    for (let i = 0; i < n; i++) fit[i] += fixed.beta[k] * x[i];
  });
  const newLevel = new Uint8Array(n);
  model.terms.forEach((term, t) => {
    const place = places[t];
    if (!place) return;
    const { columns, levelIdx } = rows.terms[t]!;
    const nc = columns.length;
    for (let i = 0; i < n; i++) {
      const l = levelIdx[i] < 0 ? -1 : place[levelIdx[i]];
      if (l < 0) {
        newLevel[i] = 1;
        if (policy === 'refuse') fit[i] = Number.NaN;
        for (let c = 0; c < nc; c++) if (Number.isNaN(columns[c][i])) fit[i] = Number.NaN;
        continue;
      }
      for (let c = 0; c < nc; c++) fit[i] += columns[c][i] * term.modes[l * nc + c];
    }
  });
  if (estimable && options.nonEstimable !== 'zero') for (let i = 0; i < n; i++) if (!estimable[i]) fit[i] = Number.NaN;
  if (!wantErrors) return { fit, se: null, lower: null, upper: null, newLevel, estimable };

  const se = new Float64Array(n);
  const lower = interval ? new Float64Array(n) : null;
  const upper = interval ? new Float64Array(n) : null;
  const level = options.level ?? 0.95;
  const dfOf = numberOf(options.df ?? Infinity, n, 'df');
  const normal = intervalFactor(level);
  const weightOf = numberOf(options.weights ?? 1, n, 'weights');
  const errors = predictionErrors(model);
  const width = model.terms.reduce((s, t) => s + t.names.length, 0);
  const effects = new Int32Array(width);
  const f = new Float64Array(width);
  const x = new Float64Array(p);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < p; k++) x[k] = rows.X[fixed.kept[k]][i];
    let count = 0;
    let between = 0;
    let excluded = 0;
    for (let t = 0; t < model.terms.length; t++) {
      const term = model.terms[t];
      const row = rows.terms[t];
      if (!row) continue;
      const nc = term.names.length;
      const place = places[t];
      const l = place && row.levelIdx[i] >= 0 ? place[row.levelIdx[i]] : -1;
      const prior = l >= 0 ? 0 : relativeVariance(term, row, i) * levelFactor(term, row, i);
      if (!place) excluded += prior;
      else between += prior;
      if (l < 0) continue;
      for (let c = 0; c < nc; c++) {
        effects[count] = term.effects[l] + c;
        f[count++] = spherical(term, row, i, c);
      }
    }
    const known = errors.variance(x, effects, f, count);
    const mean = policy === 'integrated' ? known + between : known;
    se[i] = Number.isNaN(fit[i]) ? Number.NaN : sigma * Math.sqrt(mean);
    if (!lower || !upper) continue;
    const whole = interval === 'prediction' ? known + between + excluded + 1 / weightOf(i) : mean;
    const df = dfOf(i);
    const half = (df === Infinity ? normal : intervalFactor(level, df)) * sigma * Math.sqrt(whole);
    lower[i] = fit[i] - half;
    upper[i] = fit[i] + half;
  }
  return { fit, se, lower, upper, newLevel, estimable };
}

/** lambda'z, entry c: the weight of u_c. */
function spherical({ lambda, names }: PredictionTerm, row: NewRowsTerm, i: number, c: number): number {
  const nc = names.length;
  let s = 0;
  for (let r = 0; r < nc; r++) s += lambda[c * nc + r] * row.columns[r][i];
  return s;
}

/** Relative variance of the row's level, known (a term that takes no part) or new; of an unknown correlated level nothing is known. */
function levelFactor(term: PredictionTerm, row: NewRowsTerm, i: number): number {
  const { levelVariances } = term;
  if (!levelVariances) return 1;
  const l = row.levelIdx[i] < 0 ? -1 : term.levels.indexOf(row.levels[row.levelIdx[i]]);
  return l < 0 ? Number.NaN : levelVariances[l];
}

/** z'lambda lambda'z */
function relativeVariance(term: PredictionTerm, row: NewRowsTerm, i: number): number {
  let v = 0;
  for (let c = 0; c < term.names.length; c++) v += spherical(term, row, i, c) ** 2;
  return v;
}

function checkShapes(model: PredictionModel, rows: NewRows): void {
  if (rows.X.length !== model.fixed.names.length) {
    throw new ModelError(
      'lengths-differ',
      `the model has ${model.fixed.names.length} fixed-effects columns, the new rows ${rows.X.length}`,
    );
  }
  if (rows.terms.length !== model.terms.length) {
    throw new ModelError(
      'lengths-differ',
      `the model has ${model.terms.length} random-effects terms, the new rows ${rows.terms.length}`,
    );
  }
}

function requireTerm(term: PredictionTerm, row: NewRowsTerm | null): NewRowsTerm {
  if (row && row.columns.length === term.names.length) return row;
  throw new ModelError(
    'lengths-differ',
    `the new rows need ${term.names.length} columns for the term ${term.label}; they have ${row?.columns.length ?? 0}`,
  );
}
