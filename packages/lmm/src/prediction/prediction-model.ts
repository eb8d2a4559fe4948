import { lambdaInto } from '@blup/covariance';
import type { Design } from '@blup/formula';
import { solveLtInPlace, unpermuteInto } from '@blup/sparse';
import { solveLowerInPlace } from '../dense.js';
import type { FittedModel } from '../fitted-model.js';
import type { ModelMatrices } from '../model-matrices.js';
import type { PenalizedLeastSquares } from '../penalized-least-squares.js';
import { randomTerms } from './residual-structure.js';
import { residualFacts, type PredictionResidual } from './new-residuals.js';
import { levelVariances } from './level-variances.js';
import type { VarianceUncertainty } from './variance-uncertainty.js';
import { aliasedColumns, type AliasedColumn } from './aliased-columns.js';

/** One random-effects term as prediction needs it. */
export interface PredictionTerm {
  /** As in the formula: `(1 + Days | Subject)`. */
  readonly label: string;
  readonly group: string;
  readonly names: readonly string[];
  readonly levels: readonly string[];
  /** Relative covariance factor of one level, nc by nc, column-major: Var b = sigma^2 lambda lambda'. */
  readonly lambda: Float64Array;
  /** Conditional modes, level by level: nl times nc numbers. */
  readonly modes: Float64Array;
  /**
   * Relative variance of each level's effects where the levels are correlated (Var b_l = sigma^2 levelVariances[l] lambda lambda'), length nl;
   * null for independent levels, where it is 1. Nothing is known of new levels of such a term.
   */
  readonly levelVariances: Float64Array | null;
  /** Whether the design says which level a new row has; not so for time points that were read beside the formula. */
  readonly fromDesign: boolean;
  /** Number of each level's first random effect, length nl. */
  readonly effects: Int32Array;
}

/** What standard errors of known levels need: the penalised system at the estimated theta. */
export interface PredictionSystem {
  /** Lower triangle of S (Lambda'Z'Z Lambda + I for independent levels), q by q, by columns, the diagonal first. */
  readonly colPtr: Int32Array;
  readonly rowIdx: Int32Array;
  readonly values: Float64Array;
  /** S^-1 Lambda'Z'X RX^-1, q by p, column-major. */
  readonly effectsOnFixed: Float64Array;
}

/**
 * A fitted model reduced to what predictions for new rows need; nothing in it has the length of the training data. The same object is
 * made from a fitted model ({@link predictionModel}) and from an exported one ({@link readModel}).
 */
export interface PredictionModel {
  readonly responseName: string;
  /** How new rows become columns; null for a model of ready-made matrices. */
  readonly design: Design | null;
  readonly fixed: {
    /** Names of all columns of X, those left out included. */
    readonly names: readonly string[];
    /** Columns with a coefficient, ascending; p of them. */
    readonly kept: readonly number[];
    /** Coefficients of the kept columns. */
    readonly beta: Float64Array;
    /** Upper triangle, p by p, column-major: Cov(beta) = sigma^2 (RX'RX)^-1. */
    readonly RX: Float64Array;
    /** Columns left out because they depend on the kept ones, and how. */
    readonly aliased: readonly AliasedColumn[];
  };
  readonly sigma: number;
  /** The residual structure; null for independent residuals. */
  readonly residual: PredictionResidual | null;
  /** In the order of the formula, `||` taken apart. */
  readonly terms: readonly PredictionTerm[];
  /** Null when the model was exported without: predictions then have no standard errors at known levels. */
  readonly system: PredictionSystem | null;
  /** How certain the variances are, for degrees of freedom; null where that is not known, or asked of the fitted model. */
  readonly uncertainty: VarianceUncertainty | null;
  /** What is known of levels that {@link scoreGroups} added; their effects are numbered after those of the fit. */
  readonly scored: ScoredSystem | null;
}

/** The penalised system of scored levels, given beta and the effects of known levels; m effects in all. */
export interface ScoredSystem {
  /** Number of the first scored effect. */
  readonly first: number;
  /** Lower triangle of S, m by m, by columns, the diagonal first. */
  readonly colPtr: Int32Array;
  readonly rowIdx: Int32Array;
  readonly values: Float64Array;
  /** Lambda'Z'X by the kept columns, m by p, column-major. */
  readonly LZtX: Float64Array;
  /** Lambda'Z' times Z Lambda of known levels: for each scored effect the known effects that share rows with it, and the products. */
  readonly known: readonly ReadonlyMap<number, number>[];
}

