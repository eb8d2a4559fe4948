import { isConstant } from './constant-column.js';
import type { Membership, RandomEffectsTerm } from './model-matrices.js';
import { multiplyInto } from './scale-by-lambda.js';

/**
 * An affine change of the columns of one term, made so that cross-products lose no digits: every column is divided by its spread and,
 * where the term has an intercept column, centred. With Z = Z~ A (A is nc by nc), Z b = Z~ (A b), so the factor of the covariance of A b
 * is A lambda and everything below works with `A lambda` in place of `lambda`.
 */
export interface TermBasis {
  readonly nc: number;
  /** Subtracted from each column, length nc (zero where the term has no intercept). */
  readonly shift: Float64Array;
  /** Divides each column after the shift, length nc. */
  readonly spread: Float64Array;
  /** Index of the intercept column, or -1. */
  readonly intercept: number;
  /** Root mean square of each column about zero: the unit of a relative standard deviation. */
  readonly rms: Float64Array;
  /** nc by nc, column-major. */
  readonly A: Float64Array;
  /** Inverse of A, nc by nc, column-major. */
  readonly inverseA: Float64Array;
}

/**
 * The bases of all terms; columns that terms share are read once. Where rows have several levels nothing is centred, since the weights of a row
 * need not add up to one.
 */
export function termBases(terms: readonly RandomEffectsTerm[], weights: Float64Array | null): TermBasis[] {
  const known = new Map<Float64Array, Moments>();
  const total = weights ? weights.reduce((s, w) => s + w, 0) : 0;
  return terms.map(({ columns, memberships = [] }) => {
    const nc = columns.length;
    const intercept = memberships.length > 0 ? -1 : columns.findIndex(isOne);
    const shift = new Float64Array(nc);
    const spread = new Float64Array(nc).fill(1);
    const rms = new Float64Array(nc).fill(1);
    columns.forEach((z, j) => {
      if (j === intercept) return;
      let moments = known.get(z);
      if (!moments) known.set(z, (moments = momentsOf(z, weights, weights ? total : z.length)));
      const { mean, variance } = moments;
      if (intercept >= 0) shift[j] = mean;
      let square = variance + mean ** 2;
      for (const more of memberships) {
        const beside = momentsOf(more.columns[j], weights, weights ? total : z.length);
        square += beside.variance + beside.mean ** 2;
      }
      const about = intercept >= 0 ? variance : square;
      spread[j] = about > 0 ? Math.sqrt(about) : 1;
      rms[j] = square > 0 ? Math.sqrt(square) : 1;
    });
    return { nc, shift, spread, intercept, rms, ...changeOf(shift, spread, intercept) };
  });
}

function changeOf(shift: Float64Array, spread: Float64Array, intercept: number): Pick<TermBasis, 'A' | 'inverseA'> {
  const nc = shift.length;
  const A = new Float64Array(nc * nc);
  const inverseA = new Float64Array(nc * nc);
  for (let j = 0; j < nc; j++) {
    A[j * nc + j] = spread[j];
    inverseA[j * nc + j] = 1 / spread[j];
    if (intercept < 0 || j === intercept) continue;
    A[j * nc + intercept] = shift[j];
    inverseA[j * nc + intercept] = -shift[j] / spread[j];
  }
  return { A, inverseA };
}

const isOne = (z: Float64Array): boolean => z.length === 0 || (z[0] === 1 && isConstant(z));

interface Moments {
  readonly mean: number;
  /** Mean square about the mean. */
  readonly variance: number;
}

/** A mean that is further from the pivot than this many standard deviations costs digits of the variance. */
const FAR = 4;

