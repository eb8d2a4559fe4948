/**
 * Quantile of the standard normal distribution, relative error below 1e-15 in the body: the initial value is refined by Halley steps on the
 * distribution function. Only for plots. Source of the start: Abramowitz and Stegun (1964), 26.2.23.
 *
 * @param p between 0 and 1, both excluded
 */
export function normalQuantile(p: number): number {
  const tail = Math.min(p, 1 - p);
  const t = Math.sqrt(-2 * Math.log(tail));
  let z = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
  for (let k = 0; k < 3; k++) {
    const e = (lowerTail(z) - tail) * Math.sqrt(2 * Math.PI) * Math.exp((z * z) / 2);
    z -= e / (1 + (z * e) / 2);
  }
  return p < 0.5 ? z : -z;
}

/** P(Z < z) for z <= 0: a series near zero, a continued fraction in the tail. */
function lowerTail(z: number): number {
  const x = -z;
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let k = 1; k < 100 && Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
      term *= (x * x) / (2 * k + 1);
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = x;
  for (let k = 60; k >= 1; k--) fraction = x + k / fraction;
  return density / fraction;
}
