import type { ResidualStructure } from '@blup/covariance';
import { analyze, createFactor, factorize, factorToCsc, solveLtInPlace, type CscMatrix } from '@blup/sparse';
import { ModelError } from './errors.js';

/**
 * C = T^-1 T^-T of a residual structure at its parameters, T lower triangular over the points in their order (by group, then time): row i of
 * T takes out what the points before it say. Weights stay outside.
 */
export interface ResidualFactor {
  /** x := T x by rows: residuals become uncorrelated, of variance 1 relative to sigma^2. */
  whitenInPlace(x: Float64Array): void;
  /** x := T'x by rows. */
  whitenTransposedInPlace(x: Float64Array): void;
  /** x := T^-1 x by rows: independent standard numbers become residuals. */
  colourInPlace(x: Float64Array): void;
}

/**
 * P = T'T by a Cholesky factorisation of P with the points in reverse. O(entries of P) for series, O(m^3) for a full block of m points.
 * @throws ModelError `not-identified` where P is not positive definite
 */
export function residualFactor({ precision, rowOfPoint }: ResidualStructure, par: Float64Array): ResidualFactor {
  const { nl: n, pattern } = precision;
  const values = new Float64Array(pattern.rowIdx.length);
  precision.precisionInto(par, values);
  const reversed = reversedLower(pattern.colPtr, pattern.rowIdx, values, n);
  const factor = createFactor(analyze({ nrow: n, ncol: n, ...reversed }, { ordering: 'natural', postorder: false }));
  if (factorize(factor, reversed.values, 0) >= 0)
    throw new ModelError('not-identified', 'the residual structure is singular at its estimates');
  // perm[new] = old among reversed points; groups may change places, points within one do not
  const { perm } = factor.symbolic;
  const rowOf = Int32Array.from(perm, (old) => (rowOfPoint ? rowOfPoint[n - 1 - old] : n - 1 - old));
  const L = factorToCsc(factor);
  const work = new Float64Array(n);
  const gather = (x: Float64Array) => {
    for (let k = 0; k < n; k++) work[k] = x[rowOf[k]];
  };
  const scatter = (x: Float64Array) => {
    for (let k = 0; k < n; k++) x[rowOf[k]] = work[k];
  };
  return {
    whitenInPlace(x) {
      gather(x);
      multiplyTransposedInPlace(L, work);
      scatter(x);
    },
    whitenTransposedInPlace(x) {
      gather(x);
      multiplyInPlace(L, work);
      scatter(x);
    },
    colourInPlace(x) {
      gather(x);
      solveLtInPlace(factor, work);
      scatter(x);
    },
  };
}

/** The lower triangle of the matrix with rows and columns in reverse. */
function reversedLower(colPtr: Int32Array, rowIdx: Int32Array, values: Float64Array, n: number) {
  const out = {
    colPtr: new Int32Array(n + 1),
    rowIdx: new Int32Array(rowIdx.length),
    values: new Float64Array(rowIdx.length),
  };
  for (const i of rowIdx) out.colPtr[n - i]++;
  for (let k = 0; k < n; k++) out.colPtr[k + 1] += out.colPtr[k];
  const next = out.colPtr.slice();
  for (let j = n - 1; j >= 0; j--) {
    for (let e = colPtr[j]; e < colPtr[j + 1]; e++) {
      const at = next[n - 1 - rowIdx[e]]++;
      out.rowIdx[at] = n - 1 - j;
      out.values[at] = values[e];
    }
  }
  return out;
}

/** x := L'x; entry j needs the entries from j on, so ascending order overwrites nothing that is still read. */
function multiplyTransposedInPlace({ colPtr, rowIdx, values }: CscMatrix, x: Float64Array): void {
  for (let j = 0; j < x.length; j++) {
    let s = 0;
    for (let e = colPtr[j]; e < colPtr[j + 1]; e++) s += values[e] * x[rowIdx[e]];
    x[j] = s;
  }
}

/** x := L x, from the last column. */
function multiplyInPlace({ colPtr, rowIdx, values }: CscMatrix, x: Float64Array): void {
  for (let j = x.length - 1; j >= 0; j--) {
    const v = x[j];
    x[j] = 0;
    for (let e = colPtr[j]; e < colPtr[j + 1]; e++) x[rowIdx[e]] += values[e] * v;
  }
}