/** Weighted mean and variance by sums about a value near the mean: one pass, or two where the first value is far from the others. */
function momentsOf(z: Float64Array, weights: Float64Array | null, total: number): Moments {
  let pivot = z.length > 0 ? z[0] : 0;
  for (let pass = 0; ; pass++) {
    const { sum, square } = sumsAbout(z, weights, pivot);
    const distance = sum / total;
    const variance = Math.max(0, square / total - distance ** 2);
    if (pass > 0 || distance ** 2 <= FAR ** 2 * variance) return { mean: pivot + distance, variance };
    pivot += distance;
  }
}

/** Rows at a time: a function that is called often is compiled well early on. */
const STRETCH = 1024;

function sumsAbout(z: Float64Array, weights: Float64Array | null, pivot: number): { sum: number; square: number } {
  const total = new Float64Array(2);
  for (let start = 0; start < z.length; start += STRETCH) {
    const end = Math.min(z.length, start + STRETCH);
    if (weights) addWeightedSums(z, weights, pivot, start, end, total);
    else addSums(z, pivot, start, end, total);
  }
  return { sum: total[0], square: total[1] };
}

function addWeightedSums(
  z: Float64Array,
  weights: Float64Array,
  pivot: number,
  start: number,
  end: number,
  total: Float64Array,
): void {
  let sum = 0;
  let square = 0;
  for (let i = start; i < end; i++) {
    const d = z[i] - pivot;
    sum += weights[i] * d;
    square += weights[i] * d * d;
  }
  total[0] += sum;
  total[1] += square;
}

/** Two chains of sums, even rows and odd ones: the adder need not wait. */
function addSums(z: Float64Array, pivot: number, start: number, end: number, total: Float64Array): void {
  let sum = 0;
  let square = 0;
  let sum2 = 0;
  let square2 = 0;
  let i = start;
  for (; i + 1 < end; i += 2) {
    const d = z[i] - pivot;
    const e = z[i + 1] - pivot;
    sum += d;
    square += d * d;
    sum2 += e;
    square2 += e * e;
  }
  for (; i < end; i++) {
    const d = z[i] - pivot;
    sum += d;
    square += d * d;
  }
  total[0] += sum + sum2;
  total[1] += square + square2;
}

/** Z~ = (Z - shift) / spread times the square roots of the weights, on a block of rows; `out` holds nc blocks. */
export function termBlockInto(
  term: Membership,
  basis: TermBasis,
  sqrtWeights: Float64Array | null,
  start: number,
  count: number,
  out: readonly Float64Array[],
): void {
  for (let j = 0; j < basis.nc; j++) {
    const z = term.columns[j];
    const target = out[j];
    const s = basis.shift[j];
    const f = 1 / basis.spread[j];
    if (s === 0 && f === 1) for (let i = 0; i < count; i++) target[i] = z[start + i];
    else for (let i = 0; i < count; i++) target[i] = (z[start + i] - s) * f;
    if (sqrtWeights) for (let i = 0; i < count; i++) target[i] *= sqrtWeights[start + i];
  }
}

/** out = A lambda (nc by nc, column-major): the factor in the changed columns. */
export function changeFactorInto(basis: TermBasis, lambda: Float64Array, out: Float64Array): void {
  multiplyInto(basis.A, 0, basis.nc, basis.nc, lambda, basis.nc, out);
}

/** out = A^-1 factor (nc by nc, column-major): the inverse of {@link changeFactorInto}. */
export function unchangeFactorInto(basis: TermBasis, factor: Float64Array, out: Float64Array): void {
  multiplyInto(basis.inverseA, 0, basis.nc, basis.nc, factor, basis.nc, out);
}

/** out = A' D (nc by nc, column-major): pulls a derivative by the changed factor back to `lambda`. */
export function pullBackInto(basis: TermBasis, D: Float64Array, out: Float64Array): void {
  const { nc, A } = basis;
  for (let c = 0; c < nc; c++) {
    for (let r = 0; r < nc; r++) {
      let s = 0;
      for (let k = 0; k < nc; k++) s += A[r * nc + k] * D[c * nc + k];
      out[c * nc + r] = s;
    }
  }
}
