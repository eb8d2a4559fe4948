import { permuteInto, solveLInPlace, solveLtInPlace, unpermuteInto } from '@blup/sparse';
import type { PenalizedLeastSquares } from '../penalized-least-squares.js';
import { multiplyLambdaInto, multiplyZtZInto } from '../scale-by-lambda.js';

/**
 * Products with the inverse of H = V / sigma^2 = I + Z Lambda Lambda'Z' (rows weighted) that need the cross-products only: by Woodbury,
 *
 *     H^-1 Z x = Z (x - Lambda S^-1 Lambda'Z'Z x),      K = Z'H^-1 Z = Z'Z - Z'Z Lambda S^-1 Lambda'Z'Z.
 */
export interface MarginalPrecision {
  /** Right-hand sides that the workspace holds. */
  readonly width: number;
  /** x := x - Lambda S^-1 Lambda'Z'Z x, `nrhs` columns of length q. */
  reduceInPlace(x: Float64Array, nrhs: number): void;
  /** out = S^-1 Lambda' f, `nrhs` columns; f is not changed. */
  sphericalInto(f: Float64Array, nrhs: number, out: Float64Array): void;
  /** out = Lambda S^-1 Lambda' f, `nrhs` columns; f is not changed. */
  solveInto(f: Float64Array, nrhs: number, out: Float64Array): void;
}

/** The solution at the theta in question must stand in `pls` as long as this is used. */
export function marginalPrecision(pls: PenalizedLeastSquares, width: number): MarginalPrecision {
  const { cp, factor, lambdas } = pls;
  const { q } = cp;
  const f = new Float64Array(q * width);
  const g = new Float64Array(q * width);
  const sphericalInto = (from: Float64Array, nrhs: number, out: Float64Array): void => {
    multiplyLambdaInto(cp, lambdas, true, from, nrhs, pls.work.small, out);
    permuteInto(factor, out, g, nrhs);
    solveLInPlace(factor, g, nrhs);
    solveLtInPlace(factor, g, nrhs);
    unpermuteInto(factor, g, out, nrhs);
  };
  const solveInto = (from: Float64Array, nrhs: number, out: Float64Array): void => {
    sphericalInto(from, nrhs, out);
    multiplyLambdaInto(cp, lambdas, false, out, nrhs, pls.work.small, out);
  };
  const h = new Float64Array(q * width);
  return {
    width,
    sphericalInto,
    solveInto,
    reduceInPlace(x, nrhs) {
      multiplyZtZInto(cp, x, nrhs, f);
      solveInto(f, nrhs, h);
      for (let i = 0; i < q * nrhs; i++) x[i] -= h[i];
    },
  };
}
