import { ModelError } from '../errors.js';
import { placesOf } from './level-places.js';
import { membersOf, type NewRows, type NewRowsTerm } from './new-rows.js';
import { numberOf, selectTerms, type PredictOptions } from './predict-options.js';
import { relativeVariances } from './new-residuals.js';
import { predictionErrors } from './prediction-errors.js';
import type { PredictionModel, PredictionTerm } from './prediction-model.js';

/** For each term that takes part, the model's number of each level of the rows (-1: new); null for a term that does not. */
export type PlacesByTerm = readonly (Int32Array | null)[];

/** @throws ModelError `new-level`, `bad-option`, `lengths-differ` */
export function placesByTerm(model: PredictionModel, rows: NewRows, options: PredictOptions): PlacesByTerm {
  const included = selectTerms(model, options.terms);
  const policy = options.newLevels ?? 'refuse';
  return model.terms.map((term, t) => {
    if (!included[t]) return null;
    requireTerm(term, rows.terms[t]);
    return membersOf(rows.terms[t]).map((row) => placesOf(term, row, policy))[0];
  });
}

/** Variances of errors of prediction in units of sigma^2, by rows. */
export interface RowVariances {
  /** Of the predicted mean: what `se` is made of. */
  readonly mean: Float64Array;
  /** Of what the interval is for: the mean, or a new observation. */
  readonly whole: Float64Array;
}

/** What the variance of one row is made of; the arrays are overwritten by the next row. */
export interface RowParts {
  readonly row: number;
  /** Weights of the kept fixed effects. */
  readonly x: Float64Array;
  /** Numbers of the known random effects, the first `count` entries, and their weights in u. */
  readonly effects: Int32Array;
  readonly f: Float64Array;
  readonly count: number;
  /** Terms that count with the variance of a group drawn anew, times `factor`. */
  readonly anew: readonly { readonly term: number; readonly member: number; readonly factor: number }[];
  readonly whole: number;
}

/**
 * The variances behind {@link predictRows}.
 * @param fit its predictions, which variances of residuals may depend on; null for models without such
 * @param onRow told the parts of each row
 */
export function rowVariances(
  model: PredictionModel,
  rows: NewRows,
  places: PlacesByTerm,
  options: PredictOptions,
  fit: Float64Array | null,
  onRow?: (parts: RowParts) => void,
): RowVariances {
  const { n } = rows;
  const { kept } = model.fixed;
  const weightOf = numberOf(options.weights ?? 1, n, 'weights');
  const errors = predictionErrors(model);
  const residual =
    model.residual && options.interval === 'prediction'
      ? relativeVariances(rows.residual, model.residual, n, fit)
      : null;
  const members = rows.terms.map(membersOf);
  const width = model.terms.reduce((s, term, t) => s + term.names.length * members[t].length, 0);
  const effects = new Int32Array(width);
  const f = new Float64Array(width);
  const x = new Float64Array(kept.length);
  const mean = new Float64Array(n);
  const whole = new Float64Array(n);
  const integrated = options.newLevels === 'integrated';
  const observed = options.interval === 'prediction';
  const anew: { term: number; member: number; factor: number }[] = [];
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < x.length; k++) x[k] = rows.X[kept[k]][i];
    let count = 0;
    let between = 0;
    let excluded = 0;
    anew.length = 0;
    for (let t = 0; t < model.terms.length; t++) {
      const term = model.terms[t];
      const nc = term.names.length;
      const place = places[t];
      for (let m = 0; m < members[t].length; m++) {
        const row = members[t][m];
        const l = place && row.levelIdx[i] >= 0 ? place[row.levelIdx[i]] : -1;
        const factor = l >= 0 ? 0 : levelFactor(term, row, i, members[t].length > 1);
        const prior = l >= 0 ? 0 : relativeVariance(term, row, i) * factor;
        if (onRow && l < 0 && (observed || (place && integrated))) anew.push({ term: t, member: m, factor });
        if (!place) excluded += prior;
        else between += prior;
        if (l < 0) continue;
        // Rows with fewer levels have columns of zeros, on a level that they have already.
        if (row !== rows.terms[t] && row.columns.every((z) => z[i] === 0)) continue;
        for (let c = 0; c < nc; c++) {
          effects[count] = term.effects[l] + c;
          f[count++] = spherical(term, row, i, c);
        }
      }
    }
    const known = errors.variance(x, effects, f, count);
    mean[i] = integrated ? known + between : known;
    whole[i] = observed ? known + between + excluded + (residual ? residual[i] : 1) / weightOf(i) : mean[i];
    onRow?.({ row: i, x, effects, f, count, anew, whole: whole[i] });
  }
  return { mean, whole };
}

/** lambda'z, entry c: the weight of u_c. */
function spherical({ lambda, names }: PredictionTerm, row: NewRowsTerm, i: number, c: number): number {
  const nc = names.length;
  let s = 0;
  for (let r = 0; r < nc; r++) s += lambda[c * nc + r] * row.columns[r][i];
  return s;
}

/**
 * Relative variance of the row's level, known (a term that takes no part) or new; of an unknown correlated level nothing is known, nor of several
 * correlated ones together.
 */
function levelFactor(term: PredictionTerm, row: NewRowsTerm, i: number, several: boolean): number {
  const { levelVariances } = term;
  if (!levelVariances) return 1;
  if (several) return Number.NaN;
  const l = row.levelIdx[i] < 0 ? -1 : term.levels.indexOf(row.levels[row.levelIdx[i]]);
  return l < 0 ? Number.NaN : levelVariances[l];
}

/** z'lambda lambda'z */
function relativeVariance(term: PredictionTerm, row: NewRowsTerm, i: number): number {
  let v = 0;
  for (let c = 0; c < term.names.length; c++) v += spherical(term, row, i, c) ** 2;
  return v;
}

function requireTerm(term: PredictionTerm, row: NewRowsTerm | null): NewRowsTerm {
  if (row && row.columns.length === term.names.length) return row;
  throw new ModelError(
    'lengths-differ',
    `the new rows need ${term.names.length} columns for the term ${term.label}; they have ${row?.columns.length ?? 0}`,
  );
}
