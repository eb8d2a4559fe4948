import { openTable, type TableLike, type UserFunctions } from '@blup/formula';
import { ModelError } from '../errors.js';
import { FittedModel } from '../fitted-model.js';
import { exportedDf } from './exported-df.js';
import { conditionalPredictions } from './conditional-residuals.js';
import { readVariances, variancesDiffer } from './new-residuals.js';
import { newRows, trainingRows, type NewRows, type TermNeed } from './new-rows.js';
import { predictionDf } from './prediction-df.js';
import { predictionModel, type PredictionModel } from './prediction-model.js';
import { selectTerms, type PredictOptions, type Predictions } from './predict-options.js';
import { predictRows } from './predict-rows.js';

export interface PredictTableOptions extends PredictOptions {
  /** Functions of the user's that the formula calls. */
  readonly functions?: UserFunctions;
}

/**
 * Predictions for the rows of a table (columns by name, row objects, or an Arrow table), with the states, levels, contrasts and offsets
 * of the fit. Rows stay in place: a missing predictor gives NaN. The response need not be in the table, nor the grouping factors of
 * terms that take no part.
 *
 *     predict(model, { Days: [0, 9], Subject: ['308', 'new'] }, { newLevels: 'integrated', interval: 'prediction' })
 *
 * @param model a fitted model, or an exported one ({@link readModel})
 * @param table null for the rows that the model was fitted to (fitted models only)
 * @throws ModelError `new-level`, `bad-option`, `lengths-differ`; FormulaError for absent columns and unknown categories
 */
export function predict(
  model: FittedModel | PredictionModel,
  table: TableLike | null,
  options: PredictTableOptions = {},
): Predictions {
  const source = model instanceof FittedModel ? predictionModel(model) : model;
  const predicted = (rows: NewRows): Predictions => predictRows(source, rows, withDf(model, source, rows, options));
  if (table === null) {
    if (!(model instanceof FittedModel))
      throw new ModelError('no-rows', 'an exported model has no rows of its own: give the rows to predict');
    if (options.residuals === 'conditional' && source.residual)
      throw new ModelError('bad-option', "residuals: 'conditional' is for new rows: those of the fit were observed");
    return predicted(trainingRows(model.optimum.matrices));
  }
  const anew = options.interval === 'prediction';
  // A group drawn anew has the variance of its level, where levels are correlated.
  const needs = selectTerms(source, options.terms).map((included, t): TermNeed => {
    if (included) return 'levels';
    if (!anew) return 'nothing';
    return source.terms[t].levelVariances ? 'levels' : 'columns';
  });
  const opened = openTable(table);
  const rows = newRows(source, opened, needs, options.functions);
  const { residual } = source;
  if (options.residuals === 'conditional') {
    if (model instanceof FittedModel && residual) return conditionalPredictions(model, source, rows, opened, options);
    if (residual)
      throw new ModelError(
        'bad-option',
        "residuals: 'conditional' needs the fitted model: an exported one has no residuals to go on from",
      );
  }
  const spec = anew && residual && variancesDiffer(residual.spec) ? readVariances(residual.spec, opened, rows.n) : null;
  return predicted({ ...rows, residual: spec });
}

/** The degrees of freedom that are asked for, or can be had. */
function withDf(
  model: FittedModel | PredictionModel,
  source: PredictionModel,
  rows: NewRows,
  options: PredictOptions,
): PredictOptions {
  const { df, interval } = options;
  if (!interval || (df !== undefined && df !== 'satterthwaite')) return options;
  if (model instanceof FittedModel) return { ...options, df: predictionDf(model, rows, options) };
  const { uncertainty } = source;
  return uncertainty ? { ...options, df: exportedDf(source, uncertainty, rows, options) } : options;
}
