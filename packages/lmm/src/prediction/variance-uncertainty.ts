import { lambdaInto } from '@blup/covariance';
import type { FittedModel } from '../fitted-model.js';
import { satterthwaiteFacts, varianceGradient } from '../inference/satterthwaite.js';
import { hasResidualStructure, randomTerms } from './residual-structure.js';

/** How certain a fit's variance parameters are, and how relative variances move with them: what degrees of freedom of predictions need. */
export interface VarianceUncertainty {
  /** Covariance of the free parameters, log sigma last where it was estimated: size by size, column-major. */
  readonly covariance: Float64Array;
  readonly size: number;
  readonly sigma: boolean;
  /** For each free parameter the derivative of Cov(beta) / sigma^2, p by p, column-major. */
  readonly fixed: readonly Float64Array[];
  /** For each free parameter and each term the derivative of lambda lambda', nc by nc, column-major. */
  readonly terms: readonly (readonly Float64Array[])[];
}

/** Null under a residual structure, whose parameters move more than these. Cost: that of Satterthwaite's degrees of freedom. */
export function varianceUncertainty(model: FittedModel): VarianceUncertainty | null {
  let found = known.get(model);
  if (found === undefined) {
    found = hasResidualStructure(model.optimum.matrices) ? null : uncertaintyOf(model);
    known.set(model, found);
  }
  return found;
}

const known = new WeakMap<FittedModel, VarianceUncertainty | null>();

function uncertaintyOf(model: FittedModel): VarianceUncertainty {
  const { optimum } = model;
  const { cp, composite, objective, theta } = optimum;
  const facts = satterthwaiteFacts(model);
  const { curvature, parCovariance } = facts;
  const { active, size, sigma, jacobian } = curvature;
  const s2 = objective.scale();
  const { p } = cp;
  const gradientOf = (...ones: number[]): Float64Array => {
    const l = new Float64Array(p);
    for (const k of ones) l[k] = 1;
    return varianceGradient(model, facts, l).gradient.map((v) => v / s2);
  };
  const fixed = Array.from(active, () => new Float64Array(p * p));
  const own = Array.from({ length: p }, (_, k) => gradientOf(k));
  for (let j = 0; j < p; j++) {
    fixed.forEach((D, a) => (D[j * p + j] = own[j][a]));
    for (let i = 0; i < j; i++) {
      const both = gradientOf(i, j);
      fixed.forEach((D, a) => (D[j * p + i] = D[i * p + j] = (both[a] - own[i][a] - own[j][a]) / 2));
    }
  }
  const terms = Array.from(active, (_, a) =>
    randomTerms(optimum.matrices).map((__, t): Float64Array => {
      const { nc } = cp.terms[t];
      const from = composite.thetaOffset[t];
      const to = composite.thetaOffset[t + 1];
      const lambda = new Float64Array(nc * nc);
      const moved = new Float64Array(nc * nc);
      lambdaInto(composite.parts[t], theta.subarray(from, to), lambda);
      const column = a * composite.thetaLength;
      lambdaInto(composite.parts[t], jacobian.subarray(column + from, column + to), moved);
      return symmetricProduct(moved, lambda, nc);
    }),
  );
  return { covariance: Float64Array.from(parCovariance), size, sigma, fixed, terms };
}

/** A B' + B A' */
function symmetricProduct(A: Float64Array, B: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < n; k++) out[j * n + i] += A[k * n + i] * B[k * n + j] + B[k * n + i] * A[k * n + j];
    }
  }
  return out;
}
