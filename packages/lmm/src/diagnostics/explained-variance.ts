import { lambdaOf } from '@blup/covariance';
import { ModelError } from '../errors.js';
import type { FittedModel } from '../fitted-model.js';
import { membershipsOf } from '../memberships.js';
import { levelVariances } from '../prediction/level-variances.js';
import type { ModelMatrices, RandomEffectsTerm } from '../model-matrices.js';

/** Where the variance of the response comes from, and the shares that are usually reported. */
export interface ExplainedVariance {
  /** Variance of X beta over the rows (divisor n - 1). */
  readonly fixed: number;
  /** Mean over the rows of z'Sigma z, all terms together. */
  readonly random: number;
  /** The same by grouping factor. */
  readonly randomByGroup: readonly { readonly group: string; readonly variance: number; readonly icc: number }[];
  /** Mean over the rows of the variance of the residual, sigma^2 / w for independent ones. */
  readonly residual: number;
  /** R^2 of the fixed effects: fixed / total. */
  readonly marginal: number;
  /** R^2 of fixed and random effects together: (fixed + random) / total. */
  readonly conditional: number;
  /** Intraclass correlation given the fixed effects: random / (random + residual). */
  readonly iccAdjusted: number;
  /** random / total. */
  readonly iccUnadjusted: number;
}

/**
 * Marginal and conditional R^2 and intraclass correlations. With random slopes the variance of the random part differs from row to row; its
 * mean is taken, and with a residual structure that of the residual variance. The `icc` of a grouping factor is its share of random + residual.
 *
 * Source: Nakagawa and Schielzeth (2013), Methods in Ecology and Evolution 4, 133-142; Johnson (2014), ibid. 5, 944-946 (slopes).
 */
export function explainedVariance(model: FittedModel): ExplainedVariance {
  const { optimum, data } = model;
  const { matrices: m, composite, par, cp, objective, theta } = optimum;
  const n = m.y.length;
  const s2 = data.sigma ** 2;
  const linear = new Float64Array(n);
  cp.fixed.kept.forEach((column, k) => {
    const x = m.X.columns[column];
    for (let i = 0; i < n; i++) linear[i] += data.beta.values[k] * x[i];
  });
  const fixed = sampleVariance(linear);
  objective.evaluate(theta);
  const { precisions } = objective.pls;
  const byGroup = new Map<string, number>();
  m.terms.forEach((term, t) => {
    if (term.structure.residual) return;
    const lambda = lambdaOf(composite.parts[t], par.subarray(composite.parOffset[t], composite.parOffset[t + 1]));
    byGroup.set(
      term.group,
      (byGroup.get(term.group) ?? 0) + s2 * meanRelativeVariance(term, lambda, levelVariances(precisions[t])),
    );
  });
  const random = [...byGroup.values()].reduce((a, b) => a + b, 0);
  const residual = s2 * meanResidualVariance(m, par);
  const total = fixed + random + residual;
  return {
    fixed,
    random,
    randomByGroup: [...byGroup].map(([group, variance]) => ({ group, variance, icc: variance / (random + residual) })),
    residual,
    marginal: fixed / total,
    conditional: (fixed + random) / total,
    iccAdjusted: random / (random + residual),
    iccUnadjusted: random / total,
  };
}

/** Mean over the rows of |lambda'z|^2, times the relative variance of the row's level where levels are correlated. */
function meanRelativeVariance(term: RandomEffectsTerm, lambda: Float64Array, variances: Float64Array | null): number {
  const nc = term.columns.length;
  const n = term.levelIdx.length;
  if (variances && term.memberships)
    throw new ModelError(
      'bad-option',
      `R^2 and intraclass correlations: rows have several levels of ${term.group}, which are correlated; so far only for one level in a row`,
    );
  let sum = 0;
  for (const { columns, levelIdx } of membershipsOf([term])) {
    for (let i = 0; i < n; i++) {
      for (let c = 0; c < nc; c++) {
        let s = 0;
        for (let r = 0; r < nc; r++) s += lambda[c * nc + r] * columns[r][i];
        sum += s * s * (variances ? variances[levelIdx[i]] : 1);
      }
    }
  }
  return sum / n;
}

/** Relative to sigma^2. */
function meanResidualVariance({ y, weights, terms }: ModelMatrices, par: Float64Array): number {
  const n = y.length;
  const sd = new Float64Array(n).fill(1);
  const structure = terms.at(-1)?.structure;
  structure?.residual?.relativeSdInto(par.slice(par.length - structure.parLength), sd);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += sd[i] ** 2 / (weights ? weights[i] : 1);
  return sum / n;
}

/** Two passes: means first. */
function sampleVariance(x: Float64Array): number {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  return x.length > 1 ? x.reduce((s, v) => s + (v - mean) ** 2, 0) / (x.length - 1) : 0;
}
