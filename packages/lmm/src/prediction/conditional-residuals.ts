import {
  residualStructure,
  restrictSpec,
  type CodedRows,
  type CorrelationSpec,
  type ResidualSpec,
} from '@blup/covariance';
import type { Table } from '@blup/formula';
import { ModelError } from '../errors.js';
import type { FittedModel } from '../fitted-model.js';
import { pointPrecision } from '../inference/rows/point-precision.js';
import { rowCovariance } from '../inference/rows/row-covariance.js';
import { rowPrecision } from '../inference/rows/row-precision.js';
import { readResidual } from '../structured-terms/residual-columns.js';
import { intervalFactor } from './interval-factor.js';
import type { NewRows } from './new-rows.js';
import { optionsOf, readVariances, relativeVariances, residualFacts, variancesDiffer } from './new-residuals.js';
import { numberOf, type PredictOptions, type Predictions } from './predict-options.js';
import type { PredictionModel } from './prediction-model.js';
import { predictRows } from './predict-rows.js';
import { placesByTerm } from './row-variances.js';

/**
 * Best linear unbiased predictions of new observations whose residuals are correlated with observed ones (Goldberger 1962, J. Am. Stat. Assoc.
 * 57, 369-375): with c = Cov(y_new, y), and V = Var(y),
 *
 *     x'beta^ + c'V^-1 (y - X beta^),      variance  Var(y_new) - c'V^-1 c + d'(X'V^-1X)^-1 d,   d = x - X'V^-1 c
 *
 * c holds the effects of known levels that take part and the residuals of the row's group. Variance parameters are taken as known. One solve
 * with the factor for each row, O(n + nnz(L)).
 *
 * @throws ModelError `bad-option` for Satterthwaite's df; CovarianceStructureError for times at which the group was observed already
 */
export function conditionalPredictions(
  model: FittedModel,
  source: PredictionModel,
  rows: NewRows,
  table: Table,
  options: PredictOptions,
): Predictions {
  const { optimum, data } = model;
  const { matrices, par, theta, objective, cp } = optimum;
  const { terms, newLevels, nonEstimable } = options;
  if (options.df === 'satterthwaite')
    throw new ModelError('bad-option', "residuals: 'conditional' has no degrees of freedom: give numbers as df");
  const base = predictRows(source, rows, {
    terms: terms ?? 'all',
    newLevels: newLevels ?? 'refuse',
    nonEstimable: nonEstimable ?? 'missing',
  });
  const places = placesByTerm(source, rows, options);
  const structure = matrices.terms.at(-1)!.structure;
  const own = par.slice(par.length - structure.parLength);
  const residuals = residualCovariances(structure.residual!.spec, table, rows.n, own, base.fit);
  objective.evaluate(theta);
  const precision = rowPrecision(optimum);
  const covariance = rowCovariance(optimum, par);
  const n = matrices.y.length;
  const { weights, offset, X, y } = matrices;
  const root = (i: number) => (weights ? Math.sqrt(weights[i]) : 1);
  const columns = source.fixed.kept.map((k) => X.columns[k].map((v, i) => v * root(i)));
  const gap = y.map((v, i) => (v - (offset ? offset[i] : 0)) * root(i));
  columns.forEach((x, k) => {
    for (let i = 0; i < n; i++) gap[i] -= x[i] * source.fixed.beta[k];
  });
  const s2 = data.sigma ** 2;
  const weightOf = numberOf(options.weights ?? 1, rows.n, 'weights');
  const c = new Float64Array(n);
  const solved = new Float64Array(n);
  const effects = new Float64Array(cp.q);
  const fit = new Float64Array(rows.n).fill(Number.NaN);
  const se = new Float64Array(rows.n).fill(Number.NaN);
  for (let i = 0; i < rows.n; i++) {
    if (Number.isNaN(base.fit[i])) continue;
    c.fill(0);
    const scale = 1 / Math.sqrt(weightOf(i));
    let variance = residuals.variance(i) * scale * scale;
    residuals.addInto(i, scale, c);
    source.terms.forEach(({ names, lambda }, t) => {
      const row = rows.terms[t];
      if (!row) return;
      const nc = names.length;
      const { start } = cp.terms[t];
      const l = places[t] && row.levelIdx[i] >= 0 ? places[t]![row.levelIdx[i]] : -1;
      if (l < 0) {
        for (let k = 0; k < nc; k++) {
          let s = 0;
          for (let r = 0; r < nc; r++) s += lambda[k * nc + r] * row.columns[r][i];
          variance += s * s;
        }
        return;
      }
      effects.fill(0);
      for (let k = 0; k < nc; k++) effects[start + l * nc + k] = row.columns[k][i];
      covariance.effectsInto(t, effects, c);
      for (let k = 0; k < nc; k++) variance += effects[start + l * nc + k] * row.columns[k][i];
    });
    precision.multiplyInto(c, solved);
    let mean = rows.offset ? rows.offset[i] : 0;
    for (let r = 0; r < n; r++) {
      mean += solved[r] * gap[r];
      variance -= solved[r] * c[r];
    }
    const d = columns.map((x, k) => {
      let s = rows.X[source.fixed.kept[k]][i];
      mean += s * source.fixed.beta[k];
      for (let r = 0; r < n; r++) s -= x[r] * solved[r];
      return s;
    });
    variance *= s2;
    d.forEach((v, a) => d.forEach((w, b) => (variance += v * w * data.vcov[a][b])));
    fit[i] = mean;
    se[i] = Math.sqrt(Math.max(0, variance));
  }
  const { newLevel, estimable } = base;
  if (!options.interval) return { fit, se: options.se ? se : null, lower: null, upper: null, newLevel, estimable };
  const dfOf = numberOf(options.df === undefined || options.df === 'none' ? Infinity : options.df, rows.n, 'df');
  const half = se.map((v, i) => v * intervalFactor(options.level ?? 0.95, dfOf(i)));
  return { fit, se, lower: fit.map((v, i) => v - half[i]), upper: fit.map((v, i) => v + half[i]), newLevel, estimable };
}

