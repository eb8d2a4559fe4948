import { lambdaOf, type CompositeStructure, type CovarianceStructure } from '@blup/covariance';
import { effectMoments } from './effect-moments.js';
import { levelMoments } from './one-factor/level-moments.js';
import { symmetricEigen } from './optimizer/symmetric-eigen.js';
import type { ProfiledObjective } from './profiled-objective.js';
import type { TermBasis } from './term-basis.js';

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
}

/**
 * Start values from moments. With random effects estimated almost freely (one solution at large variances), the covariance of the estimates
 * over the levels of a term, less the covariance of their errors, estimates that of the effects (Henderson's method 3 in spirit:
 * Searle, Casella and McCulloch 1992, Variance Components, section 5.5). Exact for balanced one-way data, and close enough elsewhere to save
 * about half of the evaluations. Where a structure or the data give no moments, the default start stays.
 *
 * The objective has been evaluated at the loose variances afterwards; its solution stands in `objective.pls`.
 */
export function momentStart(
  objective: ProfiledObjective,
  bases: readonly TermBasis[],
  loose: Float64Array = new Float64Array(bases.length).fill(LOOSE),
): MomentStart {
  const { composite, pls } = objective;
  const scales = columnScales(composite, bases);
  const at = new Float64Array(composite.parLength);
  composite.startInto(
    scales.map((s, k) => s / loose[termOfColumn(composite, k)]),
    at,
  );
  const theta = new Float64Array(composite.thetaLength);
  composite.thetaInto(at, theta);
  const value = objective.evaluate(theta);
  const par = new Float64Array(composite.parLength);
  composite.startInto(scales, par);
  if (!Number.isFinite(value)) return { par, looser: null };

  const { cp } = pls;
  const moments = pls.levels ? levelMoments(pls.levels, pls) : effectMoments(pls);
  const freedom = cp.n - cp.p - (cp.q - moments.trace);
  if (!(freedom > 0.05 * cp.n)) return { par, looser: null };
  const s2 = pls.wrss / freedom;
  const looser = loose.slice();
  composite.parts.forEach((part, t) => {
    if (!part.startFromCovarianceInto) return;
    const slice = [composite.parOffset[t], composite.parOffset[t + 1]] as const;
    const { nl } = cp.terms[t];
    const S = momentsOfTerm(moments.spread[t], moments.noise[t], nl, part, at.subarray(...slice), s2);
    if (!S) return;
    part.startFromCovarianceInto(S, par.subarray(...slice));
    let largest = 0;
    for (let c = 0; c < part.nc; c++) {
      largest = Math.max(largest, Math.sqrt(S[c * part.nc + c]) * scales[composite.columnOffset[t] + c]);
    }
    if (largest > 2 * loose[t]) looser[t] = LOOSE * largest;
  });
  return { par, looser: looser.some((v, t) => v > loose[t]) ? looser : null };
}

function termOfColumn(composite: CompositeStructure, column: number): number {
  let t = 0;
  while (column >= composite.columnOffset[t + 1]) t++;
  return t;
}

/** (B - N) / s2 with its eigenvalues kept away from zero; null where something is not finite. */
function momentsOfTerm(
  squares: Float64Array,
  inverses: Float64Array,
  nl: number,
  part: CovarianceStructure,
  par: Float64Array,
  s2: number,
): Float64Array | null {
  const { nc } = part;
  const lambda = lambdaOf(part, par);
  const spread = squares.map((v) => v / (nl * s2));
  const noise = inverses.map((v) => v / nl);
  const B = sandwich(lambda, spread, nc);
  const N = sandwich(lambda, noise, nc);
  let level = 0;
  for (let c = 0; c < nc; c++) level += N[c * nc + c] / nc;
  const { values, vectors } = symmetricEigen(
    B.map((v, k) => v - N[k]),
    nc,
  );
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
