import { logNormalUpper } from './distributions.js';
import { findRootOfDecreasing } from './find-root.js';
import { logGammaWeight } from './saddle-point.js';

/**
 * The studentised range: the range of k independent standard normal variables over an independent estimate of their standard deviation with
 * df degrees of freedom (Tukey's test). Both integrals have smooth integrands that vanish at both ends, for which the trapezoidal rule
 * converges exponentially (Trefethen and Weideman 2014); the upper tail is integrated itself, so small p values keep their digits.
 */

/** Half-width of the normal density's support in double precision, and step of the inner integral. */
const REACH = 9;
const STEP = 0.08;

/** log P(range of k standard normals > w): k times the integral of phi(z) [Phi(z)^(k-1) - (Phi(z) - Phi(z - w))^(k-1)]. */
function logRangeUpper(w: number, k: number): number {
  const first = Math.floor(Math.min(-REACH, w / 2 - REACH) / STEP);
  const last = Math.ceil(Math.max(REACH, w / 2 + REACH) / STEP);
  // Everything relative to the largest exponent, about -w^2 / 4.
  const top = -(w * w) / 4;
  let sum = 0;
  for (let i = first; i <= last; i++) {
    const z = i * STEP;
    const below = logNormalUpper(-z);
    const share = Math.exp(logNormalUpper(w - z) - below);
    // 1 - (1 - share)^(k - 1)
    const change = share >= 1 ? 1 : -Math.expm1((k - 1) * Math.log1p(-share));
    if (change > 0) sum += Math.exp((k - 1) * below - (z * z) / 2 - top + Math.log(change));
  }
  return Math.min(0, Math.log((sum * STEP * k) / Math.sqrt(2 * Math.PI)) + top);
}

/** log P(Q > q) for the studentised range of k means with df degrees of freedom (Infinity: known variance). */
export function logStudentizedRangeUpper(q: number, k: number, df: number): number {
  if (Number.isNaN(q) || !(df > 0) || !(k >= 2)) return NaN;
  if (q <= 0) return 0;
  if (df === Infinity) return logRangeUpper(q, k);
  // Over v = log s, where df s^2 is chi-squared: twice the gamma weight at df s^2 / 2.
  const logDensity = (v: number) => Math.LN2 + logGammaWeight(df / 2, (df / 2) * Math.exp(2 * v));
  const rough = (v: number) =>
    logDensity(v) - Math.min(0.25 * q * q * Math.exp(2 * v), 0.5 * k * q * q * Math.exp(2 * v));
  const { low, high, top } = support(rough, df);
  const tail = rangeTail(k);
  const count = Math.max(240, Math.ceil((high - low) / 0.1));
  const step = (high - low) / count;
  let sum = 0;
  for (let i = 0; i <= count; i++) {
    const v = low + i * step;
    sum += Math.exp(logDensity(v) + tail(q * Math.exp(v)) - top);
  }
  return Math.min(0, Math.log(sum * step) + top);
}

/** Where f is within 45 of its maximum. */
function support(f: (v: number) => number, df: number): { low: number; high: number; top: number } {
  const unit = Math.min(1, 1 / Math.sqrt(df));
  let peak = 0;
  let top = f(0);
  for (let d = unit; d > 1e-3 * unit;) {
    const up = f(peak + d);
    const down = f(peak - d);
    if (up > top) [peak, top] = [peak + d, up];
    else if (down > top) [peak, top] = [peak - d, down];
    else d /= 2;
  }
  const end = (sign: number) => {
    let d = unit;
    while (f(peak + sign * d) > top - 45) d *= 1.3;
    return peak + sign * d;
  };
  return { low: end(-1), high: end(1), top };
}

/** Degree of the interpolants of log P(range > w) on intervals of length 1. */
const DEGREE = 16;
const NODES = Float64Array.from({ length: DEGREE + 1 }, (_, j) => (1 - Math.cos((Math.PI * j) / DEGREE)) / 2);

/** Values at the nodes of the intervals [i, i + 1] that were needed so far, by k: a pure function remembered. */
const known = new Map<number, Map<number, Float64Array>>();

/** logRangeUpper of k by barycentric interpolation in Chebyshev points (Berrut and Trefethen 2004). */
function rangeTail(k: number): (w: number) => number {
  const pieces = known.get(k) ?? new Map<number, Float64Array>();
  known.set(k, pieces);
  return (w) => {
    const from = Math.floor(w);
    let values = pieces.get(from);
    if (!values) {
      values = NODES.map((node) => logRangeUpper(from + node, k));
      pieces.set(from, values);
    }
    let up = 0;
    let down = 0;
    for (let j = 0; j <= DEGREE; j++) {
      const d = w - from - NODES[j];
      if (d === 0) return values[j];
      const c = (j % 2 === 0 ? 1 : -1) / d / (j === 0 || j === DEGREE ? 2 : 1);
      up += c * values[j];
      down += c;
    }
    return up / down;
  };
}

/** P(Q > q). */
export function studentizedRangeUpper(q: number, k: number, df: number): number {
  return Math.exp(logStudentizedRangeUpper(q, k, df));
}

/** The q with P(Q > q) = p. */
export function studentizedRangeUpperQuantile(p: number, k: number, df: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p === 0) return Infinity;
  if (p === 1) return 0;
  const log = Math.log(p);
  return Math.exp(findRootOfDecreasing((s) => logStudentizedRangeUpper(Math.exp(s), k, df) - log, 1, 0.3, 1e-12));
}
