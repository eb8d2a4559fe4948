import { ModelError } from '../errors.js';
import type { PredictionModel } from './prediction-model.js';

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
  /**
   * What is known of the residual of a new row under a residual structure. `independent` (default): nothing, as of another series of the same
   * kind; its variance is the structure's. `conditional`: what the observed residuals of its group say: predictions continue the series. They are
   * then of the new observations themselves, and so are `se` and intervals. For fitted models and tables.
   */
  readonly residuals?: 'independent' | 'conditional';
  /**
   * Degrees of freedom of the t distribution for intervals: `satterthwaite`, the default where it can be had (fitted models, and exports of
   * them), finds for each row how certain its variance is ({@link predictionDf}), which keeps intervals honest with few groups; one number, or
   * one for each row, takes these; `none` (or Infinity) is the normal distribution, which exports without `uncertainty` get, those of models
   * with a residual structure among them, and `residuals: 'conditional'`.
   */
  readonly df?: number | ArrayLike<number> | 'satterthwaite' | 'none';
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

/** A number, or one for each row. */
export function numberOf(values: number | ArrayLike<number>, n: number, what: string): (i: number) => number {
  if (typeof values === 'number') return () => values;
  if (values.length !== n) throw new ModelError('lengths-differ', `${what} has ${values.length} numbers for ${n} rows`);
  return (i) => values[i];
}
