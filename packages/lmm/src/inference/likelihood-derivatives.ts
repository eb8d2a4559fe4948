import { choleskyInPlace, dot, solveLowerInPlace, solveLowerTransposedInPlace, solveUpperInPlace } from '../dense.js';
import { ModelError } from '../errors.js';
import type { FittedModel } from '../fitted-model.js';
import { solvePenalized } from '../penalized-least-squares.js';
import { multiplyZtZInto } from '../scale-by-lambda.js';
import { changeFactorInto } from '../term-basis.js';
import { covarianceDirections, type CovarianceDirection } from './covariance-directions.js';
import { covarianceTraces } from './covariance-traces.js';
import { fixedEffectsProducts } from './fixed-effects-products.js';
import { marginalPrecision } from './marginal-precision.js';
import { residualProducts } from './residual-products.js';

/** A point of the parameter space in variance-component form. */
export interface VarianceComponentPoint {
  /**
   * Variances and covariances of the random effects in the order of {@link LikelihoodDerivatives.phiNames}, then sigma^2; those of the fit
   * when left out.
   */
  readonly phi?: ArrayLike<number>;
  /** Fixed effects (by ML; REML does not depend on them); those of the fit when left out. */
  readonly beta?: ArrayLike<number>;
  /** Whose derivatives; the fit's criterion when left out. */
  readonly criterion?: 'ML' | 'REML';
}

/**
 * First and second derivatives of the log-likelihood in variance-component form: V = sum_j phi_j V_j with one phi for every variance and
 * covariance of the random effects, and V_j = W^-1 for sigma^2. By REML, P stands for V^-1 and beta has no score.
 */
export interface LikelihoodDerivatives {
  readonly criterion: 'ML' | 'REML';
  readonly phiNames: readonly string[];
  readonly phi: readonly number[];
  readonly logLik: number;
  /** X'V^-1 (y - X beta), length p; zero but for rounding by REML. */
  readonly scoreBeta: readonly number[];
  /** -tr(V^-1 V_j) / 2 + r'V^-1 V_j V^-1 r / 2. */
  readonly scorePhi: readonly number[];
  /** X'V^-1X, rows. */
  readonly infoBeta: readonly (readonly number[])[];
  /** Expected information tr(V^-1 V_j V^-1 V_k) / 2, rows. */
  readonly expected: readonly (readonly number[])[];
  /** Observed information, minus the second derivatives, rows. */
  readonly observed: readonly (readonly number[])[];
  /** Average of the two, r'V^-1 V_j V^-1 V_k V^-1 r / 2, rows. */
  readonly average: readonly (readonly number[])[];
  /** Observed information between beta and phi, X'V^-1 V_j V^-1 r: p rows; its expectation is zero. */
  readonly crossBetaPhi: readonly (readonly number[])[];
}

/**
 * Score and information by definition (Searle, Casella and McCulloch 1992, chapter 6), through the cross-products.
 *
 * @throws ModelError `bad-option` for a phi of the wrong length or that is no covariance, or structures that are not linear in phi
 */
