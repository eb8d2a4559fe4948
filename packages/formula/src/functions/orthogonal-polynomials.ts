/**
 * Monic polynomials p_0, p_1, ... orthogonal over weighted points, by their three-term recurrence
 *
 *     p_{k+1}(x) = (x - alpha_k) p_k(x) - (norm_k / norm_{k-1}) p_{k-1}(x)
 *
 * (Stieltjes procedure; Gautschi 2004, section 2.2; Kennedy and Gentle 1980, p. 343).
 */
export interface Recurrence {
  /** alpha_0 ... alpha_{degree-1}. */
  alpha: number[];
  /** Squared norms of p_0 ... p_degree. */
  norm: number[];
}

/**
 * @param x - points; NaN is left out.
 * @param counts - weight of each point, null for 1.
 * @returns null when there are not more distinct points than the degree. O(n degree).
 */
export function fitRecurrence(x: Float64Array, counts: Float64Array | null, degree: number): Recurrence | null {
  const n = x.length;
  const alpha: number[] = [];
  const norm: number[] = [];
  let before = new Float64Array(n);
  let current = new Float64Array(n).fill(1);
  let scale = 0;
  for (let k = 0; k <= degree; k++) {
    let sum = 0;
    let moment = 0;
    // Moments about a centre keep the digits of x values far from 0.
    const centre = k === 0 ? firstFinite(x) : alpha[0]!;
    for (let i = 0; i < n; i++) {
      const xi = x[i]!;
      if (xi !== xi) continue;
      const w = (counts === null ? 1 : counts[i]!) * current[i]! * current[i]!;
      sum += w;
      moment += w * (xi - centre);
    }
    // norm_k of a polynomial that vanishes on all points is rounding error of the largest possible one.
    if (k > 0 && !(sum > 1e-13 * norm[k - 1]! * scale)) return null;
    norm.push(sum);
    if (k === degree) break;
    alpha.push(centre + moment / sum);
    if (k === 0) scale = spread(x, alpha[0]!);
    const ratio = k === 0 ? 0 : norm[k]! / norm[k - 1]!;
    const next = before;
    for (let i = 0; i < n; i++) next[i] = (x[i]! - alpha[k]!) * current[i]! - ratio * before[i]!;
    before = current;
    current = next;
  }
  return { alpha, norm };
}

const firstFinite = (x: Float64Array): number => x.find((v) => Number.isFinite(v)) ?? 0;

/** Largest squared distance from the centre. */
function spread(x: Float64Array, centre: number): number {
  let largest = 0;
  for (const v of x) if (v === v) largest = Math.max(largest, (v - centre) ** 2);
  return largest;
}

/**
 * Orthonormal columns that span the same flags as the given ones, for a basis that the recurrence alone loses (a degree near the
 * number of points): each column less its projections on the constant and on those before it, twice (Gram-Schmidt with
 * reorthogonalisation; Golub and Van Loan 2013, section 5.2).
 */
export function reorthogonalize(columns: readonly Float64Array[]): Float64Array[] {
  const n = columns[0]?.length ?? 0;
  const basis = [new Float64Array(n).fill(1 / Math.sqrt(n))];
  for (const column of columns) {
    const v = column.slice();
    for (let pass = 0; pass < 2; pass++) {
      for (const q of basis) {
        let dot = 0;
        for (let i = 0; i < n; i++) dot += q[i]! * v[i]!;
        for (let i = 0; i < n; i++) v[i] = v[i]! - dot * q[i]!;
      }
    }
    const length = Math.hypot(...v);
    basis.push(v.map((x) => x / length));
  }
  return basis.slice(1);
}

/** Columns p_1(x) ... p_degree(x), each divided by its norm over the fitted points. */
export function evaluateRecurrence({ alpha, norm }: Recurrence, x: Float64Array): Float64Array[] {
  const n = x.length;
  let before = new Float64Array(n);
  let current = new Float64Array(n).fill(1);
  const columns: Float64Array[] = [];
  for (let k = 0; k < alpha.length; k++) {
    const next = new Float64Array(n);
    const ratio = k === 0 ? 0 : norm[k]! / norm[k - 1]!;
    for (let i = 0; i < n; i++) next[i] = (x[i]! - alpha[k]!) * current[i]! - ratio * before[i]!;
    const length = Math.sqrt(norm[k + 1]!);
    columns.push(next.map((v) => v / length));
    before = current;
    current = next;
  }
  return columns;
}
