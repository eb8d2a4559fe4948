import { logGammaWeight } from './saddle-point.js';

/** Logarithms of both tails. */
export interface LogTails {
  /** log P(X <= x). */
  readonly lower: number;
  /** log P(X > x). */
  readonly upper: number;
}

/**
 * log P(a, x) and log Q(a, x), the regularised incomplete gamma functions (DLMF 8.2.4): the series 8.7.1 left of a + 1, the continued
 * fraction 8.9.2 right of it, so that the smaller of the two never is a difference.
 */
export function logIncompleteGamma(a: number, x: number): LogTails {
  if (x <= 0) return { lower: -Infinity, upper: 0 };
  if (x === Infinity) return { lower: 0, upper: -Infinity };
  const weight = logGammaWeight(a, x);
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; term > 1e-17 * sum; k++) {
      term *= x / (a + k);
      sum += term;
    }
    return withComplement(weight + Math.log(sum), 'lower');
  }
  return withComplement(weight + Math.log(gammaFraction(a, x)), 'upper');
}

/** Q(a, x) Gamma(a) x^-a e^x by the modified Lentz algorithm (Thompson and Barnett 1986). */
function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 1_000_000; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    const delta = c * d;
    h *= delta;
    if (Math.abs(delta - 1) < 1e-16) break;
  }
  return h;
}

/** The other tail of a probability whose logarithm is known. */
export function withComplement(log: number, side: 'lower' | 'upper'): LogTails {
  const known = Math.min(log, 0);
  const other = known > -Math.LN2 ? Math.log(-Math.expm1(known)) : Math.log1p(-Math.exp(known));
  return side === 'lower' ? { lower: known, upper: other } : { lower: other, upper: known };
}
