import { columnCounts } from './column-counts.js';
import { checkLower, type CscPattern } from './csc.js';
import { eliminationTree, postorder } from './elimination-tree.js';
import { SparseError } from './errors.js';
import { orderingPermutation, type Ordering } from './ordering/ordering.js';
import { invertPermutation, permuteSymmetricLower } from './permute.js';
import { simplicialStructure, type SimplicialStructure } from './simplicial/structure.js';
import { supernodalStructure, type SupernodalStructure } from './supernodal/structure.js';
import { transposePattern } from './transpose.js';

/** Options of {@link analyze}. */
export interface AnalyzeOptions {
  /** Default `'amd'`. Of several, the one that needs the fewest flops is taken (the first on ties). */
  readonly ordering?: Ordering | readonly Ordering[];
  /**
   * Renumber by a postorder of the elimination tree, which changes neither fill nor flops and helps the numeric phase.
   * Default: true for `'amd'` and `'nested-dissection'`; the others are kept as they are.
   */
  readonly postorder?: boolean;
  /**
   * Which numeric phase: by columns (`'simplicial'`, for small or very sparse factors), by dense blocks (`'supernodal'`), or
   * the one that the predicted flops per entry of L favour (`'auto'`, the default).
   */
  readonly method?: 'auto' | 'simplicial' | 'supernodal';
}

/**
 * The supernodal phase is the faster one from about 8 flops per entry of L on (measured on grids, bands and crossed
 * factors); below some flops in all, neither takes time and the simplicial one is the lighter object.
 */
const SUPERNODAL_INTENSITY = 8;
const SUPERNODAL_FLOPS = 3e4;

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

/**
 * Analyses the pattern of a symmetric matrix for Cholesky factorisation: fill-reducing permutation, elimination tree,
 * column counts, structure of L, and where each entry of A goes. Done once; `factorize` then runs for any values.
 *
 * @param lower lower triangle of A; absent diagonal entries count as zero
 * @throws SparseError when the pattern breaks an invariant, the permutation is none, or L has over 2^31 - 1 entries
 */
export function analyze(lower: CscPattern, options: AnalyzeOptions = {}): SymbolicCholesky {
  checkLower(lower);
  const wantedOrdering = options.ordering ?? 'amd';
  const candidates: readonly Ordering[] = isList(wantedOrdering) ? wantedOrdering : [wantedOrdering];
  if (candidates.length === 0) throw new SparseError('bad-option', 'the list of orderings is empty');
  let best = analyzeOrdering(lower, candidates[0], options.postorder);
  for (const candidate of candidates.slice(1)) {
    const other = analyzeOrdering(lower, candidate, options.postorder);
    if (other.flops < best.flops) best = other;
  }
  const { perm, permInv, permuted, upper, parent, colCounts, nnz, flops } = best;
  if (nnz > 0x7fffffff)
    throw new SparseError('too-large', `L would have ${nnz} entries (${12 * nnz} bytes), more than 2^31 - 1`);

  const wanted = options.method ?? 'auto';
  if (!['auto', 'simplicial', 'supernodal'].includes(wanted))
    throw new SparseError('bad-option', `unknown method ${JSON.stringify(wanted)}`);
  const method =
    wanted === 'auto'
      ? flops >= Math.max(SUPERNODAL_INTENSITY * nnz, SUPERNODAL_FLOPS)
        ? 'supernodal'
        : 'simplicial'
      : wanted;
  const structure: NumericStructure =
    method === 'simplicial'
      ? { method, ...simplicialStructure(permuted, upper, parent, colCounts) }
      : { method, ...supernodalStructure(permuted, upper, parent, colCounts) };
  return { n: lower.ncol, lower, perm, permInv, parent, colCounts, nnz, flops, method, structure };
}

const isList = (ordering: Ordering | readonly Ordering[]): ordering is readonly Ordering[] => Array.isArray(ordering);

/** Permutation, elimination tree and column counts of one ordering. */
function analyzeOrdering(lower: CscPattern, ordering: Ordering, wantPostorder: boolean | undefined) {
  const usePostorder = wantPostorder ?? (ordering === 'amd' || ordering === 'nested-dissection');
  let perm = orderingPermutation(lower, ordering);
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
