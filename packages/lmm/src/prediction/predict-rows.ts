import { ModelError } from '../errors.js';
import { intervalFactor } from './interval-factor.js';
import type { NewRows, NewRowsTerm } from './new-rows.js';
import { predictionErrors } from './prediction-errors.js';
import type { PredictionModel, PredictionTerm } from './prediction-model.js';

/**
 * What a prediction is of a level of a grouping factor that the model has not seen (or that is missing in the row):
 * `refuse` throws (a missing level gives a missing prediction); `population` sets its effects to zero: the mean of the population, whose
 * standard error is that of the fixed effects; `integrated` is the same mean, but the standard error is that of predicting the new group's
 * own mean, and includes the variance between groups.
 */
export type NewLevelPolicy = 'refuse' | 'population' | 'integrated';

export interface PredictOptions {
  /**
   * Random-effects terms that take part: all (default), none, or some, each given by its grouping factor (all terms on it), its label as
   * in the formula, or its position.
   */
  readonly terms?: 'all' | 'none' | readonly (string | number)[];
  /** Default `refuse`. */
  readonly newLevels?: NewLevelPolicy;
  /** Also give standard errors of the predicted means. Intervals imply it. */
  readonly se?: boolean;
  /**
   * `confidence`: for the predicted mean. `prediction`: for a new observation in that row; its variance includes that of the predicted
   * mean, the variance between groups for every term whose level is unknown or takes no part (a group drawn anew), and sigma^2 / weight.
   */
  readonly interval?: 'confidence' | 'prediction';
  /** Coverage of intervals; default 0.95. */
  readonly level?: number;
  /** Degrees of freedom of the t distribution for intervals, one number or one for each row; default infinite: the normal distribution. */
  readonly df?: number | ArrayLike<number>;
  /** Prior weights of new observations for prediction intervals, one number or one for each row; default 1. */
  readonly weights?: number | ArrayLike<number>;
  /**
   * A row whose fixed part is not estimable because X lost columns: NaN (`missing`, the default), or the number that results when the
   * coefficients of the lost columns are zero (`zero`), which other choices of columns would not agree with.
   */
  readonly nonEstimable?: 'missing' | 'zero';
}

/** Predictions by rows, each array of length n. */
export interface Predictions {
  /** offset + x'beta + z'b. NaN where a predictor is missing. */
  readonly fit: Float64Array;
  /** Standard errors of `fit` with the uncertainty of beta and b; theta and sigma are taken as known. Null when not asked for. */
  readonly se: Float64Array | null;
  readonly lower: Float64Array | null;
  readonly upper: Float64Array | null;
  /** 1 where some term that takes part has an unknown or missing level. */
  readonly newLevel: Uint8Array;
  /** 0 where x is outside the row space of the training X; null when X has full rank. */
  readonly estimable: Uint8Array | null;
}

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
  const wantErrors = options.se === true || interval !== undefined;
  if (wantErrors) requireSystem(model, included);
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
        for (let c = 0; c < nc; c++) fit[i] += 0 * columns[c][i];
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
  const quantile = intervalFactor(options.level ?? 0.95, options.df, n);
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
      const prior = l >= 0 ? 0 : relativeVariance(term, row, i);
      if (!place) excluded += prior;
      else between += prior;
      if (l < 0) continue;
      for (let c = 0; c < nc; c++) {
        effects[count] = term.start + l * nc + c;
        f[count++] = spherical(term, row, i, c);
      }
    }
    const known = errors.variance(x, effects, f, count);
    const mean = policy === 'integrated' ? known + between : known;
    se[i] = Number.isNaN(fit[i]) ? Number.NaN : sigma * Math.sqrt(mean);
    if (!lower || !upper) continue;
    const whole = interval === 'prediction' ? known + between + excluded + 1 / weightOf(i) : mean;
    const half = quantile(i) * sigma * Math.sqrt(whole);
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

/** z'lambda lambda'z */
function relativeVariance(term: PredictionTerm, row: NewRowsTerm, i: number): number {
  let v = 0;
  for (let c = 0; c < term.names.length; c++) v += spherical(term, row, i, c) ** 2;
  return v;
}

/**
 * Which terms an option names.
 * @throws ModelError `bad-option` for a term that the model does not have
 */
export function selectTerms(model: PredictionModel, terms: PredictOptions['terms'] = 'all'): boolean[] {
  if (terms === 'all') return model.terms.map(() => true);
  const chosen = model.terms.map(() => false);
  if (terms === 'none') return chosen;
  for (const wanted of terms) {
    let found = false;
    model.terms.forEach((term, t) => {
      if (wanted !== t && wanted !== term.group && wanted !== term.label) return;
      chosen[t] = true;
      found = true;
    });
    if (!found) {
      const known = model.terms.map((t) => t.label).join(', ') || 'none';
      throw new ModelError('bad-option', `the model has no random-effects term ${wanted}; it has: ${known}`);
    }
  }
  return chosen;
}

/** For each level of the rows its place among the levels of the model, or -1. */
function placesOf(term: PredictionTerm, row: NewRowsTerm, policy: NewLevelPolicy): Int32Array {
  const known = new Map(term.levels.map((level, l) => [level, l]));
  const places = Int32Array.from(row.levels, (level) => known.get(level) ?? -1);
  if (policy !== 'refuse') return places;
  for (let i = 0; i < row.levelIdx.length; i++) {
    const l = row.levelIdx[i];
    if (l < 0 || places[l] >= 0) continue;
    throw new ModelError(
      'new-level',
      `row ${i + 1} has ${term.group} = "${row.levels[l]}", which the model has not seen: choose newLevels "population" (its effects are ` +
        'zero) or "integrated" (the same, with the variance between groups in the standard error)',
    );
  }
  return places;
}

/** 1 where every aliased column is the same combination of the kept ones as in the training rows. */
function estimableRows({ fixed }: PredictionModel, { n, X }: NewRows): Uint8Array | null {
  if (fixed.aliased.length === 0) return null;
  const out = new Uint8Array(n).fill(1);
  for (const { column, weights } of fixed.aliased) {
    for (let i = 0; i < n; i++) {
      let rest = X[column][i];
      let size = Math.abs(rest);
      fixed.kept.forEach((k, j) => {
        const v = weights[j] * X[k][i];
        rest -= v;
        size += Math.abs(v);
      });
      if (Math.abs(rest) > ESTIMABLE_TOLERANCE * Math.max(size, 1)) out[i] = 0;
    }
  }
  return out;
}

/** In step with the rank decision of the fit, which drops columns that lose all but 1e-7 of their length. */
const ESTIMABLE_TOLERANCE = 1e-6;

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

function requireSystem(model: PredictionModel, included: readonly boolean[]): void {
  if (model.system || !included.includes(true)) return;
  throw new ModelError(
    'bad-option',
    'the model was exported without what standard errors of known levels need: export it with standardErrors, or predict with terms: "none"',
  );
}

/** A number, or one for each row. */
export function numberOf(values: number | ArrayLike<number>, n: number, what: string): (i: number) => number {
  if (typeof values === 'number') return () => values;
  if (values.length !== n) throw new ModelError('lengths-differ', `${what} has ${values.length} numbers for ${n} rows`);
  return (i) => values[i];
}