/** Covariances of new residuals with the observed ones of the same group, relative to sigma^2. */
interface ResidualCovariances {
  /** Var(e_new) of row i. */
  variance(i: number): number;
  /** out += factor times Cov(e_new, W^1/2 e). */
  addInto(i: number, factor: number, out: Float64Array): void;
}

/** A group's observed rows and the new one make a structure of their own, whose covariance has the entries that are wanted. */
function residualCovariances(
  given: ResidualSpec,
  table: Table,
  count: number,
  par: Float64Array,
  fitted: Float64Array,
): ResidualCovariances {
  const { n } = given;
  const facts = residualFacts(given);
  const anew = variancesDiffer(facts) ? readVariances(facts, table, count) : null;
  const ownVariance = relativeVariances(anew, { spec: facts, par }, count, fitted);
  if (!given.correlation) return { variance: (i) => ownVariance[i], addInto: () => {} };
  const all = Int32Array.from({ length: n }, (_, i) => i);
  const observed = restrictSpec({ ...given, variances: [] }, all).correlation!;
  const joined = joinCorrelation(given.correlation, observed, table, count, n);
  const members = new Map<number, number[]>();
  for (let i = 0; i < n; i++) {
    const g = observed.group ? observed.group.codes[i] : 0;
    const list = members.get(g);
    if (list) list.push(i);
    else members.set(g, [i]);
  }
  const us = given.correlation.kind === 'us';
  const plain = { ...given, correlation: us ? null : given.correlation };
  const sd = new Float64Array(n).fill(1);
  const correlationLength = residualStructure({ n, correlation: observed, variances: [] }).precision.parLength;
  if (plain.variances.length > 0)
    residualStructure({ n, correlation: null, variances: plain.variances }).relativeSdInto(
      par.slice(correlationLength),
      sd,
    );
  const correlationPar = par.slice(0, correlationLength);
  return {
    variance: (i) => ownVariance[i],
    addInto(i, factor, out) {
      const rows = members.get(joined.group ? joined.group.codes[n + i] : 0);
      if (!rows) return;
      const spec = restrictSpec({ n: n + count, correlation: joined, variances: [] }, [...rows, n + i]);
      const structure = residualStructure(spec);
      const column = new Float64Array(rows.length + 1);
      column[rows.length] = 1;
      pointPrecision(structure, correlationPar).solveInPlace(column);
      // With unstructured visits the column holds covariances; else correlations, and variances stand beside.
      const scale = factor * Math.sqrt(us ? ownVariance[i] / column[rows.length] : ownVariance[i]);
      rows.forEach((r, k) => (out[r] += scale * column[k] * sd[r]));
    },
  };
}

/** The correlation of observed and new rows together, the new ones last. */
function joinCorrelation(
  given: CorrelationSpec,
  observed: CorrelationSpec,
  table: Table,
  count: number,
  n: number,
): CorrelationSpec {
  const known: ResidualSpec = { n, correlation: { ...given }, variances: [] };
  const read = readResidual(
    { table, rows: null, n: count, categories: {}, fitted: new Float64Array(count) },
    optionsOf(timed(known, table)),
    known,
  ).correlation!;
  const codes = (a: CodedRows | null, b: CodedRows | null): CodedRows | null =>
    a && b && { columns: a.columns, levels: b.levels, codes: Int32Array.from([...a.codes, ...b.codes]) };
  const group = codes(observed.group, read.group);
  const coordinates = observed.coordinates.map((x, d) => {
    const more = read.coordinates[d] ?? followingTimes(x, observed.group, read.group, count);
    return Float64Array.from([...x, ...more]);
  });
  return { ...observed, group, coordinates, visit: codes(observed.visit, read.visit) };
}

/** Times that stand for the order of rows are in no table. */
function timed(spec: ResidualSpec, table: Table): ResidualSpec {
  const { correlation } = spec;
  const made = correlation!.columns.length === 1 && correlation!.columns[0] === 'row' && !table.column('row');
  return made ? { ...spec, correlation: { ...correlation!, columns: [] } } : spec;
}

/** Rows that count in their order follow the last one of their group. */
function followingTimes(
  times: Float64Array,
  observed: CodedRows | null,
  anew: CodedRows | null,
  count: number,
): Float64Array {
  const last = new Map<number, number>();
  times.forEach((t, i) => {
    const g = observed ? observed.codes[i] : 0;
    last.set(g, Math.max(last.get(g) ?? -1, t));
  });
  return Float64Array.from({ length: count }, (_, i) => {
    const g = anew ? anew.codes[i] : 0;
    const t = (last.get(g) ?? -1) + 1;
    last.set(g, t);
    return t;
  });
}
