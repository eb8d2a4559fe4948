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
  if (x * (a + b + 2) < a + 1) return withComplement(weight + Math.log(betaFraction(a, b, x) / a), 'lower');
  return withComplement(weight + Math.log(betaFraction(b, a, y) / b), 'upper');
}

/** I_x(a, b) a B(a, b) x^-a (1 - x)^-b by the modified Lentz algorithm (Thompson and Barnett 1986). */
function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (d === 0 ? tiny : d);
  let h = d;
  for (let m = 1; m < 1_000_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 + even * d;
    c = 1 + even / c;
    d = 1 / (d === 0 ? tiny : d);
    if (c === 0) c = tiny;
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + odd * d;
    c = 1 + odd / c;
    d = 1 / (d === 0 ? tiny : d);
    if (c === 0) c = tiny;
    const delta = d * c;
    h *= delta;
    if (Math.abs(delta - 1) < 1e-16) break;
  }
  return h;
}