export function likelihoodDerivatives(model: FittedModel, at: VarianceComponentPoint = {}): LikelihoodDerivatives {
  const { optimum, data } = model;
  const { cp, objective } = optimum;
  const { pls } = objective;
  const { n, p, q } = cp;
  const directions = covarianceDirections(optimum);
  const criterion = at.criterion ?? data.criterion;
  const reml = criterion === 'REML';
  const s2 = setPoint(model, directions, at.phi);
  const phi = at.phi ? Array.from(at.phi) : [...directions.map((d) => d.ratio * s2), s2];

  const traces = covarianceTraces(pls, directions);
  const X = fixedEffectsProducts(pls, directions);
  const Phi = inverseOf(X.XHX, p);
  let beta = Float64Array.from(at.beta ?? data.beta.values);
  if (beta.length !== p) throw new ModelError('bad-option', `beta needs ${p} numbers; it has ${beta.length}`);
  if (reml) {
    beta = pls.beta.map((b, k) => b + cp.fixed.c[k]);
    solveUpperInPlace(cp.fixed.R, p, beta);
  }
  const { Ztr, Xtr, rtr } = residualProducts(cp, upperTimes(cp.fixed.R, p, beta));
  const precision = marginalPrecision(pls, 1);
  const d = new Float64Array(q); // H^-1 r = r - Z d
  precision.solveInto(Ztr, 1, d);
  const Zd = new Float64Array(q);
  multiplyZtZInto(cp, d, 1, Zd);
  const g = Ztr.map((v, i) => v - Zd[i]); // Z'H^-1 r
  const quadratic = rtr - dot(d, 0, Ztr, 0, q);
  const s_s = quadratic - dot(d, 0, g, 0, q); // r'H^-2 r
  const D = new Float64Array(q * p); // H^-1X = X - Z D
  for (let k = 0; k < p; k++) precision.solveInto(cp.ZtX.subarray(k * q), 1, D.subarray(k * q));
  const Xs = Xtr.map((v, k) => v - dot(cp.ZtX, k * q, d, 0, q)); // X'H^-1 r

  // q_j = G_j H^-1 r: Z n_j for the random effects, H^-1 r for the residuals (the last).
  const m = directions.length + 1;
  const order = [...directions.map((_, r) => r + 1), 0];
  const N = directions.map((direction) => withinTerm(model, direction, g));
  const u = d.slice(); // Z'H^-1 H^-1 r = g - K d
  precision.reduceInPlace(u, 1);
  const Ku = new Float64Array(q);
  multiplyZtZInto(cp, u, 1, Ku);
  const Zs2 = g.map((v, i) => v - Ku[i]);
  const solved = new Float64Array(q);
  precision.solveInto(g, 1, solved);
  const KN = N.map((v) => {
    const c = v.slice();
    precision.reduceInPlace(c, 1);
    const out = new Float64Array(q);
    multiplyZtZInto(cp, c, 1, out);
    return out;
  });
  const XHq = N.map((v) => Float64Array.from({ length: p }, (_, k) => xzProduct(cp.ZtX, D, cp, v, k)));
  XHq.push(Float64Array.from({ length: p }, (_, k) => Xs[k] - dot(D, k * q, g, 0, q)));
  /** q_j'H^-1 q_k, or with P by REML. */
  const squares = symmetric(m, (j, k) => {
    let v: number;
    if (j < m - 1) v = dot(N[j], 0, KN[k], 0, q);
    else if (k < m - 1) v = dot(Zs2, 0, N[k], 0, q);
    else v = s_s - dot(g, 0, solved, 0, q);
    if (reml) v -= bilinear(Phi, XHq[j], XHq[k], p);
    return v;
  });
  const first = order.map((r) => traces.first[r] - (reml ? dot(Phi, 0, X.first[r], 0, p * p) : 0));
  const second = symmetric(m, (j, k) => {
    const [r, s] = [order[j], order[k]];
    const trace = traces.second[s * m + r];
    if (!reml) return trace;
    const pair = X.second[Math.max(r, s)][Math.min(r, s)];
    return trace - 2 * dot(Phi, 0, pair, 0, p * p) + traceOfProducts(Phi, X.first[r], X.first[s], p);
  });
  const gap = order.map((r, j) => (r === 0 ? s_s : dot(g, 0, N[j], 0, q)));
  const nu = reml ? n - p : n;
  const minusTwo =
    nu * Math.log(2 * Math.PI * s2) + pls.ldL2 + (reml ? objective.ldRX2() : 0) - cp.sumLogWeights + quadratic / s2;
  const result: LikelihoodDerivatives = {
    criterion,
    phiNames: [...directions.map((v) => v.name), 'sigma^2'],
    phi,
    logLik: -minusTwo / 2,
    scoreBeta: lowerTimes(cp.fixed.R, p, Xs).map((v) => v / s2),
    scorePhi: first.map((t, j) => (-t + gap[j] / s2) / (2 * s2)),
    infoBeta: congruence(cp.fixed.R, X.XHX, p, 1 / s2),
    expected: second.map((row) => row.map((v) => v / (2 * s2 * s2))),
    observed: second.map((row, j) => row.map((v, k) => (-v / 2 + squares[j][k] / s2) / (s2 * s2))),
    average: squares.map((row) => row.map((v) => v / (2 * s2 ** 3))),
    crossBetaPhi: transposed(
      XHq.map((v) => lowerTimes(cp.fixed.R, p, v).map((x) => x / (s2 * s2))),
      p,
    ),
  };
  objective.evaluate(optimum.theta);
  return result;
}

