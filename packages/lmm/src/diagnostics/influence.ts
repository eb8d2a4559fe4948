import { FittedModel } from '../fitted-model.js';
import { choleskyInPlace, solveLowerInPlace } from '../dense.js';
import { ModelError } from '../errors.js';
import { checkMatrices } from '../model-matrices.js';
import type { FitOptions } from '../optimum.js';
import { findOptimumByFitted } from '../fitted-covariate.js';
import { constraintOptions } from '../par-constraints.js';

/**
 * What is estimated again without a group: everything (`refit`), everything by one Newton step from the estimates (`one-step`), or beta and
 * sigma at the estimated theta (`fixed-theta`), which is exact for that theta.
 */
export type InfluenceMethod = 'refit' | 'one-step' | 'fixed-theta';

export interface InfluenceOptions {
  /** Default `refit`. */
  readonly method?: InfluenceMethod;
  /** Only these groups; default all. */
  readonly groups?: readonly string[];
  /** Called after every group; return false to stop. */
  readonly onGroup?: (done: number, count: number) => boolean | void;
}

/** The fit without one group, and how far it is from the whole fit. */
export interface GroupInfluence {
  readonly group: string;
  /** Rows that were left out. */
  readonly nobs: number;
  /** By the columns that the whole fit kept; NaN for one that cannot be estimated without the group. */
  readonly beta: readonly number[];
  readonly sigma: number;
  readonly theta: readonly number[];
  /** Change of each coefficient in standard errors of the fit without the group. */
  readonly dfbetas: readonly number[];
  /** (beta - beta_g)'Cov(beta)^-1(beta - beta_g) / p; NaN when some coefficient is lost. */
  readonly cooksDistance: number;
  /** The same with the covariance of beta_g. */
  readonly mdffits: number;
  /** |Cov(beta_g)| / |Cov(beta)|. */
  readonly covratio: number;
  readonly converged: boolean;
}

/**
 * Influence of groups of rows: the model is fitted again without each. Works for nested and crossed designs alike, since rows are left out,
 * not effects. Cost: one reading of the rows and one search (or one or two evaluations) for each group.
 *
 * Source: Demidenko and Stukel (2005), Statistics in Medicine 24, 893-909; Loy and Hofmann (2014), J. Stat. Software 61(1), for the names.
 *
 * @param by a grouping factor of the model, or one label for each row that took part
 * @throws ModelError `bad-option` for an unknown factor or group, `lengths-differ` for labels of another length
 */
export function influence(
  model: FittedModel,
  by: string | readonly string[],
  options: InfluenceOptions = {},
): GroupInfluence[] {
  const labels = rowLabels(model, by);
  const known = [...new Set(labels)];
  const groups = options.groups ?? known;
  for (const g of groups) if (!known.includes(g)) throw new ModelError('bad-option', `there is no group ${g}`);
  const out: GroupInfluence[] = [];
  for (const group of groups) {
    out.push(without(model, labels, group, options.method ?? 'refit'));
    if (options.onGroup?.(out.length, groups.length) === false) break;
  }
  return out;
}

/** The group of each row; groups of a factor come in the order of its levels. */
function rowLabels({ optimum }: FittedModel, by: string | readonly string[]): readonly string[] {
  const { terms, y } = optimum.matrices;
  if (typeof by !== 'string') {
    if (by.length === y.length) return by;
    throw new ModelError('lengths-differ', `there are ${by.length} labels for ${y.length} rows`);
  }
  const term = terms.find((t) => t.group === by);
  if (term?.memberships)
    throw new ModelError(
      'bad-option',
      `rows have several levels of ${by}, so it does not split them: give a label for each row`,
    );
  if (term) return Array.from(term.levelIdx, (l) => term.levels[l]);
  const known = [...new Set(terms.map((t) => t.group))].join(', ') || 'none';
  throw new ModelError('bad-option', `the model has no grouping factor ${by}; it has: ${known}`);
}

function without(
  model: FittedModel,
  labels: readonly string[],
  group: string,
  method: InfluenceMethod,
): GroupInfluence {
  const { matrices } = model.optimum;
  const weights = Float64Array.from(labels, (label, i) => (label === group ? 0 : (matrices.weights?.[i] ?? 1)));
  const rest = checkMatrices({ ...matrices, weights }).matrices;
  const optimum = findOptimumByFitted(rest, optionsOf(model, method));
  const refit = new FittedModel(optimum, { formula: null, rows: null, warnings: [], frame: null, total: 0 });
  return {
    group,
    nobs: matrices.y.length - rest.y.length,
    sigma: refit.data.sigma,
    theta: refit.data.theta,
    converged: method === 'refit' ? refit.data.certificate.converged : true,
    ...distances(model, refit),
  };
}

function optionsOf({ optimum }: FittedModel, method: InfluenceMethod): FitOptions {
  const { objective, par } = optimum;
  return {
    reml: objective.reml,
    ...(objective.sigma === null ? {} : { sigma: objective.sigma }),
    ...(method === 'fixed-theta' ? { fixedPar: [...par] } : constraintOptions(optimum)),
    identifiability: 'warn',
    ...(method === 'one-step' ? { start: par, maxEvaluations: 2 } : {}),
  };
}

function distances(
  { data, optimum }: FittedModel,
  refit: FittedModel,
): Pick<GroupInfluence, 'beta' | 'dfbetas' | 'cooksDistance' | 'mdffits' | 'covratio'> {
  const { values } = data.beta;
  const { kept } = optimum.cp.fixed;
  const place = new Map(Array.from(refit.optimum.cp.fixed.kept, (column, k) => [column, k]));
  const at = Array.from(kept, (column) => place.get(column) ?? -1);
  const beta = at.map((k) => (k < 0 ? Number.NaN : refit.data.beta.values[k]));
  const dfbetas = at.map((k, i) => (values[i] - beta[i]) / (k < 0 ? Number.NaN : refit.data.se[k]));
  const complete = at.every((k, i) => k === i) && refit.data.beta.values.length === values.length;
  if (!complete || values.length === 0) {
    return { beta, dfbetas, cooksDistance: Number.NaN, mdffits: Number.NaN, covratio: Number.NaN };
  }
  const change = values.map((v, k) => v - beta[k]);
  const whole = measure(data.vcov, change);
  const part = measure(refit.data.vcov, change);
  return {
    beta,
    dfbetas,
    cooksDistance: whole.square / values.length,
    mdffits: part.square / values.length,
    covratio: Math.exp(part.logDeterminant - whole.logDeterminant),
  };
}

/** v'C^-1 v and log|C| of a covariance matrix, scaled to unit diagonal first. */
function measure(C: readonly (readonly number[])[], v: readonly number[]): { square: number; logDeterminant: number } {
  const p = v.length;
  const sd = C.map((row, i) => Math.sqrt(row[i]));
  const L = new Float64Array(p * p);
  for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) L[j * p + i] = C[i][j] / (sd[i] * sd[j]);
  if (choleskyInPlace(L, p) >= 0) return { square: Number.NaN, logDeterminant: Number.NaN };
  const z = Float64Array.from(v, (x, i) => x / sd[i]);
  solveLowerInPlace(L, p, z);
  let logDeterminant = 0;
  for (let k = 0; k < p; k++) logDeterminant += 2 * Math.log(L[k * p + k] * sd[k]);
  return { square: z.reduce((s, x) => s + x * x, 0), logDeterminant };
}
