/**
 * Monic polynomials p_0, p_1, ... orthogonal over weighted points, by their three-term recurrence
 *
 *     p_{k+1}(x) = (x - alpha_k) p_k(x) - (norm_k / norm_{k-1}) p_{k-1}(x)
 *
 * (Gautschi 2004, section 2.2; Kennedy and Gentle 1980, section 8.2).
 */
export interface Recurrence {
  /** alpha_0 ... alpha_{degree-1}. */
  alpha: number[];
  /** Squared norms of p_0 ... p_degree. */
  norm: number[];
}

/** Residuals this small, relative to the vector that was orthogonalised, are rounding errors: the points are used up. */
const NEGLIGIBLE = 1e-12;

/** Sum of products, weighted unless `weight` is null. */
function dot(a: Float64Array, b: Float64Array, weight: Float64Array | null): number {
  let sum = 0;
  if (weight === null) for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  else for (let i = 0; i < a.length; i++) sum += weight[i]! * a[i]! * b[i]!;
  return sum;
}

/** v less its projections on the basis; returns the coefficient of the last one. Twice is enough (Giraud et al. 2005). */
function projectOutInPlace(v: Float64Array, basis: readonly Float64Array[], weight: Float64Array | null): number {
  let last = 0;
  for (let pass = 0; pass < 2; pass++) {
    for (const q of basis) {
      const share = dot(v, q, weight);
      for (let i = 0; i < v.length; i++) v[i] = v[i]! - share * q[i]!;
      if (q === basis.at(-1)) last += share;
    }
  }
  return last;
}

function scaleInPlace(v: Float64Array, by: number): void {
  for (let i = 0; i < v.length; i++) v[i] = v[i]! * by;
}

/** The points with their weights, without those that are missing. */
function presentPoints(
  x: Float64Array,
  counts: Float64Array | null,
): { points: Float64Array; weight: Float64Array | null } {
  const points = x.filter((v) => v === v);
  const weight = counts === null ? null : counts.filter((_, i) => x[i] === x[i]);
  return { points, weight };
}

export interface OrthonormalPolynomials {
  recurrence: Recurrence;
  /** p_0 ... p_degree at the points present, each of norm 1. */
  columns: Float64Array[];
}

/**
 * The orthonormal polynomials over the points, by the Lanczos process with full reorthogonalisation: each is x times the one
 * before, less its projections on all before. O(n degree^2).
 *
 * @param x - points; NaN is left out.
 * @param counts - weight of each point, null for 1.
 * @returns null when there are not more distinct points than the degree.
 */
export function orthonormalPolynomials(
  x: Float64Array,
  counts: Float64Array | null,
  degree: number,
): OrthonormalPolynomials | null {
  const { points, weight } = presentPoints(x, counts);
  const n = points.length;
  const ones = new Float64Array(n).fill(1);
  const total = dot(ones, ones, weight);
  if (!(total > 0)) return null;
  // About a centre, points far from 0 keep their digits.
  const centre = dot(points, ones, weight) / total;
  for (let i = 0; i < n; i++) points[i] = points[i]! - centre;
  const columns = [ones.fill(1 / Math.sqrt(total))];
  const alpha: number[] = [];
  const norm = [total];
  for (let k = 0; k < degree; k++) {
    const q = columns[k]!;
    const v = new Float64Array(n);
    for (let i = 0; i < n; i++) v[i] = q[i]! * points[i]!;
    const before = Math.sqrt(dot(v, v, weight));
    alpha.push(centre + projectOutInPlace(v, columns, weight));
    const beta = Math.sqrt(dot(v, v, weight));
    if (!(beta > NEGLIGIBLE * before)) return null;
    norm.push(norm[k]! * beta * beta);
    scaleInPlace(v, 1 / beta);
    columns.push(v);
  }
  return { recurrence: { alpha, norm }, columns };
}

/** Columns p_1(x) ... p_degree(x), each divided by its norm over the fitted points. O(n degree). */
export function evaluateRecurrence({ alpha, norm }: Recurrence, x: Float64Array): Float64Array[] {
  const n = x.length;
  let before = new Float64Array(n);
  let current = new Float64Array(n).fill(1 / Math.sqrt(norm[0]!));
  const columns: Float64Array[] = [];
  // In terms of the normalised polynomials: beta_{k+1} q_{k+1} = (x - alpha_k) q_k - beta_k q_{k-1}.
  let betaBefore = 0;
  for (let k = 0; k < alpha.length; k++) {
    const beta = Math.sqrt(norm[k + 1]! / norm[k]!);
    const next = new Float64Array(n);
    for (let i = 0; i < n; i++) next[i] = ((x[i]! - alpha[k]!) * current[i]! - betaBefore * before[i]!) / beta;
    columns.push(next);
    before = current;
    current = next;
    betaBefore = beta;
  }
  return columns;
}
