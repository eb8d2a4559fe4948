import { inverseOfProduct, solveLowerTransposedInPlace } from '../dense.js';
import { precisionDerivative } from '../level-precision.js';
import type { FactorGradient } from '../objective-gradient.js';
import type { PenalizedLeastSquares } from '../penalized-least-squares.js';
import type { ChainSystem } from './chain-system.js';
import { chainEffects, combineInto } from './solve-chains.js';

/** Squares of lambda below this have no digits; the derivative by lambda is as small as lambda there. */
const UNDERFLOW = 1e-290;

/** The results of {@link chainGradientInto}; the workspace of the sparse gradient stays empty. */
export function chainGradient({ precisions }: PenalizedLeastSquares): FactorGradient {
  const none = new Float64Array(0);
  return {
    inverse: none,
    V: none,
    W: none,
    byFactor: [new Float64Array(1)],
    byLevels: precisions.map((precision) => new Float64Array(precision!.structure.parLength)),
    work: none,
    pairs: [],
  };
}

/**
 * The derivative of the objective by lambda and by the parameters of K, at the solution that stands in `pls`. With B = lambda Z'X, V = S^-1 B RX^-1
 * (by REML) and M = S^-1 + u u' / scale [+ V V'] on the pattern of K,
 *
 *     by lambda:  2 lambda tr(Z'Z M) - 2 / lambda (u'S u / scale [+ tr((RX'RX)^-1 B'S^-1 B)])
 *     by K:       tr(dK M) - d log|K|
 *
 * which is that of {@link factorGradientInto}, since S u = lambda Z'(y - X beta). What is divided by lambda has the factor lambda^2 and vanishes with
 * it; both are sums of squares, so that no digits are lost.
 */
export function chainGradientInto(
  system: ChainSystem,
  pls: PenalizedLeastSquares,
  reml: boolean,
  scale: number,
  { byFactor, byLevels }: FactorGradient,
): void {
  const { factor, precision, work } = system;
  const { cp } = pls;
  const { p, q } = cp;
  const { blocks } = cp.terms[0];
  const lambda = pls.lambdas[0][0];
  const { diagonal, below } = work;
  const { inverse, multiplier, pivot } = factor;
  const u = chainEffects(system, pls);
  const f = 1 / scale;
  let uSu = 0;
  let next = 0;
  let entry = 0; // of S^-1, on the diagonal
  for (let i = q - 1; i >= 0; i--) {
    const m = multiplier[i + 1];
    const ui = u[i];
    const w = ui + m * next; // (L'u)_i
    uSu += w * w * pivot[i];
    below[i] = f * ui * next - m * entry;
    entry = inverse[i] + m * m * entry;
    diagonal[i] = entry + f * ui * ui;
    next = ui;
  }
  const fixed = reml && p > 0 ? addFixed(system, pls) : 0;
  let trace = 0;
  for (let i = 0; i < q; i++) trace += blocks[i] * diagonal[i];
  byFactor[0][0] = lambda * lambda < UNDERFLOW ? 0 : 2 * (lambda * trace - (uSu / scale + fixed) / lambda);

  const { structure, par } = precision;
  const { colPtr } = structure.pattern;
  for (let k = 0; k < par.length; k++) {
    const derivative = precisionDerivative(precision, k);
    let s = 0;
    for (let i = 0, at = 0; i < q; i++) {
      s += derivative[at] * diagonal[i];
      const end = colPtr[i + 1];
      if (end - at > 1) s += 2 * derivative[at + 1] * below[i];
      at = end;
    }
    byLevels[0][k] = s - structure.logDeterminantDerivative(par, k);
  }
}

/** Adds V V' to the entries of M; @returns tr((RX'RX)^-1 B'S^-1 B). */
function addFixed({ factor, R, gram, work }: ChainSystem, { cp, RXt }: PenalizedLeastSquares): number {
  const { p, q } = cp;
  const { multiplier, inverse } = factor;
  const { diagonal, below, v } = work;
  const second = v.subarray(q);
  // RX^-1 by columns: (RXt^-1)'
  const inverseRX = new Float64Array(p * p);
  for (let k = 0; k < p; k++) {
    inverseRX[k * p + k] = 1;
    solveLowerTransposedInPlace(RXt, p, inverseRX, k * p);
  }
  for (let k = 0; k < p; k += 2) {
    combineInto(R, q, k + 1, 1, inverseRX, k * p, v);
    if (k + 1 < p) combineInto(R, q, k + 2, 1, inverseRX, (k + 1) * p, second);
    else second.fill(0, 0, q);
    let next = 0;
    let next2 = 0;
    for (let i = q - 1; i >= 0; i--) {
      const m = multiplier[i + 1];
      const x = v[i] * inverse[i] - m * next;
      const x2 = second[i] * inverse[i] - m * next2;
      diagonal[i] += x * x + x2 * x2;
      below[i] += x * next + x2 * next2;
      next = x;
      next2 = x2;
    }
  }
  const Minv = inverseOfProduct(RXt, p);
  let trace = 0;
  for (let k = 0; k < p; k++) {
    trace += Minv[k * p + k] * gram[k * (p + 1) + k];
    for (let m = k + 1; m < p; m++) trace += 2 * Minv[k * p + m] * gram[k * (p + 1) + m];
  }
  return trace;
}
