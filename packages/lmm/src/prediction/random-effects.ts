import { FittedModel } from '../fitted-model.js';
import { predictionErrors } from './prediction-errors.js';
import { predictionModel, type PredictionModel } from './prediction-model.js';

/** Random effects of one grouping factor, the terms on it side by side. */
export interface GroupEffects {
  readonly group: string;
  readonly levels: readonly string[];
  readonly names: readonly string[];
  /** Conditional modes (BLUPs), one row for each level. */
  readonly values: readonly (readonly number[])[];
  /** Prediction-error covariance Var(b^ - b) of each level's effects, beta uncertain; k by k by rows. */
  readonly variances: readonly (readonly (readonly number[])[])[];
}

/**
 * Conditional modes of every grouping factor with their full prediction-error covariances: those of b^ - b when beta is estimated, which
 * are larger than the conditional variances given beta (`FittedModel.conditionalVariances`). Theta and sigma are taken as known.
 *
 * Source: Henderson (1975), Biometrics 31, 423-447.
 *
 * @throws ModelError `bad-option` for a model that was exported without `standardErrors`
 */
export function randomEffects(model: FittedModel | PredictionModel): GroupEffects[] {
  const source = model instanceof FittedModel ? predictionModel(model) : model;
  const errors = predictionErrors(source);
  const none = new Float64Array(source.fixed.beta.length);
  const members = new Map<string, number[]>();
  source.terms.forEach((term, t) => members.set(term.group, [...(members.get(term.group) ?? []), t]));
  return [...members].map(([group, terms]) => {
    const columns = terms.flatMap((t) => source.terms[t].names.map((_, c) => ({ term: source.terms[t], c })));
    const { levels } = source.terms[terms[0]];
    const width = columns.length;
    const effects = new Int32Array(width);
    const f = new Float64Array(width);
    /** Variance of w'(b^ - b) for the effects of a level. */
    const variance = (level: number, w: ArrayLike<number>) => {
      let count = 0;
      for (const t of terms) {
        const term = source.terms[t];
        const nc = term.names.length;
        const first = columns.findIndex((column) => column.term === term);
        for (let c = 0; c < nc; c++) {
          let s = 0;
          for (let r = 0; r < nc; r++) s += term.lambda[c * nc + r] * w[first + r];
          effects[count] = term.effects[level] + c;
          f[count++] = s;
        }
      }
      return source.sigma ** 2 * errors.variance(none, effects, f, count);
    };
    return {
      group,
      levels,
      names: columns.map(({ term, c }) => term.names[c]),
      values: levels.map((_, l) => columns.map(({ term, c }) => term.modes[l * term.names.length + c])),
      variances: levels.map((_, l) => covarianceFrom(width, (w) => variance(l, w))),
    };
  });
}

/** A covariance matrix from its quadratic form, by polarisation. */
function covarianceFrom(width: number, variance: (w: Float64Array) => number): number[][] {
  const w = new Float64Array(width);
  const own = Array.from({ length: width }, (_, i) => {
    w.fill(0);
    w[i] = 1;
    return variance(w);
  });
  return Array.from({ length: width }, (_, i) =>
    Array.from({ length: width }, (_, j) => {
      if (i === j) return own[i];
      w.fill(0);
      // Columns of different size: the sum and the difference lose nothing in units of their own.
      const a = own[i] > 0 ? 1 / Math.sqrt(own[i]) : 1;
      const b = own[j] > 0 ? 1 / Math.sqrt(own[j]) : 1;
      w[i] = a;
      w[j] = b;
      const plus = variance(w);
      w[j] = -b;
      return (plus - variance(w)) / (4 * a * b);
    }),
  );
}
