import { dot, solveLowerInPlace } from '../dense.js';
import type { FactorDirection } from '../factor-directions.js';
import { precisionDerivative } from '../level-precision.js';
import type { PenalizedLeastSquares } from '../penalized-least-squares.js';
import type { TermBasis } from '../term-basis.js';
import { chainBackInPlace, chainDot, factorizeChain } from './chain-factor.js';
import type { ChainSystem } from './chain-system.js';
import { chainEffects } from './solve-chains.js';

/**
 * The average information q_i'P q_j / scale - [4 a_i a_j / (nu scale^2)] with q_i = Z c_i. Since K u = lambda Z'e at the solution, the vector of lambda,
 * u + lambda K^-1 Z'e, is 2 u, and K is solved with for its own parameters only: c = -lambda K^-1 dK u.
 *
 * @param profiled 4 / (nu scale^2), or zero where sigma is fixed
 * @param H directions squared, column-major, both triangles
 */
export function chainInformationInto(
  system: ChainSystem,
  pls: PenalizedLeastSquares,
  bases: readonly TermBasis[],
  directions: readonly FactorDirection[],
  scale: number,
  profiled: number,
  H: Float64Array,
): void {
  const { factor, work } = system;
  const { cp, RXt } = pls;
  const { p, q } = cp;
  const { blocks } = cp.terms[0];
  const m = directions.length;
  if (work.c.length < q * m) work.c = new Float64Array(q * m);
  if (work.h.length < q * m) work.h = new Float64Array(q * m);
  const { c, h } = work;
  const a = vectorsInto(system, pls, bases[0].A[0], directions);
  const x = new Float64Array(p * m);
  for (let i = 0; i < m; i++) {
    H[i * m + i] = forward(system, blocks, i * q, pls.lambdas[0][0]);
    for (let k = 0; k < p; k += 2)
      projectionInto(system, cp.ZtX, k * q, Math.min(k + 1, p - 1) * q, i * q, x, i * p + k);
    solveLowerInPlace(RXt, p, x, i * p);
    for (let j = 0; j < i; j++) {
      let s = 0;
      for (let l = 0; l < q; l++) s += c[i * q + l] * blocks[l] * c[j * q + l];
      H[j * m + i] = s - chainDot(factor, h, i * q, h, j * q);
    }
    for (let j = 0; j <= i; j++) {
      const qPq = H[j * m + i] - dot(x, i * p, x, j * p, p);
      H[i * m + j] = H[j * m + i] = qPq / scale - profiled * a[i] * a[j];
    }
  }
}

/** h = L^-1 lambda Z'Z c from place o on; @returns c'Z'Z c - h'D^-1 h */
function forward({ factor, work: { c, h } }: ChainSystem, blocks: Float64Array, o: number, lambda: number): number {
  const { multiplier, inverse } = factor;
  const q = inverse.length;
  let sum = 0;
  let r = 0;
  for (let i = 0; i < q; i++) {
    const ci = c[o + i];
    const v = blocks[i] * ci;
    r = lambda * v - multiplier[i] * r;
    h[o + i] = r;
    sum += ci * v - r * inverse[i] * r;
  }
  return sum;
}

/** Two entries of X'Z c - RZX'h from `at` on: ZtX and R from places k and k2 on with c and h from place o on; one where the places are the same. */
function projectionInto(
  { factor, R, work: { c, h } }: ChainSystem,
  ZtX: Float64Array,
  k: number,
  k2: number,
  o: number,
  out: Float64Array,
  at: number,
): void {
  const { inverse } = factor;
  const q = inverse.length;
  let s = 0;
  let s2 = 0;
  let t = 0;
  let t2 = 0;
  for (let i = 0; i < q; i++) {
    const ci = c[o + i];
    const hi = inverse[i] * h[o + i];
    s += ZtX[k + i] * ci;
    t += R[k + i] * hi;
    s2 += ZtX[k2 + i] * ci;
    t2 += R[k2 + i] * hi;
  }
  out[at] = s - t;
  if (k2 !== k) out[at + 1] = s2 - t2;
}

/** c_i in the columns of the workspace; @returns a_i */
function vectorsInto(
  system: ChainSystem,
  pls: PenalizedLeastSquares,
  A: number,
  directions: readonly FactorDirection[],
): Float64Array {
  const { precision, prior, work } = system;
  const { cp, lambdas } = pls;
  const { blocks } = cp.terms[0];
  const { structure } = precision;
  const lambda = lambdas[0][0];
  const u = chainEffects(system, pls);
  const a = new Float64Array(directions.length);
  for (let i = 0; i < directions.length; i++) {
    const { level, entries, values } = directions[i];
    const o = i * cp.q;
    if (level < 0) {
      const d = entries.length > 0 ? A * values[0] : 0;
      const fit = multipleInto(u, blocks, 2 * d, work.c, o);
      // (Z'e)'u = u'S u / lambda - lambda u'Z'Z u
      a[i] = lambda === 0 ? 0 : d * (chainQuadratic(system, u) / lambda - lambda * fit);
    } else {
      const derivative = precisionDerivative(precision, level);
      a[i] = -derivativeTimesInto(derivative, structure.pattern.colPtr, u, work.below) / 2;
      const K = { colPtr: structure.pattern.colPtr, K: precision.values, d: blocks, f: 0 };
      factorizeChain(prior, K, work.below, 0, -lambda, work.c, o);
      chainBackInPlace(prior, work.c, o);
    }
  }
  return a;
}

/** out = f u from place o on; @returns u'Z'Z u */
function multipleInto(u: Float64Array, blocks: Float64Array, f: number, out: Float64Array, o: number): number {
  let s = 0;
  for (let i = 0; i < u.length; i++) {
    out[o + i] = f * u[i];
    s += blocks[i] * u[i] * u[i];
  }
  return s;
}

/** u'S u, a sum of squares. */
function chainQuadratic({ factor: { multiplier, pivot } }: ChainSystem, u: Float64Array): number {
  let s = 0;
  let next = 0;
  for (let i = u.length - 1; i >= 0; i--) {
    const w = u[i] + multiplier[i + 1] * next;
    s += w * w * pivot[i];
    next = u[i];
  }
  return s;
}

/** out = dK u; @returns u'dK u */
function derivativeTimesInto(dK: Float64Array, colPtr: Int32Array, u: Float64Array, out: Float64Array): number {
  let s = 0;
  let carried = 0; // the entry left of the diagonal times u before
  for (let i = 0, at = 0; i < u.length; i++) {
    const end = colPtr[i + 1];
    let v = carried + dK[at] * u[i];
    carried = 0;
    if (end - at > 1) {
      v += dK[at + 1] * u[i + 1];
      carried = dK[at + 1] * u[i];
    }
    out[i] = v;
    s += v * u[i];
    at = end;
  }
  return s;
}
