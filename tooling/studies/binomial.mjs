/** log of the binomial coefficient, by sums of logarithms. */
function logChoose(n, k) {
  let s = 0;
  for (let i = 1; i <= k; i++) s += Math.log(n - k + i) - Math.log(i);
  return s;
}

/**
 * The smallest and the largest number of successes in n that a share of `p` does not contradict: each tail beyond has a probability of at most
 * alpha / 2.
 */
export function binomialLimits(n, p, alpha) {
  const mass = Array.from({ length: n + 1 }, (_, k) =>
    Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p)),
  );
  let low = 0;
  for (let below = mass[0]; below <= alpha / 2; below += mass[low]) low++;
  let high = n;
  for (let above = mass[n]; above <= alpha / 2; above += mass[high]) high--;
  return [low, high];
}
