import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { ModelMatricesInput } from '../../src/index.js';

/** The covariance of all effects of one term divided by sigma^2, effects numbered level by level, as a function of its par. */
export type EffectCovariance = (par: Float64Array) => (i: number, j: number) => number;

/** V / sigma^2 = sum_t Z_t C_t Z_t' + R, dense. */
export function marginalCovariance(
  m: ModelMatricesInput,
  covariances: readonly ((i: number, j: number) => number)[],
  residual?: (i: number, j: number) => number,
): Matrix {
  const n = m.y.length;
  const V = new Matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let v = residual ? residual(i, j) : i === j ? 1 / (m.weights ? m.weights[i] : 1) : 0;
      m.terms.forEach((t, k) => {
        const nc = t.columns.length;
        for (let a = 0; a < nc; a++) {
          for (let b = 0; b < nc; b++) {
            v += t.columns[a][i] * t.columns[b][j] * covariances[k](t.levelIdx[i] * nc + a, t.levelIdx[j] * nc + b);
          }
        }
      });
      V.set(i, j, v);
      V.set(j, i, v);
    }
  }
  return V;
}

/**
 * The profiled criterion by the definition: V = sum_t Z_t C_t Z_t' + R dense, beta by generalised least squares.
 * @param covariances of the terms, at their par
 * @param residual entry (i, j) of R / sigma^2; W^-1 when left out
 */
export function marginalObjective(
  m: ModelMatricesInput,
  covariances: readonly ((i: number, j: number) => number)[],
  reml: boolean,
  residual?: (i: number, j: number) => number,
): { objective: number; beta: number[] } {
  const n = m.y.length;
  const p = m.X.columns.length;
  const V = marginalCovariance(m, covariances, residual);
  const chol = new CholeskyDecomposition(V);
  const logDetOf = (c: CholeskyDecomposition, size: number) => {
    let s = 0;
    for (let i = 0; i < size; i++) s += 2 * Math.log(c.lowerTriangularMatrix.get(i, i));
    return s;
  };
  let logDet = logDetOf(chol, n);
  const y = Matrix.columnVector(Array.from(m.y, (v, i) => v - (m.offset ? m.offset[i] : 0)));
  let r = y;
  let beta: number[] = [];
  if (p > 0) {
    const X = new Matrix(n, p);
    m.X.columns.forEach((x, j) => X.setColumn(j, Array.from(x)));
    const XVX = X.transpose().mmul(chol.solve(X));
    const inner = new CholeskyDecomposition(Matrix.add(XVX, XVX.transpose()).div(2));
    const b = inner.solve(X.transpose().mmul(chol.solve(y)));
    beta = b.to1DArray();
    r = Matrix.sub(y, X.mmul(b));
    if (reml) logDet += logDetOf(inner, p);
  }
  const pwrss = r.transpose().mmul(chol.solve(r)).get(0, 0);
  const nu = reml ? n - p : n;
  return { objective: logDet + nu * (1 + Math.log((2 * Math.PI * pwrss) / nu)), beta };
}
