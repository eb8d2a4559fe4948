import { columnsVary, firstChange, recenter, type Change } from './column-change.js';
import { solveLowerInPlace, solveLowerTransposedInPlace } from './dense.js';
import type { FixedEffectsBasis } from './fixed-effects-columns.js';
import {
  gramProducts,
  packChangedStrip,
  packedAt,
  PACKED_ROWS,
  productAt,
  scalePackedRows,
  type ColumnProducts,
} from './products/column-products.js';

/** A column keeps at least this share of its squared length beside the earlier columns, or the careful road is taken. */
const INDEPENDENT = 1e-4;

/** With more columns than this the basis is only centred and scaled, and the Gram matrix kept. */
const WIDE = 24;

/** From about this many multiplications an instance of WebAssembly pays. */
const MANY_PRODUCTS = 2e6;

/**
 * The basis from the Gram matrix of [X y] in one pass over the rows, n p^2 flops: the columns are centred (where the first one is constant)
 * and scaled first, by values that a few rows suggest. Few columns are orthogonalised by the Cholesky factor of the Gram matrix ("CholeskyQR":
 * orthogonal to about eps times the squared condition number, which is below 10^4 here; Golub and Van Loan, section 5.3.8). For many columns
 * Q1 is centred and scaled only and the Gram matrix is kept for the cross-products, so that each row costs p^2 multiplications once.
 *
 * @returns null when some column nearly depends on earlier ones: then orthogonalisation row by row is worth its price
 */
export function fixedEffectsByGram(
  columns: readonly Float64Array[],
  y: Float64Array,
  offset: Float64Array | null,
  sqrtWeights: Float64Array | null,
): FixedEffectsBasis | null {
  const p = columns.length;
  if (p === 0 || y.length < p) return null;
  const change = firstChange(columns, y, offset);
  let sums = changedGram(columns, y, offset, sqrtWeights, change);
  if (!recenter(sums, change)) {
    sums = changedGram(columns, y, offset, sqrtWeights, change);
    if (!recenter(sums, change)) return null;
  }
  return basisOfGram(sums, change)?.basis ?? null;
}

/** The basis that a Gram matrix gives, and how it was made of the changed columns. */
export interface GramBasis {
  readonly basis: FixedEffectsBasis;
  /** Lengths of the changed columns, which are divided by them first. */
  readonly spread: Float64Array;
  /** Cholesky factor (p by p, lower triangle) of the Gram matrix of those of unit length. */
  readonly L: Float64Array;
  /** That Gram matrix, both triangles. */
  readonly gram: Float64Array;
  /** Least-squares coefficients, in the basis, of the response that the sums were made of. */
  readonly c: Float64Array;
}

/**
 * @param sums Gram matrix of the changed columns and, last, the response
 * @param slopes multiples of the changed columns that were taken from the response; null for none
 * @returns null when some column nearly depends on earlier ones, or hardly varies
 */
export function basisOfGram(
  sums: ColumnProducts,
  change: Change,
  slopes: Float64Array | null = null,
): GramBasis | null {
  if (!columnsVary(sums, change)) return null;

  const { constant, center, location } = change;
  const scale = change.scale.slice();
  const p = scale.length;
  const gram = new Float64Array(p * p);
  const c = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    for (let i = j; i < p; i++) gram[j * p + i] = gram[i * p + j] = productAt(sums, i, j);
    c[j] = productAt(sums, p, j);
  }
  const spread = new Float64Array(p);
  for (let j = 0; j < p; j++) spread[j] = Math.sqrt(gram[j * p + j]);
  for (let j = 0; j < p; j++) {
    c[j] /= spread[j];
    for (let i = 0; i < p; i++) gram[j * p + i] /= spread[i] * spread[j];
    gram[j * p + j] = 1;
  }
  const L = independentFactor(gram, p);
  if (!L) return null;

  // X = Q T with Q the changed columns at unit length: T is diagonal but for its first row, and x_0 = constant everywhere where it is used.
  const T = new Float64Array(p * p);
  for (let j = 0; j < p; j++) {
    T[j * p + j] = spread[j] / scale[j];
    scale[j] /= spread[j];
    if (j > 0 && constant !== 0) T[j * p] = (center[j] * T[0]) / constant;
  }
  const basis = { kept: Int32Array.from(scale.keys()), dropped: new Int32Array(0) };
  const wide = p > WIDE;
  const R = wide ? T : transposeTimes(L, T, p);
  solveLowerInPlace(L, p, c);
  if (wide) solveLowerTransposedInPlace(L, p, c);
  const own = c.slice();
  // D slopes = (D / spread) (spread slopes), and D / spread = Q1 L'.
  slopes?.forEach((slope, k) => {
    const f = slope * spread[k];
    if (wide) c[k] += f;
    else for (let i = 0; i <= k; i++) c[i] += L[i * p + k] * f;
  });
  // What was subtracted from y beside that is a multiple of the first column.
  if (constant !== 0) c[0] += (location / constant) * R[0];
  const made = { ...basis, R, c, gram: wide ? gram : null, change: wide ? { center, scale } : null };
  return { basis: made, spread, L, gram, c: own };
}

/** Sums of products of the changed columns and, last, the response. */
function changedGram(
  columns: readonly Float64Array[],
  y: Float64Array,
  offset: Float64Array | null,
  sqrtWeights: Float64Array | null,
  { center, scale, location }: Change,
): ColumnProducts {
  const p = columns.length;
  const n = y.length;
  const products = gramProducts(p + 1, n * (p + 1) ** 2 > MANY_PRODUCTS);
  for (let start = 0; start < n; start += PACKED_ROWS) {
    const count = Math.min(PACKED_ROWS, n - start);
    for (let j = 0; j < p; j += 4) packChangedStrip(columns, center, scale, j, start, count, products.A);
    for (let i = start, k = packedAt(p); i < start + count; i++, k += 4) {
      products.A[k] = offset ? y[i] - offset[i] - location : y[i] - location;
    }
    if (sqrtWeights) scalePackedRows(products.A, p + 1, sqrtWeights, start, count);
    products.add(count);
  }
  return products;
}

/** Lower Cholesky factor of a matrix of unit diagonal; null where a pivot is small. */
function independentFactor(gram: Float64Array, p: number): Float64Array | null {
  const L = new Float64Array(p * p);
  for (let j = 0; j < p; j++) for (let i = j; i < p; i++) L[j * p + i] = gram[j * p + i];
  // By columns, left-looking: column j less the multiples of the earlier ones.
  for (let j = 0; j < p; j++) {
    for (let k = 0; k < j; k++) {
      const f = L[k * p + j];
      if (f !== 0) for (let i = j; i < p; i++) L[j * p + i] -= f * L[k * p + i];
    }
    const pivot = L[j * p + j];
    if (!(pivot >= INDEPENDENT)) return null;
    const l = Math.sqrt(pivot);
    for (let i = j; i < p; i++) L[j * p + i] /= l;
  }
  return L;
}

/** L'T, upper triangular, for T diagonal but for its first row. */
function transposeTimes(L: Float64Array, T: Float64Array, p: number): Float64Array {
  const R = new Float64Array(p * p);
  for (let j = 0; j < p; j++) {
    for (let i = 0; i <= j; i++) R[j * p + i] = L[i * p + j] * T[j * p + j];
    if (j > 0) R[j * p] += L[0] * T[j * p];
  }
  return R;
}
