import type { Optimum } from '../optimum.js';
import { positiveInverse } from './symmetric-inverse.js';
import { varianceCurvature, type VarianceCurvature } from './variance-curvature.js';

/** What the observed information says about the variance parameters (active par, log sigma). */
export interface VarianceInformation {
  readonly curvature: VarianceCurvature;
  /** Asymptotic covariance of (par, log sigma), twice the inverse Hessian, column-major. */
  readonly parCovariance: Float64Array;
  /** Directions of the variance parameters without curvature, which were left out. */
  readonly lost: number;
}

const known = new WeakMap<Optimum, VarianceInformation>();

/** Computed when first asked for: six evaluations with gradient for each active parameter. The solution at theta stands in the objective after. */
export function varianceInformation(optimum: Optimum): VarianceInformation {
  const done = known.get(optimum);
  if (done) return done;
  const curvature = varianceCurvature(optimum);
  const { inverse, lost } = positiveInverse(curvature.hessian, curvature.size);
  optimum.objective.evaluate(optimum.theta);
  const information = { curvature, parCovariance: inverse.map((v) => 2 * v), lost };
  known.set(optimum, information);
  return information;
}
