/** Rough estimates of a stationary AR(1) process from noisy values. */
export interface LagEstimate {
  readonly rho: number;
  readonly variance: number;
}

/** Standard errors (of products of independent values) that the second lag must be away from zero. */
const CLEAR = 4;

/** Largest correlation that is estimated. */
const LARGEST = 0.98;

/**
 * Correlation by unit of time and variance of a process along chains, from values with independent noise: noise does not reach products of
 * different points, so that with the mean products C1 and C2 of neighbours and of second neighbours, d1 and d2 apart on average,
 * rho^(d2 - d1) = C2 / C1 and variance = C1 / rho^d1 (Box, Jenkins and Reinsel 2008, Time Series Analysis, section 3.2: the autocovariances of AR(1)
 * plus noise). O(points).
 *
 * @param gaps to the point before, 0 at the first point of each chain
 * @param weights of the values, their information; zero where there is none
 * @returns null where the products say nothing clear
 */
export function lagEstimate(gaps: Float64Array, values: Float64Array, weights: Float64Array): LagEstimate | null {
  const n = gaps.length;
  let own = 0;
  let total = 0;
  let product1 = 0;
  let product2 = 0;
  let weight1 = 0;
  let weight2 = 0;
  let distance1 = 0;
  let distance2 = 0;
  let pairs = 0;
  let apart = false; // some neighbours are further than 1 apart
  for (let i = 0; i < n; i++) {
    own += weights[i] * values[i] ** 2;
    total += weights[i];
    if (gaps[i] === 0) continue;
    apart ||= gaps[i] !== 1;
    const w = weights[i] * weights[i - 1];
    product1 += w * values[i] * values[i - 1];
    weight1 += w;
    distance1 += w * gaps[i];
    if (gaps[i - 1] === 0) continue;
    const w2 = weights[i] * weights[i - 2];
    product2 += w2 * values[i] * values[i - 2];
    weight2 += w2;
    distance2 += w2 * (gaps[i] + gaps[i - 1]);
    pairs++;
  }
  const variance = own / total;
  const first = product1 / weight1;
  const second = product2 / weight2;
  const near = distance1 / weight1;
  const far = distance2 / weight2;
  if (!(second > (CLEAR * variance) / Math.sqrt(pairs)) || !(second < Math.abs(first)) || (first < 0 && apart))
    return null;
  const size = Math.min(LARGEST, (second / Math.abs(first)) ** (1 / (far - near)));
  return { rho: first < 0 ? -size : size, variance: Math.min(Math.abs(first) / size ** near, variance) };
}
