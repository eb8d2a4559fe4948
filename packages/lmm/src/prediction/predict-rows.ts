import { ModelError } from '../errors.js';
import { estimableRows } from './estimable-rows.js';
import { intervalFactor } from './interval-factor.js';
import { membersOf, type NewRows } from './new-rows.js';
import { numberOf, type PredictOptions, type Predictions } from './predict-options.js';
import type { PredictionModel } from './prediction-model.js';
import { placesByTerm, rowVariances } from './row-variances.js';

/**
 * Predicts rows that are matrices already.
 * @throws ModelError `bad-option`, `lengths-differ`, `new-level`
 */
export function predictRows(model: PredictionModel, rows: NewRows, options: PredictOptions = {}): Predictions {
  const { n } = rows;
  const { fixed, sigma } = model;
  checkShapes(model, rows);
  const policy = options.newLevels ?? 'refuse';
  const { interval } = options;
  const wantErrors = options.se === true || interval !== undefined;
  const places = placesByTerm(model, rows, options);
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
    for (const { columns, levelIdx } of membersOf(rows.terms[t])) {
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
    }
  });
  if (estimable && options.nonEstimable !== 'zero') for (let i = 0; i < n; i++) if (!estimable[i]) fit[i] = Number.NaN;
  if (!wantErrors) return { fit, se: null, lower: null, upper: null, newLevel, estimable };

  const level = options.level ?? 0.95;
  const { mean, whole } = rowVariances(model, rows, places, options, fit);
  const se = mean.map((v, i) => (Number.isNaN(fit[i]) ? Number.NaN : sigma * Math.sqrt(v)));
  if (!interval) return { fit, se, lower: null, upper: null, newLevel, estimable };
  const dfOf = numberOf(knownDf(options.df), n, 'df');
  const normal = intervalFactor(level);
  const half = whole.map((v, i) => {
    const df = dfOf(i);
    return (df === Infinity ? normal : intervalFactor(level, df)) * sigma * Math.sqrt(v);
  });
  return { fit, se, lower: fit.map((v, i) => v - half[i]), upper: fit.map((v, i) => v + half[i]), newLevel, estimable };
}

/** @throws ModelError `bad-option` where degrees of freedom would have to be found, which takes the fitted model */
function knownDf(df: PredictOptions['df'] = Infinity): number | ArrayLike<number> {
  if (df === 'none') return Infinity;
  if (df !== 'satterthwaite') return df;
  throw new ModelError(
    'bad-option',
    "df: 'satterthwaite' needs the fitted model and its rows: a model that was exported without uncertainty does not know how certain its variances are; give numbers",
  );
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
