import { composite, type CompositeStructure } from '@blup/covariance';
import { accumulateCrossProducts, findBases } from '../accumulate.js';
import type { CrossProducts } from '../cross-products.js';
import { choleskyInPlace, solveLowerInPlace, solveLowerTransposedInPlace, solveUpperInPlace } from '../dense.js';
import { ModelError } from '../errors.js';
import { FittedModel } from '../fitted-model.js';
import { levelPrecisions } from '../level-precision.js';
import { tieInPlace } from '../par-constraints.js';
import { penalizedLeastSquares } from '../penalized-least-squares.js';
import { profiledObjective, type ProfiledObjective } from '../profiled-objective.js';
import { search } from '../search.js';
import { columnScales } from '../start-values.js';
import { workingColumns } from '../working-columns.js';
import { problemOf, type SimulationProblem } from './problem.js';
import { responseProducts } from './response-products.js';
import { zeroVanishing } from './zero-vanishing.js';

/** The estimates from one response. */
export interface Refit {
  /** -2 log-likelihood or the REML criterion. */
  readonly objective: number;
  /** By the kept columns. */
  readonly beta: Float64Array;
  readonly sigma: number;
  readonly par: Float64Array;
  readonly theta: Float64Array;
  readonly converged: boolean;
  readonly singular: boolean;
  readonly evaluations: number;
}

/** Fits one model to many responses. */
export interface Refitter {
  /**
   * @param y a response of length nobs
   * @throws ModelError `lengths-differ`, `not-finite`
   */
  refit(y: Float64Array): Refit;
  /** The objective after a refit, at its estimates, for standard errors and the like; valid until the next refit. */
  readonly objective: ProfiledObjective;
}

/**
 * Fits the model again and again to new responses. Only Z'y, X'y and y'y change: the cross-products, their pattern, the ordering and
 * all workspace are shared, and every search starts at the same place, so that a result depends on its response alone, not on
 * those before it. Holds n (p + sum nc) numbers besides the cross-products.
 */
export function refitter(model: FittedModel | SimulationProblem): Refitter {
  const problem = model instanceof FittedModel ? problemOf(model) : model;
  const { matrices, criterion, source } = problem;
  const bases = findBases(matrices);
  const plain = accumulateCrossProducts(matrices, bases);
  // Under a residual structure an update writes into the object itself, which nobody else holds.
  const cp: Writable<CrossProducts> = plain.residual
    ? plain
    : { ...plain, Zty: new Float64Array(plain.q), Xty: new Float64Array(plain.p) };
  const { residual } = plain;
  const fixed = { ...cp.fixed, c: new Float64Array(cp.p) };
  cp.fixed = fixed;
  const structure = composite(matrices.terms.map((t) => t.structure));
  const pls = penalizedLeastSquares(cp, levelPrecisions(cp, structure));
  const { columns, free, start, unit } = searchSpace(cp, structure, problem);
  const working = profiledObjective(cp, structure, criterion, pls, columns.bases);
  const objective = profiledObjective(cp, structure, criterion, pls);
  const products = responseProducts(matrices, bases, cp.terms, residual ? () => {} : gramSolver(cp));
  const scales = columnScales(
    structure,
    cp.terms.map((t) => t.basis),
  );
  const given = new Float64Array(structure.parLength);
  structure.stepScaleInto(scales, given);

  return {
    objective,
    refit(y) {
      checkResponse(y, matrices.y.length);
      products.begin(y, fixed.c);
      cp.b0 = null;
      // Q1 is orthonormal by weights alone; c need not be the exact least squares where residuals are correlated, only near.
      if (residual) residual.respond(products.y);
      else cp.yty = products.into(cp.Zty, cp.Xty);
      pls.work.Zty.set(cp.Zty);
      pls.work.Xty.set(cp.Xty);
      // The solution that stands there belongs to another response.
      pls.outcome = 'not-finite';
      let from = start;
      let used = { columns, objective: working };
      let evaluations = 0;
      for (let reads = 0, turns = 0; ;) {
        const found = search(
          used.objective,
          { start: from, unit, free, source },
          { tolerance: 1e-6, maxEvaluations: 500 },
        );
        evaluations += found.evaluations.length;
        const value = evaluateAt(used.objective, found.par);
        // Where effects dwarf residuals, they are taken from y, so that sums of squares keep their digits.
        if (!residual && reads < DIGIT_ROUNDS && pls.wrss < DWARFED * cp.yty) {
          const b0 = pls.b.slice();
          products.subtract(b0);
          cp.b0 = b0;
          cp.yty = products.into(cp.Zty, cp.Xty);
          pls.outcome = 'not-finite';
          from = found.par;
          reads++;
          continue;
        }
        // A search that got stuck goes on along the principal axes of where it is.
        if (found.reason !== 'converged' && turns < TURNS) {
          const turned = used.columns.turnedAt(found.par);
          const { bases } = turned.columns;
          used = { columns: turned.columns, objective: profiledObjective(cp, structure, criterion, pls, bases) };
          from = turned.par;
          turns++;
          continue;
        }
        const par = zeroVanishing(objective, used.columns.outOf(found.par), value, { free, source, unit: given });
        const best = evaluateAt(objective, par);
        const theta = new Float64Array(structure.thetaLength);
        structure.thetaInto(par, theta);
        const beta = pls.beta.map((v, k) => v + fixed.c[k]);
        solveUpperInPlace(fixed.R, cp.p, beta);
        return {
          objective: best,
          beta,
          sigma: Math.sqrt(objective.scale()),
          par,
          theta,
          converged: found.reason === 'converged',
          singular: isSingular(structure, par, scales),
          evaluations,
        };
      }
    },
  };
}

