import type { CrossProducts } from '../cross-products.js';
import type { LevelPrecision } from '../level-precision.js';

/**
 * Where the cross-products of a model with a single grouping factor stand, seen level by level: for each level one symmetric block
 * A = Z'Z (nc by nc, the columns of all terms side by side), B = Z'X (nc by p) and c = Z'y. S = Lambda'Z'Z Lambda + I is then
 * block-diagonal, and everything that the search needs is a sum over levels.
 */
export interface LevelBlocks {
  readonly cp: CrossProducts;
  /** Levels of the factor. */
  readonly nl: number;
  /** Columns of all terms together. */
  readonly nc: number;
  /** First of its columns, by term. */
  readonly column: Int32Array;
}

/** Levels with more columns than this are left to the sparse system, whose kernels are made for wide blocks. */
const WIDEST = 8;

/** More numbers a level than this (for X) are left to the sparse system. */
const MOST_PRODUCTS = 600;

/** The model's levels, or null where it has several grouping factors or its levels depend on one another. */
export function levelBlocks(
  cp: CrossProducts,
  precisions: readonly (LevelPrecision | null)[] = [],
): LevelBlocks | null {
  const { terms, pairs, p } = cp;
  if (terms.length === 0 || cp.b0 || cp.residual || precisions.some(Boolean)) return null;
  const { nl } = terms[0];
  const column = new Int32Array(terms.length);
  let nc = 0;
  terms.forEach((t, k) => {
    column[k] = nc;
    nc += t.nc;
  });
  const apart = pairs.every(({ colPtr, rowIdx }) => {
    for (let l = 0; l < nl; l++) {
      for (let k = colPtr[l]; k < colPtr[l + 1]; k++) if (rowIdx[k] !== l) return false;
    }
    return true;
  });
  if (nc > WIDEST || nc * p > MOST_PRODUCTS || !apart || terms.some((t) => t.nl !== nl)) return null;
  return { cp, nl, nc, column };
}
