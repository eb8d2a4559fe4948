/** L D L' of a symmetric tridiagonal matrix, L with unit diagonal. */
export interface ChainFactor {
  /** L[i, i-1], length n + 1 with zeros at both ends. */
  readonly multiplier: Float64Array;
  /** D and 1 / D, length n. */
  readonly pivot: Float64Array;
  readonly inverse: Float64Array;
}

/** @param take gives zeros of a length */
export function chainFactor(n: number, take: (length: number) => Float64Array): ChainFactor {
  return { multiplier: take(n + 1), pivot: take(n), inverse: take(n) };
}

/** Products of pivots beyond this are put away as logarithms. */
const LARGE = 1e100;

/**
 * Factors K + f diag(d), for a K whose columns hold the diagonal and at most the entry below it, and solves L out = g c beside it: the one division
 * a point that the next point waits for leaves room for more.
 *
 * @param c n entries from `from`; `out` from `to`, may be the same
 * @returns the log-determinant; NaN where the matrix is not positive definite
 */
export function factorizeChain(
  { multiplier, pivot, inverse }: ChainFactor,
  { colPtr, K, d, f }: ChainMatrix,
  c: Float64Array,
  from: number,
  g: number,
  out: Float64Array,
  to: number,
): number {
  const n = inverse.length;
  let logs = 0;
  let product = 1;
  let D = 1;
  let before = 1; // 1 / D, which the next pivot need not wait for
  let below = 0;
  let r = 0;
  for (let i = 0, at = 0; i < n; i++) {
    const m = below * before;
    multiplier[i] = m;
    r = g * c[from + i] - m * r;
    out[to + i] = r;
    D = K[at] + f * d[i] - (below * below) / D;
    if (!(D > 0)) return Number.NaN;
    before = 1 / D;
    pivot[i] = D;
    inverse[i] = before;
    product *= D;
    if (product > LARGE || product < 1 / LARGE) {
      logs += Math.log(product);
      product = 1;
    }
    const next = colPtr[i + 1];
    below = next - at > 1 ? K[at + 1] : 0;
    at = next;
  }
  return logs + Math.log(product);
}

/** K on its pattern, and what is added to its diagonal. */
export interface ChainMatrix {
  readonly colPtr: Int32Array;
  readonly K: Float64Array;
  readonly d: Float64Array;
  readonly f: number;
}

/**
 * out = L^-1 (f c) for two columns, n apart, which do not wait for one another, and their products by D^-1 into `gram`: (a, a), (a, b), (b, b).
 * With `single` the second is the first again.
 */
export function chainForward(
  { multiplier, inverse }: ChainFactor,
  c: Float64Array,
  from: number,
  f: number,
  out: Float64Array,
  single: boolean,
  gram: Float64Array,
): void {
  const n = inverse.length;
  const second = single ? from : from + n;
  let r = 0;
  let s = 0;
  let aa = 0;
  let ab = 0;
  let bb = 0;
  for (let i = 0; i < n; i++) {
    const m = multiplier[i];
    r = f * c[from + i] - m * r;
    s = f * c[second + i] - m * s;
    out[from + i] = r;
    out[second + i] = s;
    const v = r * inverse[i];
    aa += v * r;
    ab += v * s;
    bb += s * inverse[i] * s;
  }
  gram[0] = aa;
  gram[1] = ab;
  gram[2] = bb;
}

/** x := L'^-1 D^-1 x on n entries from `at`. */
export function chainBackInPlace({ multiplier, inverse }: ChainFactor, x: Float64Array, at: number): void {
  let next = 0;
  for (let i = inverse.length - 1; i >= 0; i--) {
    next = x[at + i] * inverse[i] - multiplier[i + 1] * next;
    x[at + i] = next;
  }
}

/** a'D^-1 b for columns of n entries from `ai` and `bi`, in two chains of sums. */
export function chainDot({ inverse }: ChainFactor, a: Float64Array, ai: number, b: Float64Array, bi: number): number {
  const n = inverse.length;
  let s = 0;
  let t = 0;
  let i = 0;
  for (; i + 1 < n; i += 2) {
    s += a[ai + i] * inverse[i] * b[bi + i];
    t += a[ai + i + 1] * inverse[i + 1] * b[bi + i + 1];
  }
  if (i < n) s += a[ai + i] * inverse[i] * b[bi + i];
  return s + t;
}

/** Products a'D^-1 c and b'D^-1 c of columns from places a, b and c into `gram`. */
export function chainDotTwo(
  { inverse }: ChainFactor,
  A: Float64Array,
  a: number,
  b: number,
  c: number,
  gram: Float64Array,
): void {
  const n = inverse.length;
  let ac = 0;
  let bc = 0;
  for (let i = 0; i < n; i++) {
    const v = A[c + i] * inverse[i];
    ac += A[a + i] * v;
    bc += A[b + i] * v;
  }
  gram[0] = ac;
  gram[1] = bc;
}

/** Entries (i, i) and (i + 1, i) of the inverse, the last of `below` zero (Takahashi, Fagan and Chen 1973). */
export function chainInverseInto(
  { multiplier, inverse }: ChainFactor,
  diagonal: Float64Array,
  below: Float64Array,
): void {
  let next = 0;
  for (let i = inverse.length - 1; i >= 0; i--) {
    const m = multiplier[i + 1];
    below[i] = -m * next;
    next = inverse[i] + m * m * next;
    diagonal[i] = next;
  }
}
