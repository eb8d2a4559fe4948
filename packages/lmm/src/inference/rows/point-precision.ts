import type { ResidualStructure } from '@blup/covariance';
import { analyze, createFactor, factorize, solveInPlace } from '@blup/sparse';
import { ModelError } from '../../errors.js';

/** P, the inverse of the residuals' correlation, and its derivatives over rows; vectors by rows, of length n. */
export interface PointPrecision {
  /** out = P x */
  multiplyInto(x: Float64Array, out: Float64Array): void;
  /** x := P^-1 x */
  solveInPlace(x: Float64Array): void;
  /** out = dP/dpar_k x */
  derivativeTimesInto(k: number, x: Float64Array, out: Float64Array): void;
}

/** @throws ModelError `not-identified` where P is not positive definite */
export function pointPrecision({ precision, rowOfPoint }: ResidualStructure, par: Float64Array): PointPrecision {
  const { nl: n, pattern } = precision;
  const { colPtr, rowIdx } = pattern;
  const values = new Float64Array(rowIdx.length);
  precision.precisionInto(par, values);
  const factor = createFactor(analyze({ nrow: n, ncol: n, colPtr, rowIdx }, { ordering: 'amd' }));
  if (factorize(factor, values, 0) >= 0)
    throw new ModelError('not-identified', 'the residual structure is singular at its estimates');
  const derivatives: Float64Array[] = [];
  const derivativeOf = (k: number): Float64Array => {
    if (!derivatives[k]) {
      derivatives[k] = new Float64Array(values.length);
      precision.precisionDerivativeInto(par, k, derivatives[k]);
    }
    return derivatives[k];
  };
  const rowOf = (point: number) => (rowOfPoint ? rowOfPoint[point] : point);
  const multiplyInto = (A: Float64Array, x: Float64Array, out: Float64Array): void => {
    out.fill(0);
    for (let j = 0; j < n; j++) {
      const b = rowOf(j);
      for (let e = colPtr[j]; e < colPtr[j + 1]; e++) {
        const a = rowOf(rowIdx[e]);
        out[a] += A[e] * x[b];
        if (a !== b) out[b] += A[e] * x[a];
      }
    }
  };
  const work = new Float64Array(n);
  return {
    multiplyInto: (x, out) => multiplyInto(values, x, out),
    solveInPlace(x) {
      for (let j = 0; j < n; j++) work[j] = x[rowOf(j)];
      solveInPlace(factor, work);
      for (let j = 0; j < n; j++) x[rowOf(j)] = work[j];
    },
    derivativeTimesInto: (k, x, out) => multiplyInto(derivativeOf(k), x, out),
  };
}
