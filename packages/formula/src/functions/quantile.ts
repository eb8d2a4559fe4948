/**
 * Sample quantiles by linear interpolation of the order statistics (Hyndman and Fan 1996, type 7).
 *
 * @param values - NaN is left out.
 * @param counts - how often each value occurs, null for once.
 */
export function quantiles(
  values: Float64Array,
  counts: Float64Array | null,
  probabilities: readonly number[],
): number[] {
  const order = Int32Array.from(values, (_, i) => i).filter((i) => values[i] === values[i]);
  order.sort((a, b) => values[a]! - values[b]!);
  const total = counts === null ? order.length : order.reduce((sum, i) => sum + counts[i]!, 0);
  const statistic = orderStatistics(values, counts, order);
  return probabilities.map((p) => {
    const position = (total - 1) * p;
    const below = Math.floor(position + 4 * Number.EPSILON);
    const share = position - below;
    const low = statistic(below);
    return Math.abs(share) < 4 * Number.EPSILON ? low : low + share * (statistic(Math.min(below + 1, total - 1)) - low);
  });
}

/** The k-th smallest value, k from 0. */
function orderStatistics(values: Float64Array, counts: Float64Array | null, order: Int32Array): (k: number) => number {
  if (counts === null) return (k) => values[order[k]!]!;
  return (k) => {
    let seen = 0;
    for (const i of order) {
      seen += counts[i]!;
      if (k < seen) return values[i]!;
    }
    return Number.NaN;
  };
}
