import { choleskyInPlace, dot, solveLowerInPlace, solveLowerTransposedInPlace } from '../dense.js';
import { multiplyPrecisionInto } from '../level-precision.js';
import type { PenalizedLeastSquares, PlsFailure } from '../penalized-least-squares.js';
import { addColumnProducts, productAt } from '../products/column-products.js';
import { chainBackInPlace, chainDot, chainDotTwo, chainForward, factorizeChain } from './chain-factor.js';
import type { ChainSystem } from './chain-system.js';

/** Solves at the factor in `pls.lambdas`: sets beta, RXt, ldL2, ldRX2 and pwrss. O(q p^2) and no memory. */
export function solveChains(system: ChainSystem, pls: PenalizedLeastSquares): PlsFailure {
  const { factor, precision, R, gram } = system;
  const { cp, RXt, beta, work } = pls;
  const { p, q, ZtX, XtX, terms } = cp;
  const lambda = pls.lambdas[0][0];
  system.effectsAreCurrent = false;
  system.modesAreCurrent = false;
  system.systemIsCurrent = false;
  if (!Number.isFinite(lambda)) return 'not-finite';
  const S = {
    colPtr: precision.structure.pattern.colPtr,
    K: precision.values,
    d: terms[0].blocks,
    f: lambda * lambda,
  };
  pls.ldL2 = factorizeChain(factor, S, work.Zty, 0, lambda, R, p * q) - precision.logDeterminant;
  if (!Number.isFinite(pls.ldL2)) return 'L';
  eliminateInto(system, ZtX, lambda, p);
  const r = p + 1;
  for (let k = 0; k < p; k++) for (let m = k; m < p; m++) RXt[k * p + m] = XtX[k * p + m] - gram[k * r + m];
  if (choleskyInPlace(RXt, p) >= 0) return 'RX';
  pls.ldRX2 = 0;
  for (let k = 0; k < p; k++) pls.ldRX2 += 2 * Math.log(RXt[k * p + k]);

  let explained = gram[p * r + p];
  for (let k = 0; k < p; k++) beta[k] = work.Xty[k] - gram[k * r + p];
  solveLowerInPlace(RXt, p, beta);
  for (let k = 0; k < p; k++) explained += beta[k] ** 2;
  solveLowerTransposedInPlace(RXt, p, beta);
  // Cancellation can leave a residual sum of squares at or below zero; the rounding level stands in for it.
  pls.pwrss = Math.max(cp.yty - explained, 1e-17 * cp.yty);
  return 'none';
}

/** The columns of R before the last, and R'D^-1 R. */
function eliminateInto(
  { factor, R, gram, products, work }: ChainSystem,
  ZtX: Float64Array,
  lambda: number,
  p: number,
): void {
  const { inverse } = factor;
  const q = inverse.length;
  const r = p + 1;
  const three = work.sums;
  for (let k = 0; k < p; k += 2) {
    const single = k + 1 === p;
    chainForward(factor, ZtX, k * q, lambda, R, single, three);
    gram[k * r + k] = three[0];
    if (single) continue;
    gram[k * r + k + 1] = three[1];
    gram[(k + 1) * r + k + 1] = three[2];
  }
  if (products) {
    if (work.v.length < R.length) work.v = new Float64Array(R.length);
    for (let i = 0; i < q; i++) {
      const root = Math.sqrt(inverse[i]);
      for (let k = 0; k < r; k++) work.v[k * q + i] = R[k * q + i] * root;
    }
    products.sums.fill(0);
    addColumnProducts(products, work.v, q, null, 0, q);
    for (let k = 0; k < r; k++) for (let m = k; m < r; m++) gram[k * r + m] = productAt(products, m, k);
    return;
  }
  for (let k = 0; k < p; k += 2) {
    const second = Math.min(k + 1, p - 1);
    for (let m = k + 2 > p ? p : k + 2; m < r; m++) {
      chainDotTwo(factor, R, k * q, second * q, m * q, three);
      gram[k * r + m] = three[0];
      gram[second * r + m] = three[1];
    }
  }
  gram[p * r + p] = chainDot(factor, R, p * q, R, p * q);
}

/** u at the solution that stands in `pls`. */
export function chainEffects(system: ChainSystem, { cp, beta }: PenalizedLeastSquares): Float64Array {
  const { factor, R, u } = system;
  const { p, q } = cp;
  if (system.effectsAreCurrent) return u;
  combineInto(R, q, p, -1, beta, 0, u);
  for (let i = 0, o = p * q; i < q; i++) u[i] += R[o + i];
  chainBackInPlace(factor, u, 0);
  system.effectsAreCurrent = true;
  return u;
}

/** out = f (sum over the first `count` columns of A, q apart, times coefficients from `at`), two columns in a pass. */
export function combineInto(
  A: Float64Array,
  q: number,
  count: number,
  f: number,
  coefficients: Float64Array,
  at: number,
  out: Float64Array,
): void {
  if (count === 0) out.fill(0, 0, q);
  for (let k = 0; k < count; k += 2) {
    const a = f * coefficients[at + k];
    const o = k * q;
    const b = k + 1 < count ? f * coefficients[at + k + 1] : 0;
    const o2 = k + 1 < count ? o + q : o;
    if (k === 0) for (let i = 0; i < q; i++) out[i] = a * A[o + i] + b * A[o2 + i];
    else for (let i = 0; i < q; i++) out[i] += a * A[o + i] + b * A[o2 + i];
  }
}

/** Vectors of the solution that stands in `pls`: b = lambda u, Z'e and X'e. @returns |e|^2 and u'K u */
export function chainModesInto(
  system: ChainSystem,
  pls: PenalizedLeastSquares,
  { b, Zte, Xte }: { readonly b: Float64Array; readonly Zte: Float64Array; readonly Xte: Float64Array },
): { wrss: number; ussq: number } {
  const { precision, work } = system;
  const { cp, lambdas, beta } = pls;
  const { Zty, Xty } = pls.work;
  const { p, q, ZtX, XtX } = cp;
  const { blocks } = cp.terms[0];
  const lambda = lambdas[0][0];
  const u = chainEffects(system, pls);
  combineInto(ZtX, q, p, -1, beta, 0, Zte);
  for (let i = 0; i < q; i++) {
    b[i] = lambda * u[i];
    Zte[i] += Zty[i] - blocks[i] * b[i];
  }
  let wrss = cp.yty - dot(b, 0, Zty, 0, q) - dot(beta, 0, Xty, 0, p) - dot(b, 0, Zte, 0, q);
  for (let k = 0; k < p; k++) {
    Xte[k] = Xty[k] - dot(ZtX, k * q, b, 0, q) - dot(XtX, k * p, beta, 0, p);
    wrss -= beta[k] * Xte[k];
  }
  multiplyPrecisionInto(precision, precision.values, u, 0, work.diagonal);
  return { wrss: Math.max(wrss, 1e-17 * cp.yty), ussq: dot(u, 0, work.diagonal, 0, q) };
}
