import { unstructured } from '@blup/covariance';
import { applyDesign, type TableLike, type UserFunctions } from '@blup/formula';
import { accumulateCrossProducts } from '../accumulate.js';
import { ModelError } from '../errors.js';
import { FittedModel } from '../fitted-model.js';
import type { ModelMatrices, RandomEffectsTerm } from '../model-matrices.js';
import { penalizedLeastSquares, solvePenalized, type PenalizedLeastSquares } from '../penalized-least-squares.js';
import { changeFactorInto } from '../term-basis.js';
import { newRows, type NewRows } from './new-rows.js';
import {
  predictionModel,
  systemValues,
  type PredictionModel,
  type PredictionTerm,
  type ScoredSystem,
} from './prediction-model.js';
import { correlatedLevels } from './level-places.js';
import { numberOf } from './predict-options.js';
import { structuredResiduals } from './residual-structure.js';
import { predictRows } from './predict-rows.js';

export interface ScoreOptions {
  /** Prior weights of the rows, one number or one for each row; default 1. */
  readonly weights?: number | ArrayLike<number>;
  readonly functions?: UserFunctions;
}

/**
 * Predicts the random effects of groups that the model has not seen from their own data, with all parameters (beta, theta, sigma) held at
 * their estimates: the conditional mean of b given the new rows, at the cost of a penalised least-squares problem of the new groups
 * alone. Effects of known levels in the same rows are held at their conditional modes.
 *
 * @param table rows with the response, of new groups; rows that miss a value are left out
 * @returns the model with the new levels beside its own: predict with it as with any other. Standard errors carry the uncertainty of beta
 * and of known effects along.
 * @throws ModelError `no-rows` without a complete row, `bad-option` when no row has a new level
 */
export function scoreGroups(
  model: FittedModel | PredictionModel,
  table: TableLike,
  options: ScoreOptions = {},
): PredictionModel {
  const source = model instanceof FittedModel ? predictionModel(model) : model;
  const rows = newRows(
    source,
    table,
    source.terms.map(() => 'levels'),
    options.functions,
  );
  const alone = { ...source.design!, random: [] };
  const { response } = applyDesign(alone, table, { response: true, functions: options.functions });
  if (!response) throw new ModelError('no-response', 'the model has no response: there is nothing to score from');
  return scoreRows(source, rows, response.values, options.weights);
}

/** {@link scoreGroups} for rows that are matrices already; `y` has the response, NaN where missing. */
export function scoreRows(
  model: PredictionModel,
  rows: NewRows,
  y: Float64Array,
  weights: number | ArrayLike<number> = 1,
): PredictionModel {
  if (model.residual) throw structuredResiduals('scoring of groups');
  if (model.scored)
    throw new ModelError('bad-option', 'the model has scored groups already: score all groups together');
  const { fit } = predictRows(model, rows, { newLevels: 'population' });
  const complete = (i: number) => !Number.isNaN(fit[i] + y[i]) && rows.terms.every((term) => term!.levelIdx[i] >= 0);
  const keep = Int32Array.from(fit.keys()).filter(complete);
  if (keep.length === 0) throw new ModelError('no-rows', 'no row has all values that scoring needs');
  const weightOf = numberOf(weights, rows.n, 'weights');
  const fresh = model.terms.map((term, t) => freshLevels(term, rows, t, keep));
  if (fresh.every((f) => f.levels.length === 0)) {
    throw new ModelError('bad-option', 'every level of the rows is known to the model: there is no group to score');
  }
  fresh.forEach(({ levels }, t) => {
    if (levels.length > 0 && model.terms[t].levelVariances) throw correlatedLevels(model.terms[t], levels[0]);
  });
  const active = fresh.flatMap(({ levels }, t) => (levels.length > 0 ? [t] : []));
  const matrices: ModelMatrices = {
    responseName: model.responseName,
    y: Float64Array.from(keep, (i) => y[i] - fit[i]),
    X: { names: [], columns: [] },
    terms: active.map((t) => freshTerm(model.terms[t], rows, t, keep, fresh[t])),
    weights: Float64Array.from(keep, weightOf),
    offset: null,
  };
  const pls = solveAt(
    matrices,
    active.map((t) => model.terms[t].lambda),
  );
  const first = model.terms.reduce((s, term) => s + term.modes.length, 0);
  const terms = model.terms.slice();
  active.forEach((t, k) => (terms[t] = withScored(terms[t], fresh[t].levels, pls, k, first)));
  return { ...model, terms, scored: scoredSystem(model, rows, keep, matrices, fresh, active, pls, first) };
}

/** New levels of a term in the kept rows, and each kept row's place among them (-1: its level is known or missing). */
interface FreshLevels {
  readonly levels: readonly string[];
  readonly levelIdx: Int32Array;
  /** Each kept row's place among the known levels, or -1. */
  readonly knownIdx: Int32Array;
}

