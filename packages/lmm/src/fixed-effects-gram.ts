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

/** A column whose mean is further from its center than this share of its length is centered again. */
const OFF_CENTER = 0.25;

/** A column that varies by less than this share of its length is left to the careful road. */
const NEARLY_CONSTANT = 1e-6;

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
  if (!columnsVary(sums, change)) return null;

  const { constant, center, scale, location } = change;
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
  const basis = { kept: Int32Array.from(columns.keys()), dropped: new Int32Array(0) };
  const wide = p > WIDE;
  const R = wide ? T : transposeTimes(L, T, p);
  solveLowerInPlace(L, p, c);
  if (wide) solveLowerTransposedInPlace(L, p, c);
  // What was subtracted from y is a multiple of the first column.
  if (constant !== 0) c[0] += (location / constant) * R[0];
  return { ...basis, R, c, gram: wide ? gram : null, change: wide ? { center, scale } : null };
}

interface Change {
  /** The value of the first column if it is the same in all rows, else 0. */
  readonly constant: number;
  /** Subtracted from each column; zero for the first one, and for all where it is not constant. */
  readonly center: Float64Array;
  /** Multiplies each column after that. */
  readonly scale: Float64Array;
  /** Subtracted from y - offset; zero where the first column is not constant. */
  readonly location: number;
}

/** Rows that are looked at for a first idea of location and scale. */
const SAMPLE = 256;

function firstChange(columns: readonly Float64Array[], y: Float64Array, offset: Float64Array | null): Change {
  const p = columns.length;
  const n = columns[0].length;
  const [first] = columns;
  let constant = first[0];
  for (let i = 0; i < n; i++) {
    if (first[i] === constant) continue;
    constant = 0;
    break;
  }
  const center = new Float64Array(p);
  const scale = new Float64Array(p).fill(1);
  const rows = Math.min(n, SAMPLE);
  for (let j = 0; j < p; j++) {
    const x = columns[j];
    if (constant !== 0 && j > 0) {
      let s = 0;
      for (let k = 0; k < rows; k++) s += x[sampledRow(k, rows, n)] / rows;
      center[j] = s;
    }
    // A power of two changes no digit; squares are then far from overflow.
    let largest = 0;
    for (let k = 0; k < rows; k++) largest = Math.max(largest, Math.abs(x[sampledRow(k, rows, n)] - center[j]));
    if (largest > 0) scale[j] = 2 ** -Math.max(-1000, Math.min(1000, Math.round(Math.log2(largest))));
  }
  let location = 0;
  if (constant !== 0) {
    for (let k = 0; k < rows; k++) {
      const i = sampledRow(k, rows, n);
      location += (y[i] - (offset ? offset[i] : 0)) / rows;
    }
  }
  return { constant, center, scale, location };
}

/** All rows when there are few; else by the golden ratio, which meets no period of a design. */
const sampledRow = (k: number, rows: number, n: number): number =>
  rows === n ? k : Math.floor(((k * 0.6180339887498949) % 1) * n);

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

/** Whether every mean is near enough to its center; moves the centers to the means if not. */
function recenter(sums: ColumnProducts, { constant, center, scale }: Change): boolean {
  if (constant === 0) return true;
  const own = productAt(sums, 0, 0);
  let near = true;
  for (let j = 1; j < center.length; j++) {
    const s = productAt(sums, j, 0);
    if (s * s > OFF_CENTER * own * productAt(sums, j, j)) near = false;
  }
  if (near) return true;
  for (let j = 1; j < center.length; j++) {
    center[j] += ((productAt(sums, j, 0) / own) * constant * scale[0]) / scale[j];
  }
  return false;
}

function columnsVary(sums: ColumnProducts, { constant, center, scale }: Change): boolean {
  const rows = constant === 0 ? 0 : productAt(sums, 0, 0) / (constant * scale[0]) ** 2;
  for (let j = 0; j < center.length; j++) {
    const about = productAt(sums, j, j);
    if (!(about > NEARLY_CONSTANT ** 2 * (about + rows * (center[j] * scale[j]) ** 2)) || about === Infinity)
      return false;
  }
  return true;
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
