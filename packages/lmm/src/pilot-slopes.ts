import { SAMPLE, sampledRow, type Change } from './column-change.js';
import { choleskyInPlace, solveLowerInPlace, solveLowerTransposedInPlace } from './dense.js';

/** More columns than this cannot be told from the rows that are looked at. */
const MOST_COLUMNS = 24;

/** Slopes that explain less than this share of the squares are not worth subtracting from every row. */
const WORTH = 0.5;

/**
 * Coefficients of the changed columns for y less its location, by least squares from some of the rows (weights are left aside): with these taken
 * from y, its square sum is near that of the residual. Null where columns depend on one another in these rows, are too many, or explain little.
 */
export function pilotSlopes(
  columns: readonly Float64Array[],
  y: Float64Array,
  offset: Float64Array | null,
  { center, scale, location }: Change,
): Float64Array | null {
  const p = columns.length;
  const n = y.length;
  const rows = Math.min(n, SAMPLE);
  if (p > MOST_COLUMNS || rows < 2 * p) return null;
  const D = Array.from({ length: p + 1 }, () => new Float64Array(rows));
  for (let k = 0; k < rows; k++) {
    const i = sampledRow(k, rows, n);
    for (let j = 0; j < p; j++) D[j][k] = (columns[j][i] - center[j]) * scale[j];
    D[p][k] = y[i] - (offset ? offset[i] : 0) - location;
  }
  const gram = new Float64Array(p * p);
  const slopes = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    for (let i = j; i < p; i++) gram[j * p + i] = dotOf(D[i], D[j]);
    slopes[j] = dotOf(D[p], D[j]);
  }
  const lengths = columns.map((_, j) => gram[j * p + j]);
  if (choleskyInPlace(gram, p) >= 0) return null;
  for (let j = 0; j < p; j++) if (gram[j * p + j] ** 2 < 1e-4 * lengths[j]) return null;
  solveLowerInPlace(gram, p, slopes);
  const explained = dotOf(slopes, slopes);
  if (!(explained > WORTH * dotOf(D[p], D[p]))) return null;
  solveLowerTransposedInPlace(gram, p, slopes);
  return slopes;
}

function dotOf(a: Float64Array, b: Float64Array): number {
  let s = 0;
  for (let i = 0; i < a.length; i++) s += a[i] * b[i];
  return s;
}
