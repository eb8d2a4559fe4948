import { lambdaOf, type CompositeStructure, type CovarianceStructure } from '@blup/covariance';
import { chainMoments, chainStartInto } from './chains/chain-moments.js';
import type { CrossProducts } from './cross-products.js';
import { exactTrial } from './moments/exact-trial.js';
import { iteratedTrial } from './moments/iterated-trial.js';
import { levelMoments } from './moments/level-moments.js';
import { pairAt, solveMoments, type MomentEquations } from './moments/moment-equations.js';
import { plainMoments } from './moments/plain-moments.js';
import { probeCosts, probedMoments } from './moments/probed-moments.js';
import { symmetricEigen } from './optimizer/symmetric-eigen.js';
import type { PenalizedLeastSquares } from './penalized-least-squares.js';
import type { ProfiledObjective } from './profiled-objective.js';
import { changeFactorInto, type TermBasis } from './term-basis.js';

/** Root mean squares of the columns of all terms, in the order of the composite's columns. */
export function columnScales(composite: CompositeStructure, bases: readonly TermBasis[]): Float64Array {
  const out = new Float64Array(composite.nc);
  bases.forEach((basis, t) => out.set(basis.rms, composite.columnOffset[t]));
  return out;
}

/** Relative standard deviations (in units of the columns) at which random effects are hardly shrunken. */
const LOOSE = 4;

/** Start values and how far they are to be trusted. */
export interface MomentStart {
  readonly par: Float64Array;
  /** Relative standard deviations to try next, by term, when these effects turned out to be larger than was assumed; else null. */
  readonly looser: Float64Array | null;
  /** Whether the solution at the trial variances stands in `objective.pls`. */
  readonly solved: boolean;
}

/**
 * Start values from moments: with random effects estimated almost freely (one solution at large variances), sums of squares of the estimates
 * are set equal to their expectations ({@link MomentEquations}; Searle, Casella and McCulloch 1992, Variance Components, chapter 5). Saves
 * about half of the evaluations. Where a structure or the data give no moments, the default start stays.
 */
export function momentStart(
  objective: ProfiledObjective,
  bases: readonly TermBasis[],
  loose: Float64Array = new Float64Array(bases.length).fill(LOOSE),
): MomentStart {
  const { composite, pls } = objective;
  const { cp } = pls;
  const scales = columnScales(composite, bases);
  const at = new Float64Array(composite.parLength);
  composite.startInto(
    scales.map((s, k) => s / loose[termOfColumn(composite, k)]),
    at,
  );
  const par = new Float64Array(composite.parLength);
  composite.startInto(scales, par);
  if (pls.chains && chainStartInto(pls.chains, pls, composite, bases[0].A[0], par))
    return { par, looser: null, solved: false };
  const { equations, solved } = trialEquations(objective, bases, at);
  const estimates = equations && equations.coefficients[0] > 0.05 * cp.n ? solveMoments(cp, equations) : null;
  if (!equations || !estimates) return { par, looser: null, solved };
  const looser = loose.slice();
  composite.parts.forEach((part, t) => {
    if (!part.startFromCovarianceInto) return;
    const slice = [composite.parOffset[t], composite.parOffset[t + 1]] as const;
    const noise = noiseOfTerm(cp, equations, t);
    const S = covarianceOfTerm(estimates.relative[t], noise, part, at.subarray(...slice));
    if (!S) return;
    part.startFromCovarianceInto(S, par.subarray(...slice));
    let largest = 0;
    for (let c = 0; c < part.nc; c++) {
      largest = Math.max(largest, Math.sqrt(S[c * part.nc + c]) * scales[composite.columnOffset[t] + c]);
    }
    if (largest > 2 * loose[t]) looser[t] = LOOSE * largest;
  });
  return { par, looser: looser.some((v, t) => v > loose[t]) ? looser : null, solved };
}