/** The share of the sum of squares that residuals may have before digits are worth another pass. */
const DWARFED = 1e-6;

/** How often effects may be taken from y. */
const DIGIT_ROUNDS = 6;

/** How often columns may be turned. */
const TURNS = 3;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Where searches run, and where they begin: at `par`, but off zeros, where the gradient vanishes whatever the response. */
function searchSpace(cp: CrossProducts, structure: CompositeStructure, { fixedPar, source, par }: SimulationProblem) {
  const free = Int32Array.from(par.keys()).filter((k) => !fixedPar[k]);
  const tied = new Set(source.filter((s, k) => s !== k));
  const movable = (t: number) => {
    for (let k = structure.parOffset[t]; k < structure.parOffset[t + 1]; k++)
      if (fixedPar[k] || tied.has(k)) return false;
    return true;
  };
  const columns = workingColumns(cp, structure, movable);
  const unit = new Float64Array(structure.parLength);
  structure.stepScaleInto(columnScales(structure, columns.bases), unit);
  const start = columns.into(par);
  const { lower } = structure.parBounds();
  for (const k of free) if (lower[k] === 0 && Math.abs(start[k]) < OFF_ZERO * unit[k]) start[k] = OFF_ZERO * unit[k];
  tieInPlace(start, source);
  return { columns, free, start, unit };
}

/** In units of a relative standard deviation that makes the column as variable as the residuals. */
const OFF_ZERO = 0.3;

/** v -> (Q1'Q1)^-1 v in place. */
function gramSolver({ XtX, p }: CrossProducts): (v: Float64Array) => void {
  const L = XtX.slice();
  choleskyInPlace(L, p);
  return (v) => {
    solveLowerInPlace(L, p, v);
    solveLowerTransposedInPlace(L, p, v);
  };
}

function evaluateAt(objective: ProfiledObjective, par: Float64Array): number {
  const theta = new Float64Array(objective.composite.thetaLength);
  objective.composite.thetaInto(par, theta);
  return objective.evaluate(theta);
}

function isSingular(structure: CompositeStructure, par: Float64Array, scales: Float64Array): boolean {
  return structure.parts.some((part, t) =>
    part.isSingular(
      par.subarray(structure.parOffset[t], structure.parOffset[t + 1]),
      scales.subarray(structure.columnOffset[t], structure.columnOffset[t + 1]),
      1e-4,
    ),
  );
}

function checkResponse(y: Float64Array, n: number): void {
  if (y.length !== n)
    throw new ModelError('lengths-differ', `the response has ${y.length} values, the model ${n} rows`);
  const bad = y.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) throw new ModelError('not-finite', `the response is ${y[bad]} in row ${bad + 1}`);
}
