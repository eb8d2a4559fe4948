import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { FittedModel, NewRows } from '../../src/index.js';
import { denseLambda, denseZ } from '../dense.js';

/** Predicted value and error variance of one row, from the marginal Gaussian with dense V. */
export interface DensePrediction {
  fit: number;
  variance: number;
}

/**
 * The best linear unbiased predictor of x'beta + z'b and its error variance by the kriging formulas, with V = Z Sigma Z' + R dense:
 * c = Cov(y, z'b), fit = x'beta + c'V^-1 (y - X beta), variance = z'Sigma z - c'V^-1 c + d'(X'V^-1 X)^-1 d with d = x - X'V^-1 c. Effects of
 * levels beyond those of the model are new: they add variance alone.
 *
 * @param include which terms take part
 */
export function densePredictions(model: FittedModel, rows: NewRows, include: readonly boolean[]): DensePrediction[] {
  const { matrices: m, cp, theta, objective } = model.optimum;
  const n = m.y.length;
  const s2 = objective.scale();
  const Z = denseZ(m);
  const Lambda = denseLambda(m, theta);
  const Sigma = Lambda.mmul(Lambda.transpose()).mul(s2);
  const V = Z.mmul(Sigma).mmul(Z.transpose());
  for (let i = 0; i < n; i++) V.set(i, i, V.get(i, i) + s2 / (m.weights ? m.weights[i] : 1));
  const chol = new CholeskyDecomposition(Matrix.add(V, V.transpose()).div(2));
  const kept = [...cp.fixed.kept];
  const p = kept.length;
  const y = Matrix.columnVector(Array.from(m.y, (v, i) => v - (m.offset ? m.offset[i] : 0)));
  const X = Matrix.zeros(n, Math.max(p, 1));
  kept.forEach((column, k) => X.setColumn(k, Array.from(m.X.columns[column])));
  const XVX = X.transpose().mmul(chol.solve(X));
  if (p === 0) XVX.set(0, 0, 1);
  const inner = new CholeskyDecomposition(Matrix.add(XVX, XVX.transpose()).div(2));
  const beta = inner.solve(X.transpose().mmul(chol.solve(y)));
  const Vr = chol.solve(Matrix.sub(y, X.mmul(beta)));
  return Array.from({ length: rows.n }, (_, i) => {
    const z = Matrix.zeros(Z.columns, 1);
    let fresh = 0;
    let start = 0;
    m.terms.forEach((term, t) => {
      const nc = term.columns.length;
      const row = rows.terms[t]!;
      const at = row.levelIdx[i] < 0 ? -1 : term.levels.indexOf(row.levels[row.levelIdx[i]]);
      if (include[t] && at >= 0) row.columns.forEach((column, c) => z.set(start + at * nc + c, 0, column[i]));
      else if (include[t]) {
        for (let a = 0; a < nc; a++)
          for (let b = 0; b < nc; b++) fresh += row.columns[a][i] * Sigma.get(start + a, start + b) * row.columns[b][i];
      }
      start += term.levels.length * nc;
    });
    const x = Matrix.zeros(Math.max(p, 1), 1);
    kept.forEach((column, k) => x.set(k, 0, rows.X[column][i]));
    const c = Z.mmul(Sigma).mmul(z);
    const Vc = chol.solve(c);
    const d = Matrix.sub(x, X.transpose().mmul(Vc));
    const value = (a: Matrix, b: Matrix) => a.transpose().mmul(b).get(0, 0);
    const offset = rows.offset ? rows.offset[i] : 0;
    return {
      fit: offset + value(x, beta) + value(c, Vr),
      variance: fresh + value(z, Sigma.mmul(z)) - value(c, Vc) + (p > 0 ? value(d, inner.solve(d)) : 0),
    };
  });
}
