import { CholeskyDecomposition, Matrix, QrDecomposition, solve } from 'ml-matrix';
import { lambdaOf } from '@blup/covariance';
import type { ModelMatricesInput } from '../src/index.js';

export interface DenseResult {
  objective: number;
  beta: number[];
  /** b by term, level, column. */
  b: number[];
  pwrss: number;
}

/** Z of all terms, n by q, dense. */
export function denseZ(m: ModelMatricesInput): Matrix {
  const n = m.y.length;
  const q = m.terms.reduce((s, t) => s + t.levels.length * t.columns.length, 0);
  const Z = Matrix.zeros(n, Math.max(q, 1));
  let start = 0;
  for (const t of m.terms) {
    const nc = t.columns.length;
    for (let i = 0; i < n; i++) for (let c = 0; c < nc; c++) Z.set(i, start + t.levelIdx[i] * nc + c, t.columns[c][i]);
    start += t.levels.length * nc;
  }
  return Z;
}

/** Lambda of all terms at theta, q by q, dense. */
export function denseLambda(m: ModelMatricesInput, theta: ArrayLike<number>): Matrix {
  const q = m.terms.reduce((s, t) => s + t.levels.length * t.columns.length, 0);
  const Lambda = Matrix.zeros(Math.max(q, 1), Math.max(q, 1));
  let start = 0;
  let from = 0;
  for (const t of m.terms) {
    const nc = t.columns.length;
    const par = Float64Array.from({ length: t.structure.parLength }, (_, k) => theta[from + k]);
    from += t.structure.parLength;
    const lambda = lambdaOf(t.structure, par);
    for (let l = 0; l < t.levels.length; l++) {
      for (let c = 0; c < nc; c++)
        for (let r = 0; r < nc; r++) Lambda.set(start + l * nc + r, start + l * nc + c, lambda[c * nc + r]);
    }
    start += t.levels.length * nc;
  }
  return Lambda;
}

/**
 * The profiled criterion from its definition: the marginal Gaussian with dense V = Z Lambda Lambda' Z' + W^-1 (times sigma^2), beta by generalised
 * least squares. X must have full rank.
 */
export function denseObjective(m: ModelMatricesInput, theta: ArrayLike<number>, reml: boolean): DenseResult {
  const n = m.y.length;
  const p = m.X.columns.length;
  const ZL = denseZ(m).mmul(denseLambda(m, theta));
  const V = ZL.mmul(ZL.transpose());
  for (let i = 0; i < n; i++) V.set(i, i, V.get(i, i) + 1 / (m.weights ? m.weights[i] : 1));
  const chol = new CholeskyDecomposition(symmetric(V));
  const y = Matrix.columnVector(Array.from(m.y, (v, i) => v - (m.offset ? m.offset[i] : 0)));
  let logDet = logDetOf(chol, n);
  let r = y;
  let beta: number[] = [];
  if (p > 0) {
    const X = new Matrix(n, p);
    m.X.columns.forEach((x, j) => X.setColumn(j, Array.from(x)));
    const XVX = X.transpose().mmul(chol.solve(X));
    const inner = new CholeskyDecomposition(symmetric(XVX));
    const b = inner.solve(X.transpose().mmul(chol.solve(y)));
    beta = b.to1DArray();
    r = Matrix.sub(y, X.mmul(b));
    if (reml) logDet += logDetOf(inner, p);
  }
  const Vr = chol.solve(r);
  const pwrss = r.transpose().mmul(Vr).get(0, 0);
  const nu = reml ? n - p : n;
  const b = denseLambda(m, theta).mmul(ZL.transpose().mmul(Vr)).to1DArray();
  return { objective: logDet + nu * (1 + Math.log((2 * Math.PI * pwrss) / nu)), beta, b, pwrss };
}

/** ml-matrix wants symmetry to the last bit. */
const symmetric = (A: Matrix): Matrix => Matrix.add(A, A.transpose()).div(2);

/**
 * beta by generalised least squares through QR of the whitened columns: twice the digits of the normal equations where columns nearly depend
 * on each other.
 */
export function denseBetaByQr(m: ModelMatricesInput, theta: ArrayLike<number>): number[] {
  const n = m.y.length;
  const ZL = denseZ(m).mmul(denseLambda(m, theta));
  const V = ZL.mmul(ZL.transpose());
  for (let i = 0; i < n; i++) V.set(i, i, V.get(i, i) + 1 / (m.weights ? m.weights[i] : 1));
  const L = new CholeskyDecomposition(symmetric(V)).lowerTriangularMatrix;
  const X = new Matrix(n, m.X.columns.length);
  m.X.columns.forEach((x, j) => X.setColumn(j, Array.from(x)));
  const y = Matrix.columnVector(Array.from(m.y, (v, i) => v - (m.offset ? m.offset[i] : 0)));
  return new QrDecomposition(solve(L, X)).solve(solve(L, y)).to1DArray();
}

function logDetOf(chol: CholeskyDecomposition, n: number): number {
  let s = 0;
  for (let i = 0; i < n; i++) s += 2 * Math.log(chol.lowerTriangularMatrix.get(i, i));
  return s;
}

/** Richardson-extrapolated central differences of a function of several numbers (order h^6). */
export function differences(f: (x: Float64Array) => number, at: ArrayLike<number>, h = 1e-2): number[] {
  return Array.from(at, (_, k) => {
    const central = (step: number) => {
      const x = Float64Array.from(at);
      x[k] = at[k] + step;
      const up = f(x);
      x[k] = at[k] - step;
      return (up - f(x)) / (2 * step);
    };
    const a = central(h);
    const b = central(h / 2);
    const c = central(h / 4);
    const ab = (4 * b - a) / 3;
    const bc = (4 * c - b) / 3;
    return (16 * bc - ab) / 15;
  });
}
