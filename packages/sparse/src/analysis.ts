import { columnCounts } from './column-counts.js';
import { checkLower, type CscPattern } from './csc.js';
import { eliminationTree, postorder } from './elimination-tree.js';
import { SparseError } from './errors.js';
import { invertPermutation, permuteSymmetricLower } from './permute.js';
import type { SimplicialStructure } from './simplicial/structure.js';
import type { SupernodalStructure } from './supernodal/structure.js';
import { transposePattern } from './transpose.js';

/**
 * Everything about a Cholesky factorisation that depends on the pattern alone: P A P' = L L'. Immutable; shared by all
 * factors made from it. Indices of L are in permuted coordinates.
 */
export interface SymbolicCholesky {
  readonly n: number;
  /** The analysed pattern (lower triangle, original coordinates); `factorize` takes values aligned with its rowIdx. */
  readonly lower: CscPattern;
  /** Row and column `perm[k]` of A is row and column k of P A P'. Length n. */
  readonly perm: Int32Array;
  /** `permInv[perm[k]] = k`. */
  readonly permInv: Int32Array;
  /** Elimination tree of P A P': parent of each column, or -1. Length n. */
  readonly parent: Int32Array;
  /** Entries of each column of L, diagonal included. Length n. */
  readonly colCounts: Int32Array;
  /** Entries of L (lower triangle, diagonal included). */
  readonly nnz: number;
  /** Floating-point operations of one numeric factorisation: the sum of squared column counts. */
  readonly flops: number;
  /** Which numeric phase runs. */
  readonly method: 'simplicial' | 'supernodal';
  /** @internal */
  readonly structure: NumericStructure;
}

/** Layout of L for one of the numeric phases. */
export type NumericStructure =
  | ({ readonly method: 'simplicial' } & SimplicialStructure)
  | ({ readonly method: 'supernodal' } & SupernodalStructure);

/** What an ordering makes of a pattern: all of the analysis but the layout of L. */
export type OrderedPattern = ReturnType<typeof analyzeOrdering>;

/**
 * The cheapest of several orderings (the first on ties): permutation, elimination tree, column counts.
 * @param orderingOf the permutation of an ordering
 * @throws SparseError when the pattern breaks an invariant, or the permutation is none
 */
export function cheapestOrdering<T extends string | Int32Array>(
  lower: CscPattern,
  wanted: T | readonly T[],
  postorder: boolean | undefined,
  orderingOf: (lower: CscPattern, ordering: T) => Int32Array,
): OrderedPattern {
  checkLower(lower);
  const candidates = (Array.isArray(wanted) ? wanted : [wanted]) as readonly T[];
  if (candidates.length === 0) throw new SparseError('bad-option', 'the list of orderings is empty');
  let best: OrderedPattern | undefined;
  for (const ordering of candidates) {
    // Only orderings that know nothing of the caller's wishes are renumbered unasked.
    const renumber = postorder ?? (ordering === 'amd' || ordering === 'nested-dissection');
    const other = analyzeOrdering(lower, orderingOf(lower, ordering), renumber);
    if (best === undefined || other.flops < best.flops) best = other;
  }
  return best!;
}

/** @throws SparseError of kind `too-large` for an L whose entries no array can count */
export function requireIndexable({ nnz }: { readonly nnz: number }): void {
  if (nnz > 0x7fffffff)
    throw new SparseError('too-large', `L would have ${nnz} entries (${12 * nnz} bytes), more than 2^31 - 1`);
}

/** The analysis that users see, with a layout of L. */
export function symbolicOf(
  lower: CscPattern,
  { perm, permInv, parent, colCounts, nnz, flops }: OrderedPattern,
  structure: NumericStructure,
): SymbolicCholesky {
  return {
    n: lower.ncol,
    lower,
    perm,
    permInv,
    parent,
    colCounts,
    nnz,
    flops,
    method: structure.method,
    structure,
  };
}

/** Permutation, elimination tree and column counts of one ordering. */
function analyzeOrdering(lower: CscPattern, perm: Int32Array, usePostorder: boolean) {
  let permInv = invertPermutation(perm);
  let permuted = permuteSymmetricLower(lower, permInv);
  let upper = transposePattern(permuted);
  let parent = eliminationTree(upper);
  let post = postorder(parent);
  if (usePostorder && post.some((j, k) => j !== k)) {
    const before = perm;
    perm = post.map((j) => before[j]);
    permInv = invertPermutation(perm);
    permuted = permuteSymmetricLower(lower, permInv);
    upper = transposePattern(permuted);
    parent = eliminationTree(upper);
    post = post.map((_, k) => k);
  }
  const colCounts = columnCounts(permuted, parent, post);
  let nnz = 0;
  let flops = 0;
  for (let j = 0; j < colCounts.length; j++) {
    nnz += colCounts[j];
    flops += colCounts[j] * colCounts[j];
  }
  return { perm, permInv, permuted, upper, parent, colCounts, nnz, flops };
}
