/**
 * A root of f between a and b, where f changes sign (Brent 1973, Algorithms for Minimization without Derivatives, chapter 4).
 *
 * @param fa f(a)
 * @param fb f(b)
 * @param tolerance absolute, on the root
 */
export function findRoot(
  f: (x: number) => number,
  a: number,
  b: number,
  tolerance: number,
  fa = f(a),
  fb = f(b),
): number {
  let [left, best, fLeft, fBest] = [a, b, fa, fb];
  let [other, fOther] = [left, fLeft];
  let step = best - left;
  let before = step;
  for (let i = 0; i < 200; i++) {
    if (fBest > 0 === fOther > 0) {
      other = left;
      fOther = fLeft;
      step = before = best - left;
    }
    if (Math.abs(fOther) < Math.abs(fBest)) {
      left = best;
      best = other;
      other = left;
      fLeft = fBest;
      fBest = fOther;
      fOther = fLeft;
    }
    const enough = 2 * Number.EPSILON * Math.abs(best) + tolerance / 2;
    const half = (other - best) / 2;
    if (Math.abs(half) <= enough || fBest === 0) return best;
    if (Math.abs(before) >= enough && Math.abs(fLeft) > Math.abs(fBest)) {
      const s = fBest / fLeft;
      let p = 2 * half * s;
      let q = 1 - s;
      if (left !== other) {
        const r = fBest / fOther;
        const t = fLeft / fOther;
        p = s * (2 * half * t * (t - r) - (best - left) * (r - 1));
        q = (t - 1) * (r - 1) * (s - 1);
      }
      if (p > 0) q = -q;
      else p = -p;
      if (2 * p < Math.min(3 * half * q - Math.abs(enough * q), Math.abs(before * q))) {
        before = step;
        step = p / q;
      } else step = before = half;
    } else step = before = half;
    left = best;
    fLeft = fBest;
    best += Math.abs(step) > enough ? step : half > 0 ? enough : -enough;
    fBest = f(best);
  }
  return best;
}

/** The root of a decreasing f: brackets it from `start` by growing steps, then {@link findRoot}. */
export function findRootOfDecreasing(f: (x: number) => number, start: number, step: number, tolerance: number): number {
  let a = start;
  let fa = f(a);
  for (let d = fa > 0 ? step : -step; ; d *= 2) {
    const b = a + d;
    const fb = f(b);
    if (fb > 0 !== fa > 0 || fb === 0 || !Number.isFinite(b)) return findRoot(f, a, b, tolerance, fa, fb);
    a = b;
    fa = fb;
  }
}