/** The moment equations at a trial par, by the cheapest way that the model allows; null where the trial has no solution. */
function trialEquations(
  objective: ProfiledObjective,
  bases: readonly TermBasis[],
  at: Float64Array,
): { equations: MomentEquations | null; solved: boolean } {
  const { composite, pls } = objective;
  const { cp, levels, chains, precisions } = pls;
  const independent = !cp.residual && !precisions.some(Boolean);
  if (independent && !levels && !cp.b0 && iterationIsCheaper(pls)) {
    const trial = iteratedTrial(cp, changedFactors(composite, bases, at), pls.blocks);
    if (trial && trial.wrss > 1e-5 * cp.yty) return { equations: probedMoments(cp, trial), solved: false };
  }
  const theta = new Float64Array(composite.thetaLength);
  composite.thetaInto(at, theta);
  if (!Number.isFinite(objective.evaluate(theta))) return { equations: null, solved: false };
  if (levels) return { equations: levelMoments(levels, pls), solved: true };
  if (chains) return { equations: chainMoments(chains, pls), solved: true };
  const plain = !independent || cp.terms.some(({ nc }) => nc > WIDEST_PROBED);
  return { equations: plain ? plainMoments(pls) : probedMoments(cp, exactTrial(pls)), solved: true };
}

/** With more columns in a term, sums over pairs of pairs of columns cost more than the search. */
const WIDEST_PROBED = 16;

/** How much faster a flop is in the kernels of the factorisation than in sparse products. */
const KERNEL_SPEED = 12;

/** Whether all solves by iteration cost less than a factorisation and solves with the factor. */
function iterationIsCheaper({ cp, symbolic }: PenalizedLeastSquares): boolean {
  const { terms, pairs, p, q } = cp;
  let entries = p * q;
  for (const { nc, nl } of terms) entries += nl * nc * nc;
  for (const { blocks } of pairs) entries += 2 * blocks.length;
  const { solves, steps } = probeCosts(cp);
  return steps * 2 * entries < symbolic.flops / KERNEL_SPEED + solves * 4 * symbolic.nnz;
}

/** A lambda of each term at par. */
function changedFactors(composite: CompositeStructure, bases: readonly TermBasis[], par: Float64Array): Float64Array[] {
  return composite.parts.map((part, t) => {
    const lambda = lambdaOf(part, par.subarray(composite.parOffset[t], composite.parOffset[t + 1]));
    const out = new Float64Array(lambda.length);
    changeFactorInto(bases[t], lambda, out);
    return out;
  });
}

/** The part of noise in the mean square of the estimated effects, over sigma^2, nc by nc. */
function noiseOfTerm({ terms }: CrossProducts, { offset, coefficients }: MomentEquations, t: number): Float64Array {
  const { nc, nl } = terms[t];
  const noise = new Float64Array(nc * nc);
  for (let b = 0; b < nc; b++) {
    for (let a = 0; a <= b; a++) {
      noise[b * nc + a] = noise[a * nc + b] = coefficients[1 + offset[t] + pairAt(a, b)] / nl;
    }
  }
  return noise;
}

function termOfColumn(composite: CompositeStructure, column: number): number {
  let t = 0;
  while (column >= composite.columnOffset[t + 1]) t++;
  return t;
}

/** The estimate of a term's covariance, its eigenvalues kept away from zero; null where something is not finite. */
function covarianceOfTerm(
  relative: Float64Array,
  noise: Float64Array,
  part: CovarianceStructure,
  par: Float64Array,
): Float64Array | null {
  const { nc } = part;
  const lambda = lambdaOf(part, par);
  const N = sandwich(lambda, noise, nc);
  let level = 0;
  for (let c = 0; c < nc; c++) level += N[c * nc + c] / nc;
  const { values, vectors } = symmetricEigen(sandwich(lambda, relative, nc), nc);
  const floor = Math.max(0.1 * level, 1e-4);
  const S = new Float64Array(nc * nc);
  for (let e = 0; e < nc; e++) {
    const v = Math.max(values[e], floor);
    for (let c = 0; c < nc; c++)
      for (let r = 0; r < nc; r++) S[c * nc + r] += v * vectors[e * nc + r] * vectors[e * nc + c];
  }
  return S.every(Number.isFinite) ? S : null;
}

/** lambda A lambda' (n by n, column-major). */
function sandwich(lambda: Float64Array, A: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let s = 0;
      for (let a = 0; a < n; a++) for (let b = 0; b < n; b++) s += lambda[a * n + i] * A[b * n + a] * lambda[b * n + j];
      out[j * n + i] = s;
    }
  }
  return out;
}