/** The part of a fitted model that predicts. Cost: one evaluation of the objective, p solves, and one pass over the rows per aliased column. */
export function predictionModel(model: FittedModel): PredictionModel {
  return predictionModelAt(model, model.optimum.theta);
}

/** {@link predictionModel} with the variances that it would have at another theta. The objective stands there afterwards. */
export function predictionModelAt({ optimum, data, frame }: FittedModel, theta: Float64Array): PredictionModel {
  const { matrices, cp, composite, objective } = optimum;
  objective.evaluate(theta);
  const { pls } = objective;
  const { colPtr, rowIdx } = pls.placed.pattern;
  return {
    responseName: matrices.responseName,
    design: frame?.design ?? null,
    fixed: {
      names: matrices.X.names,
      kept: [...cp.fixed.kept],
      beta: Float64Array.from(data.beta.values),
      RX: triangleByColumns(pls.RXt, cp.fixed.R, cp.p),
      aliased: aliasedColumns(matrices, cp),
    },
    sigma: Math.sqrt(objective.scale()),
    residual: residualOf(matrices, theta),
    terms: randomTerms(matrices).map((term, t): PredictionTerm => {
      const { nc, nl, start } = cp.terms[t];
      const lambda = new Float64Array(nc * nc);
      lambdaInto(composite.parts[t], theta.subarray(composite.thetaOffset[t], composite.thetaOffset[t + 1]), lambda);
      const modes = new Float64Array(nl * nc);
      for (let l = 0; l < nl; l++) {
        for (let r = 0; r < nc; r++) {
          let s = 0;
          for (let c = 0; c < nc; c++) s += lambda[c * nc + r] * pls.u[start + l * nc + c];
          modes[l * nc + r] = s;
        }
      }
      const label = frame?.random[t]?.label ?? `(${term.names.join(' + ')} | ${term.group})`;
      const effects = Int32Array.from({ length: nl }, (_, l) => start + l * nc);
      const read = frame?.random[t];
      return {
        label,
        group: term.group,
        names: term.names,
        levels: term.levels,
        lambda,
        modes,
        levelVariances: levelVariances(pls.precisions[t]),
        fromDesign:
          !term.derived &&
          !term.memberships &&
          (!read || (read.group === term.group && read.names.join('\n') === term.names.join('\n'))),
        effects,
      };
    }),
    system: {
      colPtr: colPtr.slice(),
      rowIdx: rowIdx.slice(),
      values: systemValues(pls),
      effectsOnFixed: effectsOnFixed(pls),
    },
    uncertainty: null,
    scored: null,
  };
}

/** A residual structure stands last; its theta are its par. */
function residualOf({ terms }: ModelMatrices, theta: Float64Array): PredictionResidual | null {
  const structure = terms.at(-1)?.structure;
  if (!structure?.residual) return null;
  return { spec: residualFacts(structure.residual.spec), par: theta.slice(theta.length - structure.parLength) };
}

/** S on its pattern; where all levels are independent, the identity is added only by the factorisation. */
export function systemValues({ placed, values, precisions }: PenalizedLeastSquares): Float64Array {
  const out = values.slice();
  if (precisions.some(Boolean)) return out;
  const { colPtr, ncol } = placed.pattern;
  for (let j = 0; j < ncol; j++) out[colPtr[j]] += 1;
  return out;
}

/** RXt' R: the triangle of the basis Q1 taken back to the columns of X. */
function triangleByColumns(RXt: Float64Array, R: Float64Array, p: number): Float64Array {
  const out = new Float64Array(p * p);
  for (let j = 0; j < p; j++) {
    for (let i = 0; i <= j; i++) {
      let s = 0;
      for (let k = i; k <= j; k++) s += RXt[i * p + k] * R[j * p + k];
      out[j * p + i] = s;
    }
  }
  return out;
}

/** S^-1 Lambda'Z'X RX^-1 = P' L^-T RZX RX^-1; the basis of X cancels. */
function effectsOnFixed(pls: PenalizedLeastSquares): Float64Array {
  const { q, p } = pls.cp;
  const work = pls.RZX.slice();
  solveLtInPlace(pls.factor, work, p);
  const out = new Float64Array(q * p);
  unpermuteInto(pls.factor, work, out, p);
  const row = new Float64Array(p);
  for (let i = 0; i < q; i++) {
    for (let k = 0; k < p; k++) row[k] = out[k * q + i];
    solveLowerInPlace(pls.RXt, p, row);
    for (let k = 0; k < p; k++) out[k * q + i] = row[k];
  }
  return out;
}
