import { dot, solveLowerInPlace } from '../dense.js';
import type { FactorDirection } from '../factor-directions.js';
import { multiplyPrecisionInto } from '../level-precision.js';
import type { PenalizedLeastSquares } from '../penalized-least-squares.js';
import type { TermBasis } from '../term-basis.js';
import { chainBackInPlace, chainDot, factorizeChain } from './chain-factor.js';
import type { ChainSystem } from './chain-system.js';
import { chainEffects, combineInto } from './solve-chains.js';

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
    for (let k = 0; k < p; k++) x[i * p + k] = projection(system, cp.ZtX, k * q, i * q);
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

/** Column of (X'Z c - RZX'h): ZtX from place k on with c, R with h, from place o on. */
function projection({ factor, R, work: { c, h } }: ChainSystem, ZtX: Float64Array, k: number, o: number): number {
  const { inverse } = factor;
  const q = inverse.length;
  let s = 0;
  let t = 0;
  for (let i = 0; i < q; i++) {
    s += ZtX[k + i] * c[o + i];
    t += R[k + i] * inverse[i] * h[o + i];
  }
  return s - t;
}

/** c_i in the columns of the workspace; @returns a_i */
function vectorsInto(
  system: ChainSystem,
  pls: PenalizedLeastSquares,
  A: number,
  directions: readonly FactorDirection[],
): Float64Array {
  const { precision, prior, work } = system;
  const { c } = work;
  const { cp, lambdas } = pls;
  const { q } = cp;
  const { structure, par, derivative, values } = precision;
  const u = chainEffects(system, pls);
  const K = { colPtr: structure.pattern.colPtr, K: values, d: cp.terms[0].blocks, f: 0 };
  return Float64Array.from(directions, ({ level, entries, values: step }, i) => {
    const o = i * q;
    if (level < 0) {
      const d = entries.length > 0 ? A * step[0] : 0;
      for (let l = 0; l < q; l++) c[o + l] = 2 * d * u[l];
      return d * fitOf(system, pls, u);
    }
    structure.precisionDerivativeInto(par, level, derivative);
    multiplyPrecisionInto(precision, derivative, u, 0, work.below);
    factorizeChain(prior, K, work.below, 0, -lambdas[0][0], c, o);
    chainBackInPlace(prior, c, o);
    return -dot(u, 0, work.below, 0, q) / 2;
  });
}

/** (Z'e)'u = (Z'y - Z'X beta - lambda Z'Z u)'u. */
function fitOf({ work }: ChainSystem, pls: PenalizedLeastSquares, u: Float64Array): number {
  const { cp, beta, lambdas } = pls;
  const { p, q, ZtX, terms } = cp;
  const { Zty } = pls.work;
  const { blocks } = terms[0];
  const lambda = lambdas[0][0];
  combineInto(ZtX, q, p, -1, beta, 0, work.below);
  let s = 0;
  for (let i = 0; i < q; i++) s += (Zty[i] + work.below[i] - lambda * blocks[i] * u[i]) * u[i];
  return s;
}
