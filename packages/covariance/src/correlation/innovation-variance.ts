/** Gaps up to this are summed, longer ones take the closed form. */
const SUMMED = 64;

/** 1 + rho^2 + ... + rho^(2(gap-1)): the variance of AR(1) over a gap, given the point before it, for innovations of variance 1. */
export function innovationVariance(rho: number, gap: number): number {
  const r = rho * rho;
  if (gap <= SUMMED) {
    let s = 0;
    for (let k = 0; k < gap; k++) s = 1 + r * s;
    return s;
  }
  if (r === 0) return 1;
  const log = 2 * Math.log(Math.abs(rho));
  return log === 0 ? gap : Math.expm1(gap * log) / Math.expm1(log);
}

/** Its derivative by rho: the sum of 2 k rho^(2k-1). */
export function innovationVarianceSlope(rho: number, gap: number): number {
  const r = rho * rho;
  const rest = 1 - r;
  if (gap <= SUMMED || rest * gap < 0.1) {
    let s = 0;
    for (let k = gap - 1; k > 0; k--) s = k + r * s;
    return 2 * rho * s;
  }
  const last = r ** (gap - 1);
  return (2 * rho * (1 - r * last - gap * rest * last)) / rest ** 2;
}
