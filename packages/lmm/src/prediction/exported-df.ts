import { symmetricEigen } from '../optimizer/symmetric-eigen.js';
import { membersOf, type NewRows } from './new-rows.js';
import { predictionErrors } from './prediction-errors.js';
import type { PredictionModel } from './prediction-model.js';
import type { PredictOptions } from './predict-options.js';
import { placesByTerm, rowVariances, type RowParts } from './row-variances.js';
import type { VarianceUncertainty } from './variance-uncertainty.js';

/**
 * What {@link predictionDf} gives, without the fitted model: 2 V^2 / Var(V), with the derivatives of V in closed form. For l = (x, z) and
 * Henderson's equations H v = l, V = l'v and dV = r'dD r with r = D^-1 v, D the covariance of the effects; r = lambda^-T v_u in terms of u.
 * A term whose lambda is singular takes part with the r of least norm. Of scored levels the change of their weights is left out.
 *
 * Cost: a solve with S for each row at a known level.
 */
export function exportedDf(
  model: PredictionModel,
  uncertainty: VarianceUncertainty,
  rows: NewRows,
  options: PredictOptions,
): Float64Array {
  const { covariance, size, sigma, fixed, terms } = uncertainty;
  const errors = predictionErrors(model);
  const inverses = model.terms.map(({ lambda, names }) => transposedInverse(lambda, names.length));
  const gradient = new Float64Array(size);
  const out = new Float64Array(rows.n);
  const members = rows.terms.map(membersOf);

  const addKnown = ({ x, effects, f, count }: RowParts): void => {
    if (count === 0) {
      fixed.forEach((D, a) => (gradient[a] += quadratic(D, x, 0, x.length)));
      return;
    }
    const v = errors.response(x, effects, f, count);
    model.terms.forEach((term, t) => {
      const nc = term.names.length;
      const r = new Float64Array(nc);
      for (const start of term.effects) {
        for (let i = 0; i < nc; i++) {
          r[i] = 0;
          for (let k = 0; k < nc; k++) r[i] += inverses[t][k * nc + i] * v[start + k];
        }
        terms.forEach((D, a) => (gradient[a] += quadratic(D[t], r, 0, nc)));
      }
    });
  };
  rowVariances(model, rows, placesByTerm(model, rows, options), options, null, (parts) => {
    const { row, whole, anew } = parts;
    gradient.fill(0);
    addKnown(parts);
    for (const { term, member, factor } of anew) {
      const { columns } = members[term][member];
      const z = Float64Array.from(columns, (column) => column[row]);
      terms.forEach((D, a) => (gradient[a] += factor * quadratic(D[term], z, 0, z.length)));
    }
    // By log sigma, of whose square V is a multiple.
    if (sigma) gradient[size - 1] = 2 * whole;
    const spread = quadratic(covariance, gradient, 0, size);
    out[row] = spread > 0 ? (2 * whole * whole) / spread : Infinity;
  });
  return out;
}

/** v'A v */
function quadratic(A: Float64Array, v: Float64Array, from: number, n: number): number {
  let s = 0;
  for (let j = 0; j < n; j++) for (let i = 0; i < n; i++) s += v[from + i] * A[j * n + i] * v[from + j];
  return s;
}

/** (lambda')^-1, or the pseudo-inverse where lambda is singular: lambda (lambda'lambda)^+. */
function transposedInverse(lambda: Float64Array, n: number): Float64Array {
  const square = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) square[j * n + i] += lambda[i * n + k] * lambda[j * n + k];
  }
  const { values, vectors } = symmetricEigen(square, n);
  const out = new Float64Array(n * n);
  for (let e = 0; e < n; e++) {
    if (!(values[e] > 1e-14 * values[n - 1])) continue;
    for (let j = 0; j < n; j++) {
      for (let i = 0; i < n; i++) {
        let s = 0;
        for (let k = 0; k < n; k++) s += lambda[k * n + i] * vectors[e * n + k];
        out[j * n + i] += (s * vectors[e * n + j]) / values[e];
      }
    }
  }
  return out;
}