/** The score vector alone: derivatives of the log-likelihood by (beta, phi). */
export function score(
  model: FittedModel,
  at: VarianceComponentPoint = {},
): { readonly beta: readonly number[]; readonly phi: readonly number[]; readonly phiNames: readonly string[] } {
  const { scoreBeta, scorePhi, phiNames } = likelihoodDerivatives(model, at);
  return { beta: scoreBeta, phi: scorePhi, phiNames };
}

/** Expected, observed and average information about phi, and that about beta. */
export function information(
  model: FittedModel,
  at: VarianceComponentPoint = {},
): Pick<LikelihoodDerivatives, 'phiNames' | 'infoBeta' | 'expected' | 'observed' | 'average' | 'crossBetaPhi'> {
  const { phiNames, infoBeta, expected, observed, average, crossBetaPhi } = likelihoodDerivatives(model, at);
  return { phiNames, infoBeta, expected, observed, average, crossBetaPhi };
}

/** Solves at phi (at the fit without one). @returns sigma^2 */
function setPoint(
  { optimum }: FittedModel,
  directions: readonly CovarianceDirection[],
  phi: ArrayLike<number> | undefined,
): number {
  const { objective, theta, composite, cp } = optimum;
  if (!phi) {
    objective.evaluate(theta);
    return objective.scale();
  }
  if (phi.length !== directions.length + 1 || !Array.from(phi).every(Number.isFinite)) {
    throw new ModelError('bad-option', `phi needs ${directions.length + 1} finite numbers; it has ${phi.length}`);
  }
  const s2 = phi[directions.length];
  if (!(s2 > 0)) throw new ModelError('bad-option', `sigma^2 must be positive, not ${s2}`);
  let at = 0;
  composite.parts.forEach((part, t) => {
    const { nc } = part;
    const S = new Float64Array(nc * nc);
    if (part.anyColumns) {
      for (let i = 0; i < nc; i++) for (let j = 0; j <= i; j++) S[j * nc + i] = phi[at++] / s2;
    } else {
      for (let k = 0; k < part.thetaLength; k++, at++) {
        for (let c = 0; c < nc; c++) if (part.thetaIndex[c * nc + c] === k) S[c * nc + c] = phi[at] / s2;
      }
    }
    semidefiniteFactorInPlace(S, nc, directions[at - 1]?.name ?? '');
    changeFactorInto(cp.terms[t].basis, S, objective.pls.lambdas[t]);
  });
  if (solvePenalized(objective.pls) !== 'none')
    throw new ModelError('bad-option', 'V is not positive definite at this phi');
  return s2;
}

/** Lower Cholesky factor of a positive semi-definite matrix whose lower triangle is given; zero columns at zero pivots. */
function semidefiniteFactorInPlace(S: Float64Array, n: number, name: string): void {
  for (let j = 0; j < n; j++) {
    let d = S[j * n + j];
    const whole = d;
    for (let k = 0; k < j; k++) d -= S[k * n + j] ** 2;
    if (!(d >= -1e-12 * Math.abs(whole)) || whole < 0)
      throw new ModelError('bad-option', `phi is not a covariance matrix at ${name}`);
    const l = d > 1e-14 * whole ? Math.sqrt(d) : 0;
    S[j * n + j] = l;
    for (let i = j + 1; i < n; i++) {
      let s = S[j * n + i];
      for (let k = 0; k < j; k++) s -= S[k * n + i] * S[k * n + j];
      S[j * n + i] = l > 0 ? s / l : 0;
    }
    for (let i = 0; i < j; i++) S[j * n + i] = 0;
  }
}

