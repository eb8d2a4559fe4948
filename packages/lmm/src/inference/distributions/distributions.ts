import { findRootOfDecreasing } from './find-root.js';
import { logIncompleteBeta } from './incomplete-beta.js';
import { logIncompleteGamma, type LogTails } from './incomplete-gamma.js';
import { normalQuantile } from './normal-quantile.js';
import { millsRatio } from './mills-ratio.js';

/**
 * Tails and quantiles of the normal, t, chi-squared and F distributions, accurate to about 1e-13 relative in either tail down to the
 * smallest positive doubles. Every tail is computed as itself, never as one minus the other (DLMF chapters 8 and 26).
 */

/** log P(|Z| <= |z|) and log P(|Z| > |z|) for a standard normal Z. */
function logAbsoluteNormal(z: number): LogTails {
  return logIncompleteGamma(0.5, (z * z) / 2);
}

/** log P(Z > z) for a standard normal Z. */
export function logNormalUpper(z: number): number {
  if (z < 0) return Math.log1p(-Math.exp(logNormalUpper(-z)));
  return Math.log(millsRatio(z)) - (z * z) / 2 - LOG_ROOT_2PI;
}

const LOG_ROOT_2PI = 0.9189385332046727;

/** log P(T > t) of a variable that is symmetric about zero, from the tails of |T| at |t|. */
function logUpperOf(t: number, tails: LogTails): number {
  return t >= 0 ? tails.upper - Math.LN2 : Math.log1p(-Math.exp(tails.upper) / 2);
}

/** P(Z > z) for a standard normal Z. */
export function normalUpper(z: number): number {
  return Math.exp(logNormalUpper(z));
}

/** P(Z <= z) for a standard normal Z. */
export function normalLower(z: number): number {
  return Math.exp(logNormalUpper(-z));
}

/** P(|Z| > |z|). */
export function normalTwoSided(z: number): number {
  return Math.exp(logAbsoluteNormal(z).upper);
}

/** The z with P(Z > z) = p. */
export function normalUpperQuantile(p: number): number {
  return 0 - normalQuantile(p);
}

/** log P(T > t) for Student's t with `df` degrees of freedom (Infinity: normal). */
export function logTUpper(t: number, df: number): number {
  if (df === Infinity) return logNormalUpper(t);
  return logUpperOf(t, logAbsoluteT(t, df));
}

/** P(T > t). */
export function tUpper(t: number, df: number): number {
  return Math.exp(logTUpper(t, df));
}

/** P(|T| > |t|). NaN where t or df is. */
export function tTwoSided(t: number, df: number): number {
  if (Number.isNaN(t) || Number.isNaN(df)) return NaN;
  return Math.exp(logAbsoluteT(t, df).upper);
}

/** The t with P(T > t) = p. */
export function tUpperQuantile(p: number, df: number): number {
  if (Number.isNaN(p) || Number.isNaN(df)) return NaN;
  return symmetricQuantile(p, (t) => logAbsoluteT(t, df));
}

/** log P(|T| <= |t|) and log P(|T| > |t|) = I_x(df / 2, 1 / 2) at x = df / (df + t^2). */
function logAbsoluteT(t: number, df: number): LogTails {
  if (df === Infinity) return logAbsoluteNormal(t);
  const t2 = t * t;
  if (t2 === Infinity) return farTail(Math.abs(t), df);
  const { lower, upper } = logIncompleteBeta(df / 2, 0.5, df / (df + t2), t2 / (df + t2));
  return { lower: upper, upper: lower };
}

/** Where t^2 overflows, the leading term x^a / (a B(a, b)) of the tail, from its value at x = 1e-200. */
function farTail(t: number, df: number): LogTails {
  if (t === Infinity) return { lower: 0, upper: -Infinity };
  const x = 1e-200;
  const known = logIncompleteBeta(df / 2, 0.5, x, 1).lower;
  return { lower: 0, upper: known + (df / 2) * (Math.log(df) - 2 * Math.log(t) - Math.log(x)) };
}

/** log of both tails of chi-squared with `df` degrees of freedom. */
export function logChiSquared(x: number, df: number): LogTails {
  return logIncompleteGamma(df / 2, x / 2);
}

/** P(X > x) for chi-squared; df = 0 is the point mass at zero. */
export function chiSquaredUpper(x: number, df: number): number {
  if (df === 0) return x >= 0 ? (x > 0 ? 0 : 1) : 1;
  return Math.exp(logChiSquared(x, df).upper);
}

/** The x with P(X > x) = p for chi-squared. */
export function chiSquaredUpperQuantile(p: number, df: number): number {
  return positiveQuantile(p, (x) => logChiSquared(x, df));
}

/** log of both tails of F with d1 and d2 degrees of freedom (d2 = Infinity: chi-squared over d1). */
export function logF(f: number, d1: number, d2: number): LogTails {
  if (d2 === Infinity) return logChiSquared(f * d1, d1);
  const scaled = (f * d1) / d2;
  return logIncompleteBeta(d1 / 2, d2 / 2, scaled === Infinity ? 1 : scaled / (1 + scaled), 1 / (1 + scaled));
}

/** P(X > f) for F; NaN where an argument is. */
export function fUpper(f: number, d1: number, d2: number): number {
  if (Number.isNaN(f) || Number.isNaN(d1) || Number.isNaN(d2)) return NaN;
  return Math.exp(logF(f, d1, d2).upper);
}

/** The x with P(X > x) = p for F. */
export function fUpperQuantile(p: number, d1: number, d2: number): number {
  return positiveQuantile(p, (x) => logF(x, d1, d2));
}

/**
 * Quantile of a distribution that is symmetric about zero, in the coordinate log|t|, by the smaller of P(|T| > t) and P(|T| <= t).
 */
function symmetricQuantile(p: number, tails: (t: number) => LogTails): number {
  if (p > 0.5) return -symmetricQuantile(1 - p, tails);
  if (p === 0.5) return 0;
  if (!(p > 0)) return p === 0 ? Infinity : NaN;
  const outside = p < 0.25;
  const log = outside ? Math.log(2 * p) : Math.log1p(-2 * p);
  const f = (s: number) => (outside ? tails(Math.exp(s)).upper - log : log - tails(Math.exp(s)).lower);
  return Math.exp(findRootOfDecreasing(f, 0, 1, 1e-16));
}

/** Quantile of a positive variable, in the coordinate log x, by whichever tail is the smaller. */
function positiveQuantile(p: number, tails: (x: number) => LogTails): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p === 0) return Infinity;
  if (p === 1) return 0;
  const upper = p <= 0.5;
  const log = upper ? Math.log(p) : Math.log1p(-p);
  const f = (s: number) => (upper ? tails(Math.exp(s)).upper - log : log - tails(Math.exp(s)).lower);
  return Math.exp(findRootOfDecreasing(f, 0, 1, 1e-16));
}
