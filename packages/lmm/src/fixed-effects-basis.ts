import type { FixedEffectsBasis } from './fixed-effects-columns.js';
import { forEachRowBlock, responseBlockInto, ROW_BLOCK, weightedBlockInto } from './row-blocks.js';
import { fixedEffectsByGram } from './fixed-effects-gram.js';

/** A column whose residual on the earlier columns is smaller than this times its own length is dropped (as R's lm does). */
const RANK_TOLERANCE = 1e-7;

/**
 * Finds the basis in one pass over the rows: from the Gram matrix where the columns are far from dependent ({@link fixedEffectsByGram}); else
 * by a Householder QR factorisation of [X y] by blocks of rows, where each block is folded into the triangle of the earlier ones (Golub and
 * Van Loan, Matrix Computations, section 5.2; Demmel et al. 2012, "Communication-optimal parallel and sequential QR"). Cost 2 n p^2, storage
 * O(p^2). Rank by limited pivoting in the order of the columns.
 *
 * @param columns the p columns of X, each of length n
 * @param sqrtWeights square roots of the weights or null
 */
export function fixedEffectsBasis(
  columns: readonly Float64Array[],
  y: Float64Array,
  offset: Float64Array | null,
  sqrtWeights: Float64Array | null,
): FixedEffectsBasis {
  const m = columns.length;
  const byGram = fixedEffectsByGram(columns, y, offset, sqrtWeights);
  if (byGram) return byGram;
  const triangle = triangleOfRows(columns, y, offset, sqrtWeights);
  const { kept, dropped } = independentColumns(triangle, m);
  const p = kept.length;
  const work = new Float64Array((m + 1) * (p + 1));
  for (let k = 0; k <= p; k++) {
    const source = k < p ? kept[k] : m;
    work.set(triangle.subarray(source * (m + 1), (source + 1) * (m + 1)), k * (m + 1));
  }
  for (let k = 0; k < p; k++) reflect(work, m + 1, k, k, p + 1);
  const R = new Float64Array(p * p);
  const c = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    for (let i = 0; i <= j; i++) R[j * p + i] = work[j * (m + 1) + i];
    c[j] = work[p * (m + 1) + j];
  }
  return { kept, dropped, R, c, gram: null, change: null };
}

/** The upper triangle of [X y], (m + 1) by (m + 1), column-major. */
function triangleOfRows(
  columns: readonly Float64Array[],
  y: Float64Array,
  offset: Float64Array | null,
  sqrtWeights: Float64Array | null,
): Float64Array {
  const m = columns.length;
  const width = m + 1;
  const R = new Float64Array(width * width);
  const block = Array.from({ length: width }, () => new Float64Array(ROW_BLOCK));
  forEachRowBlock(y.length, (start, count) => {
    for (let j = 0; j < m; j++) weightedBlockInto(columns[j], sqrtWeights, start, count, block[j]);
    responseBlockInto(y, offset, sqrtWeights, start, count, block[m]);
    for (let k = 0; k < width; k++) foldColumn(R, block, k, width, count);
  });
  return R;
}

/** One Householder reflection that zeroes column k of the block against R[k, k], applied to the later columns. */
function foldColumn(R: Float64Array, block: Float64Array[], k: number, width: number, count: number): void {
  const v = block[k];
  let tail = 0;
  for (let i = 0; i < count; i++) tail += v[i] * v[i];
  if (tail === 0) return;
  const alpha = R[k * width + k];
  const norm = Math.sqrt(alpha * alpha + tail);
  const beta = alpha > 0 ? -norm : norm;
  const v0 = alpha - beta;
  const twoOverVV = 2 / (v0 * v0 + tail);
  R[k * width + k] = beta;
  for (let j = k + 1; j < width; j++) {
    const x = block[j];
    let dot = v0 * R[j * width + k];
    for (let i = 0; i < count; i++) dot += v[i] * x[i];
    const f = twoOverVV * dot;
    R[j * width + k] -= f * v0;
    for (let i = 0; i < count; i++) x[i] -= f * v[i];
  }
}

/** Reflects rows `row`... of column `col` of `a` (ld by width) onto row `row`, and the columns right of it with it. */
function reflect(a: Float64Array, ld: number, row: number, col: number, width: number): void {
  let tail = 0;
  for (let i = row + 1; i < ld; i++) tail += a[col * ld + i] ** 2;
  if (tail === 0) return;
  const alpha = a[col * ld + row];
  const norm = Math.sqrt(alpha * alpha + tail);
  const beta = alpha > 0 ? -norm : norm;
  const v0 = alpha - beta;
  const twoOverVV = 2 / (v0 * v0 + tail);
  for (let j = col + 1; j < width; j++) {
    let dot = v0 * a[j * ld + row];
    for (let i = row + 1; i < ld; i++) dot += a[col * ld + i] * a[j * ld + i];
    const f = twoOverVV * dot;
    a[j * ld + row] -= f * v0;
    for (let i = row + 1; i < ld; i++) a[j * ld + i] -= f * a[col * ld + i];
  }
  a[col * ld + row] = beta;
  for (let i = row + 1; i < ld; i++) a[col * ld + i] = 0;
}

/**
 * Splits the columns into independent ones and those that depend on earlier ones, by QR of the triangle with the limited column
 * pivoting of LINPACK's modified dqrdc (Dongarra et al. 1979; Chambers 1992): a column that has lost all but 1e-7 of its length to
 * the columns before it is moved behind.
 */
function independentColumns(triangle: Float64Array, m: number): { kept: Int32Array; dropped: Int32Array } {
  const ld = m + 1;
  const a = triangle.slice(0, m * ld);
  const kept: number[] = [];
  const dropped: number[] = [];
  // Columns are examined in order; kept ones are reflected in place and all later ones with them.
  for (let j = 0; j < m; j++) {
    let whole = 0;
    for (let i = 0; i < ld; i++) whole += triangle[j * ld + i] ** 2;
    let rest = 0;
    for (let i = kept.length; i < ld; i++) rest += a[j * ld + i] ** 2;
    if (whole === 0 || Math.sqrt(rest) < RANK_TOLERANCE * Math.sqrt(whole)) {
      dropped.push(j);
      continue;
    }
    reflect(a, ld, kept.length, j, m);
    kept.push(j);
  }
  return { kept: Int32Array.from(kept), dropped: Int32Array.from(dropped) };
}
