import { CholeskyDecomposition, Matrix, QrDecomposition } from 'ml-matrix';
import { minimize } from '../optimizer/minimize.js';

/** A model with one variance for each block of columns of Z, all dense. */
export interface DenseModel {
  /** Response, length n. */
  readonly y: ArrayLike<number>;
  /** Fixed-effects columns, each of length n; independent. */
  readonly X: readonly ArrayLike<number>[];
  /** Blocks of columns of Z, each column of length n; the columns of a block share one standard deviation. At most n columns in all. */
  readonly blocks: readonly (readonly ArrayLike<number>[])[];
}

/** -2 log-likelihood of a {@link DenseModel} as a function of theta = (log sigma, log sd_1, ..., log sd_k), with beta profiled out. */
export interface DenseLikelihood {
  minus2LogLik(theta: ArrayLike<number>): number;
  /** Generalised least-squares estimate at theta, length p. */
  beta(theta: ArrayLike<number>): number[];
}

/**
 * An independent road to the likelihood, for checks at small size: one QR decomposition of Z, then dense algebra of the size of Z's columns.
 * With Z = Q [R; 0] and psi the diagonal of variances,
 *
 *     (Z psi Z' + sigma^2 I)^-1 = Q diag((R psi R' + sigma^2 I_q)^-1, sigma^-2 I_{n-q}) Q'
 *     log|Z psi Z' + sigma^2 I| = log|R psi R' + sigma^2 I_q| + 2 (n - q) log sigma.
 *
 * Cost O(n q^2) once and O(q^3) for each theta.
 * @throws RangeError when there are more columns of Z than rows
 */
export function denseLikelihood(model: DenseModel): DenseLikelihood {
  const n = model.y.length;
  const p = model.X.length;
  const Zcolumns = model.blocks.flat();
  const q = Zcolumns.length;
  if (q > n) throw new RangeError(`Z has ${q} columns but only ${n} rows`);
  const owner = model.blocks.flatMap((block, k) => block.map(() => k));
  const Xy = new Matrix(n, p + 1);
  model.X.forEach((x, j) => Xy.setColumn(j, Array.from(x)));
  Xy.setColumn(p, Array.from(model.y));
  const total = Xy.transpose().mmul(Xy);

  let R = new Matrix(0, 0);
  let QtXy = new Matrix(0, p + 1);
  if (q > 0) {
    const Z = new Matrix(n, q);
    Zcolumns.forEach((z, j) => Z.setColumn(j, Array.from(z)));
    const qr = new QrDecomposition(Z);
    R = qr.upperTriangularMatrix.subMatrix(0, q - 1, 0, q - 1);
    QtXy = qr.orthogonalMatrix
      .subMatrix(0, n - 1, 0, q - 1)
      .transpose()
      .mmul(Xy);
  }

  /** [X y]'V^-1[X y] and log|V|. */
  const weighted = (theta: ArrayLike<number>): { products: Matrix; logDet: number } => {
    const s2 = Math.exp(2 * theta[0]);
    const products = total.clone();
    let logDet = (n - q) * 2 * theta[0];
    if (q > 0) {
      products.sub(QtXy.transpose().mmul(QtXy));
      products.div(s2);
      const psi = Matrix.diag(owner.map((k) => Math.exp(2 * theta[k + 1])));
      const V1 = R.mmul(psi).mmul(R.transpose());
      for (let i = 0; i < q; i++) V1.set(i, i, V1.get(i, i) + s2);
      const chol = new CholeskyDecomposition(symmetric(V1));
      for (let i = 0; i < q; i++) logDet += 2 * Math.log(chol.lowerTriangularMatrix.get(i, i));
      products.add(QtXy.transpose().mmul(chol.solve(QtXy)));
    } else {
      products.div(s2);
    }
    return { products, logDet };
  };

  const profiled = (theta: ArrayLike<number>) => {
    const { products, logDet } = weighted(theta);
    const yy = products.get(p, p);
    if (p === 0) return { beta: [] as number[], rss: yy, logDet };
    const XX = products.subMatrix(0, p - 1, 0, p - 1);
    const Xt = products.subMatrix(0, p - 1, p, p);
    const beta = new CholeskyDecomposition(symmetric(XX)).solve(Xt).to1DArray();
    const fit = beta.reduce((s, b, j) => s + b * Xt.get(j, 0), 0);
    return { beta, rss: yy - fit, logDet };
  };

  return {
    minus2LogLik(theta) {
      const { rss, logDet } = profiled(theta);
      return n * Math.log(2 * Math.PI) + logDet + rss;
    },
    beta: (theta) => profiled(theta).beta,
  };
}

/** The Cholesky decomposition below wants symmetry to the last bit. */
const symmetric = (A: Matrix): Matrix => Matrix.add(A, A.transpose()).div(2);

/** Maximum-likelihood estimates of a {@link DenseModel}. */
export interface DenseEstimates {
  readonly beta: number[];
  /** (log sigma, log sd_1, ..., log sd_k) */
  readonly theta: number[];
  readonly minus2LogLik: number;
}

/** Maximises the likelihood of {@link denseLikelihood} with derivatives by central differences. For interior optima. */
export function fitDense(model: DenseModel, start?: ArrayLike<number>): DenseEstimates {
  const likelihood = denseLikelihood(model);
  const k = model.blocks.length + 1;
  const spread = standardDeviation(model.y);
  const begin = start ? Float64Array.from(start) : new Float64Array(k).fill(Math.log(spread / 2));
  let at = begin;
  const value = (x: Float64Array) => {
    const f = likelihood.minus2LogLik(x);
    return Number.isFinite(f) ? f : Infinity;
  };
  const h = 1e-3;
  const moved = (i: number, d: number) => {
    const x = at.slice();
    x[i] += d;
    return x;
  };
  const slope = (f: (d: number) => number, step: number) =>
    (4 * ((f(step / 2) - f(-step / 2)) / step) - (f(step) - f(-step)) / (2 * step)) / 3;
  const minimum = minimize(
    {
      dimension: k,
      unit: new Float64Array(k).fill(1),
      value(x) {
        at = x.slice();
        return value(at);
      },
      gradientInto(g) {
        for (let i = 0; i < k; i++) g[i] = slope((d) => value(moved(i, d)), h);
      },
      hessianInto(H) {
        const f0 = value(at);
        const e = 1e-3;
        for (let i = 0; i < k; i++) {
          for (let j = 0; j <= i; j++) {
            const shifted = (a: number, b: number) => {
              const x = at.slice();
              x[i] += a;
              x[j] += b;
              return value(x);
            };
            const v =
              i === j
                ? (shifted(e, 0) - 2 * f0 + shifted(-e, 0)) / (e * e)
                : (shifted(e, e) - shifted(e, -e) - shifted(-e, e) + shifted(-e, -e)) / (4 * e * e);
            H[i * k + j] = H[j * k + i] = v;
          }
        }
      },
    },
    begin,
    { tolerance: 1e-8, maxEvaluations: 200 },
  );
  return { beta: likelihood.beta(minimum.x), theta: [...minimum.x], minus2LogLik: minimum.value };
}

function standardDeviation(y: ArrayLike<number>): number {
  const values = Array.from(y);
  const mean = values.reduce((s, v) => s + v, 0) / values.length;
  return Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / values.length);
}
