/**
 * The B-splines of one order over a knot sequence (de Boor 1978, chapters IX and X). The sequence holds the boundary knots `order`
 * times, so there are `knots.length - order` basis functions. Points outside the boundary are on the continued polynomials of the
 * first or last interval.
 */
export class SplineBasis {
  readonly size: number;
  private readonly knots: readonly number[];
  private readonly order: number;
  /** Last knot at the lower boundary and first at the upper: the intervals between them are not empty at the ends. */
  private readonly first: number;
  private readonly last: number;
  private readonly left: Float64Array;
  private readonly right: Float64Array;
  /** The `order` values that the last evaluation found, for the functions from `interval - order + 1`. */
  readonly local: Float64Array;

  constructor(knots: readonly number[], order: number) {
    this.knots = knots;
    this.order = order;
    this.size = knots.length - order;
    this.first = knots.lastIndexOf(knots[0]!);
    this.last = knots.indexOf(knots.at(-1)!);
    this.left = new Float64Array(order);
    this.right = new Float64Array(order);
    this.local = new Float64Array(order);
  }

  /** Index i of the interval knots[i] <= x < knots[i + 1] that decides about x. */
  intervalOf(x: number): number {
    const { knots } = this;
    let low = this.first;
    let high = this.last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (knots[middle]! <= x) low = middle;
      else high = middle;
    }
    return low;
  }

  /**
   * Values at x into `local`, and the index of the first function they belong to. No allocation; O(order^2)
   * (Piegl and Tiller 1997, algorithm A2.2).
   */
  evaluate(x: number): number {
    const { knots, order, left, right, local } = this;
    const interval = this.intervalOf(x);
    local[0] = 1;
    for (let k = 1; k < order; k++) {
      left[k] = x - knots[interval + 1 - k]!;
      right[k] = knots[interval + k]! - x;
      let carried = 0;
      for (let r = 0; r < k; r++) {
        const share = local[r]! / (right[r + 1]! + left[k - r]!);
        local[r] = carried + right[r + 1]! * share;
        carried = left[k - r]! * share;
      }
      local[k] = carried;
    }
    return interval - order + 1;
  }

  /** All functions' values at x. */
  row(x: number): Float64Array {
    const out = new Float64Array(this.size);
    out.set(this.local, this.evaluate(x));
    return out;
  }

  /** All functions' derivatives at x: B_j' = (k - 1) (B_j / (t_{j+k-1} - t_j) - B_{j+1} / (...)) of the order below. */
  derivativeRow(x: number, times: number): Float64Array {
    if (times === 0) return this.row(x);
    const { knots, order, size } = this;
    const below = new SplineBasis(knots, order - 1).derivativeRow(x, times - 1);
    const scaled = below.map((value, j) => {
      const width = knots[j + order - 1]! - knots[j]!;
      return width > 0 ? ((order - 1) * value) / width : 0;
    });
    return Float64Array.from({ length: size }, (_, j) => scaled[j]! - scaled[j + 1]!);
  }
}

/** Inner knots in ascending order with the boundary repeated `order` times on both sides. */
export const knotSequence = (inner: readonly number[], boundary: readonly number[], order: number): number[] => [
  ...new Array<number>(order).fill(boundary[0]!),
  ...[...inner].sort((a, b) => a - b),
  ...new Array<number>(order).fill(boundary[1]!),
];
