import { withComplement, type LogTails } from './incomplete-gamma.js';
import { logBetaWeight } from './saddle-point.js';

/**
 * log I_x(a, b) and log I_y(b, a), the regularised incomplete beta function and its complement (DLMF 8.17), by the continued fraction
 * 8.17.22 on the side where it converges fast. Both x and y = 1 - x are given, so that neither is a difference.
 */
export function logIncompleteBeta(a: number, b: number, x: number, y: number): LogTails {
  if (x <= 0) return { lower: -Infinity, upper: 0 };
  if (y <= 0) return { lower: 0, upper: -Infinity };
  const weight = logBetaWeight(a, b, x, y);
  if (x * (a + b + 2) < a + 1) return withComplement(weight + Math.log(betaFraction(a, b, x, y)), 'lower');
  return withComplement(weight + Math.log(betaFraction(b, a, y, x)), 'upper');
}

/**
 * I_x(a, b) B(a, b) x^-a y^-b by the even part of the fraction (Didonato and Morris 1992, ACM TOMS 18, 360-373), whose terms are written
 * with lambda = (a + b) y - b = a y - b x, so that nothing cancels where x is close to 1. Modified Lentz algorithm (Thompson and Barnett 1986).
 */
function betaFraction(a: number, b: number, x: number, y: number): number {
  const lambda = a * y - b * x;
  let d = (a + 1) / (a * (lambda + 1));
  let c = Infinity;
  let h = d;
  for (let n = 1; n < 1_000_000; n++) {
    const s = a + 2 * n - 1;
    const alpha = ((a + n - 1) / s) * ((a + b + n - 1) / s) * n * (b - n) * x * x;
    const beta = n + (n * (b - n) * x) / s + ((a + n) / (s + 2)) * (lambda + 1 + n * (1 + y));
    d = 1 / (beta + alpha * d);
    c = beta + alpha / c;
    const delta = c * d;
    h *= delta;
    if (Math.abs(delta - 1) < 1e-16) break;
  }
  return h;
}