/** (I (x) M) g within the term of the direction. */
function withinTerm({ optimum }: FittedModel, { term, M }: CovarianceDirection, g: Float64Array): Float64Array {
  const { nc, nl, start } = optimum.cp.terms[term];
  const out = new Float64Array(g.length);
  for (let l = 0; l < nl; l++) {
    const at = start + l * nc;
    for (let c = 0; c < nc; c++) for (let r = 0; r < nc; r++) out[at + r] += M[c * nc + r] * g[at + c];
  }
  return out;
}

/** X_k'H^-1 Z v = (Z'X_k - Z'Z D_k)'v. */
function xzProduct(
  ZtX: Float64Array,
  D: Float64Array,
  cp: FittedModel['optimum']['cp'],
  v: Float64Array,
  k: number,
): number {
  const Zv = new Float64Array(cp.q);
  multiplyZtZInto(cp, v, 1, Zv);
  return dot(ZtX, k * cp.q, v, 0, cp.q) - dot(D, k * cp.q, Zv, 0, cp.q);
}

function symmetric(m: number, entry: (j: number, k: number) => number): number[][] {
  const out = Array.from({ length: m }, () => Array.from({ length: m }, () => 0));
  for (let j = 0; j < m; j++) for (let k = 0; k <= j; k++) out[j][k] = out[k][j] = entry(j, k);
  return out;
}

function bilinear(A: Float64Array, x: Float64Array, y: Float64Array, p: number): number {
  let s = 0;
  for (let k = 0; k < p; k++) s += y[k] * dot(A, k * p, x, 0, p);
  return s;
}

/** tr(Phi A Phi B) for symmetric matrices. */
function traceOfProducts(Phi: Float64Array, A: Float64Array, B: Float64Array, p: number): number {
  let s = 0;
  for (let k = 0; k < p; k++) {
    for (let i = 0; i < p; i++) {
      let left = 0;
      let right = 0;
      for (let l = 0; l < p; l++) {
        left += Phi[l * p + i] * A[k * p + l];
        right += Phi[l * p + k] * B[i * p + l];
      }
      s += left * right;
    }
  }
  return s;
}

function inverseOf(A: Float64Array, p: number): Float64Array {
  const L = A.slice();
  choleskyInPlace(L, p);
  const out = new Float64Array(p * p);
  for (let k = 0; k < p; k++) {
    out[k * p + k] = 1;
    solveLowerInPlace(L, p, out, k * p);
    solveLowerTransposedInPlace(L, p, out, k * p);
  }
  return out;
}

/** R x for the upper triangle R. */
export function upperTimes(R: Float64Array, p: number, x: ArrayLike<number>): Float64Array {
  const out = new Float64Array(p);
  for (let j = 0; j < p; j++) for (let i = 0; i <= j; i++) out[i] += R[j * p + i] * x[j];
  return out;
}

/** R'x for the upper triangle R. */
export function lowerTimes(R: Float64Array, p: number, x: ArrayLike<number>): number[] {
  return Array.from({ length: p }, (_, j) => {
    let s = 0;
    for (let i = 0; i <= j; i++) s += R[j * p + i] * x[i];
    return s;
  });
}

/** f R'A R as rows. */
export function congruence(R: Float64Array, A: Float64Array, p: number, f: number): number[][] {
  const half = Array.from({ length: p }, (_, j) => lowerTimes(R, p, A.subarray(j * p, (j + 1) * p)));
  return Array.from({ length: p }, (_, i) =>
    lowerTimes(
      R,
      p,
      half.map((row) => row[i]),
    ).map((v) => f * v),
  );
}

const transposed = (rows: readonly (readonly number[])[], p: number): number[][] =>
  Array.from({ length: p }, (_, k) => rows.map((row) => row[k]));
