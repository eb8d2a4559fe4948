import { isConstant } from './constant-column.js';
import { productAt, type ColumnProducts } from './products/column-products.js';

/** An affine change of the columns of X, and of y, that keeps the digits of their cross-products. */
export interface Change {
  /** The value of the first column if it is the same in all rows, else 0. */
  readonly constant: number;
  /** Subtracted from each column; zero for the first one, and for all where it is not constant. */
  readonly center: Float64Array;
  /** Multiplies each column after that. */
  readonly scale: Float64Array;
  /** Subtracted from y - offset; zero where the first column is not constant. */
  readonly location: number;
}

/** What is known of columns that random effects multiply too. */
export interface KnownColumns {
  /** Whether a column is known to be one everywhere. */
  isOne(column: Float64Array): boolean;
  /** What to subtract from a column, and what to multiply with after that; null where it is not known. */
  changeOf(column: Float64Array, centered: boolean): { center: number; scale: number } | null;
}

const NOTHING_KNOWN: KnownColumns = { isOne: () => false, changeOf: () => null };

/** Rows that are looked at for a first idea of location and scale. */
export const SAMPLE = 256;

/** Location and scale of the columns from a few of their rows, or as they are known. */
export function firstChange(
  columns: readonly Float64Array[],
  y: Float64Array,
  offset: Float64Array | null,
  known: KnownColumns = NOTHING_KNOWN,
): Change {
  const p = columns.length;
  const n = columns[0].length;
  const [first] = columns;
  const constant = known.isOne(first) || isConstant(first) ? first[0] : 0;
  const center = new Float64Array(p);
  const scale = new Float64Array(p).fill(1);
  const rows = Math.min(n, SAMPLE);
  for (let j = 0; j < p; j++) {
    const x = columns[j];
    const found = j > 0 || constant === 0 ? known.changeOf(x, constant !== 0) : null;
    if (found) {
      center[j] = found.center;
      scale[j] = found.scale;
      continue;
    }
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
export const sampledRow = (k: number, rows: number, n: number): number =>
  rows === n ? k : Math.floor(((k * 0.6180339887498949) % 1) * n);

/** A column whose mean is further from its center than this share of its length is centered again. */
const OFF_CENTER = 0.25;

/** A column that varies by less than this share of its length is left to the careful road. */
const NEARLY_CONSTANT = 1e-6;

/** Whether every mean is near enough to its center; moves the centers to the means if not. */
export function recenter(sums: ColumnProducts, { constant, center, scale }: Change): boolean {
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

export function columnsVary(sums: ColumnProducts, { constant, center, scale }: Change): boolean {
  const rows = constant === 0 ? 0 : productAt(sums, 0, 0) / (constant * scale[0]) ** 2;
  for (let j = 0; j < center.length; j++) {
    const about = productAt(sums, j, j);
    if (!(about > NEARLY_CONSTANT ** 2 * (about + rows * (center[j] * scale[j]) ** 2)) || about === Infinity)
      return false;
  }
  return true;
}
