/**
 * Densities in the saddle-point form of Loader (2000), "Fast and accurate computation of binomial probabilities": the large logarithms
 * cancel on paper, so that relative errors stay near the unit roundoff times the exponent, out to 1e-300.
 */

const LOG_2PI = Math.log(2 * Math.PI);

/** log Gamma(x + 1) - [x log x - x + log(2 pi x) / 2] for x > 0: the error of Stirling's formula (DLMF 5.11.1). */
export function stirlingError(x: number): number {
  let correction = 0;
  let at = x;
  // delta(x) = delta(x + 1) + (x + 1/2) log(1 + 1/x) - 1
  while (at < 16) {
    correction += (at + 0.5) * Math.log1p(1 / at) - 1;
    at += 1;
  }
  const r = 1 / (at * at);
  return (
    correction + (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - (r * 691) / 360360))))) / at
  );
}

/** x log(x / m) + m - x, the deviance of a Poisson count, without cancellation near x = m; x, m positive and d = x - m. */
export function poissonDeviance(x: number, m: number, d: number): number {
  if (Math.abs(d) < 0.1 * (x + m)) {
    // With v = d / (x + m): d v + 2 x (v^3 / 3 + v^5 / 5 + ...)
    const v = d / (x + m);
    const v2 = v * v;
    let sum = d * v;
    let power = 2 * x * v;
    for (let j = 1; j < 1000; j++) {
      power *= v2;
      const next = sum + power / (2 * j + 1);
      if (next === sum) return sum;
      sum = next;
    }
  }
  return x * Math.log(x / m) - d;
}

/** log of x^a e^-x / Gamma(a). */
export function logGammaWeight(a: number, x: number): number {
  return Math.log(a) / 2 - LOG_2PI / 2 - stirlingError(a) - poissonDeviance(a, x, a - x);
}

/** log of x^a y^b / B(a, b), where y = 1 - x. */
export function logBetaWeight(a: number, b: number, x: number, y: number): number {
  const n = a + b;
  const d = a * y - b * x; // a - n x
  const exponent =
    stirlingError(n) -
    stirlingError(a) -
    stirlingError(b) -
    poissonDeviance(a, n * x, d) -
    poissonDeviance(b, n * y, -d);
  return exponent + (Math.log(a) + Math.log(b) - Math.log(n) - LOG_2PI) / 2;
}
