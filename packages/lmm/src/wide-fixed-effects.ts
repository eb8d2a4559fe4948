import { choleskyInPlace, solveLowerInPlace, solveLowerTransposedInPlace } from './dense.js';
import type { FixedEffectsBasis } from './fixed-effects-columns.js';
import { addGram } from './gram.js';
import { forEachRowBlock, responseBlockInto, ROW_BLOCK } from './row-blocks.js';

/** A column keeps at least this share of its squared length beside the earlier columns, or the careful road is taken. */
const INDEPENDENT = 1e-4;

/**
 * The basis for many columns, where orthogonalising row by row would cost more than the fit: columns are centred (where the first one is an
 * intercept) and scaled, and their Gram matrix is kept for the cross-products, so each row costs p^2 flops once. Null when some column
 * nearly depends on earlier ones: then orthogonalisation is worth its price.
 */
export function wideFixedEffects(
  columns: readonly Float64Array[],
  y: Float64Array,
  offset: Float64Array | null,
  sqrtWeights: Float64Array | null,
): FixedEffectsBasis | null {
  const p = columns.length;
  const n = y.length;
  const { constant, center, spread, length } = locationAndSpread(columns, sqrtWeights);
  for (let j = 0; j < p; j++) if (!(spread[j] > NEARLY_CONSTANT * length[j])) return null;
  const width = p + 1;
  const block = new Float64Array(width * ROW_BLOCK);
  const gram = new Float64Array(width * width);
  forEachRowBlock(n, (start, count) => {
    for (let j = 0; j < p; j++) {
      const x = columns[j];
      const at = j * ROW_BLOCK;
      const m = center[j];
      const f = 1 / spread[j];
      if (sqrtWeights) for (let i = 0; i < count; i++) block[at + i] = (x[start + i] - m) * f * sqrtWeights[start + i];
      else for (let i = 0; i < count; i++) block[at + i] = (x[start + i] - m) * f;
    }
    responseBlockInto(y, offset, sqrtWeights, start, count, block.subarray(p * ROW_BLOCK));
    addGram(block, width, count, gram);
  });

  const L = new Float64Array(p * p);
  const full = new Float64Array(p * p);
  const c = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    for (let i = 0; i <= j; i++) full[j * p + i] = full[i * p + j] = L[i * p + j] = gram[j * width + i];
    c[j] = gram[p * width + j];
  }
  if (choleskyInPlace(L, p) >= 0) return null;
  for (let j = 0; j < p; j++) if (L[j * p + j] ** 2 < INDEPENDENT * full[j * p + j]) return null;
  solveLowerInPlace(L, p, c);
  solveLowerTransposedInPlace(L, p, c);
  const R = new Float64Array(p * p);
  for (let j = 0; j < p; j++) {
    R[j * p + j] = spread[j];
    // The root weights are spread[0] / constant times the first changed column.
    if (constant !== 0 && j > 0) R[j * p] = (center[j] * spread[0]) / constant;
  }
  return { kept: Int32Array.from(columns.keys()), dropped: new Int32Array(0), R, c, gram: full };
}

/** A column that varies by less than this share of its length is left to the careful road. */
const NEARLY_CONSTANT = 1e-6;

interface LocationAndSpread {
  /** The value of the first column if it is the same in all rows, else 0. */
  readonly constant: number;
  /** Weighted means; zero for the first column, and for all where it is not constant. */
  readonly center: Float64Array;
  /** Root weighted sum of squares about the center. */
  readonly spread: Float64Array;
  /** Root weighted sum of squares about zero. */
  readonly length: Float64Array;
}

function locationAndSpread(columns: readonly Float64Array[], sqrtWeights: Float64Array | null): LocationAndSpread {
  const p = columns.length;
  const [first] = columns;
  const constant = first.every((v) => v === first[0]) ? first[0] : 0;
  const center = new Float64Array(p);
  const spread = new Float64Array(p);
  const length = new Float64Array(p);
  columns.forEach((x, j) => {
    if (constant !== 0 && j > 0) center[j] = weightedMean(x, sqrtWeights);
    let about = 0;
    let zero = 0;
    for (let i = 0; i < x.length; i++) {
      const w = sqrtWeights ? sqrtWeights[i] ** 2 : 1;
      about += w * (x[i] - center[j]) ** 2;
      zero += w * x[i] ** 2;
    }
    spread[j] = Math.sqrt(about);
    length[j] = Math.sqrt(zero);
  });
  return { constant, center, spread, length };
}

function weightedMean(x: Float64Array, sqrtWeights: Float64Array | null): number {
  let s = 0;
  let total = 0;
  for (let i = 0; i < x.length; i++) {
    const w = sqrtWeights ? sqrtWeights[i] ** 2 : 1;
    s += w * x[i];
    total += w;
  }
  return s / total;
}