function freshLevels(term: PredictionTerm, rows: NewRows, t: number, keep: Int32Array): FreshLevels {
  const known = new Map(term.levels.map((level, l) => [level, l]));
  const found = new Map<string, number>();
  const { levels, levelIdx } = rows.terms[t]!;
  const knownIdx = new Int32Array(keep.length).fill(-1);
  const freshIdx = new Int32Array(keep.length).fill(-1);
  keep.forEach((i, r) => {
    if (levelIdx[i] < 0) return;
    const level = levels[levelIdx[i]];
    const place = known.get(level);
    if (place !== undefined) {
      knownIdx[r] = place;
      return;
    }
    if (!found.has(level)) found.set(level, found.size);
    freshIdx[r] = found.get(level)!;
  });
  return { levels: [...found.keys()], levelIdx: freshIdx, knownIdx };
}

/** Rows of known levels have zeros in the columns, so that they bear on no effect. */
function freshTerm(
  term: PredictionTerm,
  rows: NewRows,
  t: number,
  keep: Int32Array,
  fresh: FreshLevels,
): RandomEffectsTerm {
  const columns = rows.terms[t]!.columns.map((z) =>
    Float64Array.from(keep, (i, r) => (fresh.levelIdx[r] < 0 ? 0 : z[i])),
  );
  return {
    group: term.group,
    names: term.names,
    columns,
    levels: fresh.levels,
    levelIdx: fresh.levelIdx.map((l) => Math.max(l, 0)),
    structure: unstructured(term.names.length),
  };
}

function solveAt(matrices: ModelMatrices, lambdas: readonly Float64Array[]): PenalizedLeastSquares {
  const pls = penalizedLeastSquares(accumulateCrossProducts(matrices));
  lambdas.forEach((lambda, k) => changeFactorInto(pls.cp.terms[k].basis, lambda, pls.lambdas[k]));
  solvePenalized(pls);
  return pls;
}

function withScored(
  term: PredictionTerm,
  levels: readonly string[],
  pls: PenalizedLeastSquares,
  k: number,
  first: number,
): PredictionTerm {
  const { nc, nl, start } = pls.cp.terms[k];
  const known = term.levels.length;
  const modes = new Float64Array((known + nl) * nc);
  const effects = new Int32Array(known + nl);
  modes.set(term.modes);
  effects.set(term.effects);
  for (let l = 0; l < nl; l++) {
    effects[known + l] = first + start + l * nc;
    for (let c = 0; c < nc; c++) {
      const u = pls.u[start + l * nc + c];
      for (let r = 0; r < nc; r++) modes[(known + l) * nc + r] += term.lambda[c * nc + r] * u;
    }
  }
  return { ...term, levels: [...term.levels, ...levels], modes, effects };
}

function scoredSystem(
  model: PredictionModel,
  rows: NewRows,
  keep: Int32Array,
  matrices: ModelMatrices,
  fresh: readonly FreshLevels[],
  active: readonly number[],
  pls: PenalizedLeastSquares,
  first: number,
): ScoredSystem {
  const m = pls.cp.q;
  const p = model.fixed.beta.length;
  const LZtX = new Float64Array(m * p);
  const known = Array.from({ length: m }, () => new Map<number, number>());
  keep.forEach((i, r) => {
    const w = matrices.weights![r];
    const old = model.terms.flatMap((term, t) => {
      const l = fresh[t].knownIdx[r];
      if (l < 0) return [];
      return Array.from(term.names, (_, c) => ({ effect: term.effects[l] + c, f: spherical(term, rows, t, i, c) }));
    });
    active.forEach((t, k) => {
      const l = fresh[t].levelIdx[r];
      if (l < 0) return;
      const { nc, start } = pls.cp.terms[k];
      for (let c = 0; c < nc; c++) {
        const f = w * spherical(model.terms[t], rows, t, i, c);
        const e = start + l * nc + c;
        for (let j = 0; j < p; j++) LZtX[j * m + e] += f * rows.X[model.fixed.kept[j]][i];
        for (const o of old) known[e].set(o.effect, (known[e].get(o.effect) ?? 0) + f * o.f);
      }
    });
  });
  const { colPtr, rowIdx } = pls.placed.pattern;
  return { first, colPtr, rowIdx, values: systemValues(pls), LZtX, known };
}

/** lambda'z, entry c: the weight of u_c in row i. */
function spherical({ lambda, names }: PredictionTerm, rows: NewRows, t: number, i: number, c: number): number {
  const nc = names.length;
  let s = 0;
  for (let r = 0; r < nc; r++) s += lambda[c * nc + r] * rows.terms[t]!.columns[r][i];
  return s;
}
