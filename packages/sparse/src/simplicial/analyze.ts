import { cheapestOrdering, requireIndexable, symbolicOf, type SymbolicCholesky } from '../analysis.js';
import type { CscPattern } from '../csc.js';
import { type BasicOrdering, basicPermutation } from '../ordering/basic.js';
import { simplicialStructure } from './structure.js';

/** Options of {@link analyze}. */
export interface AnalyzeOptions {
  /** Default `'amd'`. Of several, the one that needs the fewest flops is taken (the first on ties). */
  readonly ordering?: BasicOrdering | readonly BasicOrdering[];
  /**
   * Renumber by a postorder of the elimination tree, which changes neither fill nor flops and helps the numeric phase.
   * Default: true for `'amd'`; the others are kept as they are.
   */
  readonly postorder?: boolean;
}

/**
 * Analyses the pattern of a symmetric matrix for a Cholesky factorisation by columns: fill-reducing permutation, elimination
 * tree, column counts, structure of L, and where each entry of A goes. Done once; `factorize` then runs for any values.
 *
 * @param lower lower triangle of A; absent diagonal entries count as zero
 * @throws SparseError when the pattern breaks an invariant, the permutation is none, or L has over 2^31 - 1 entries
 */
export function analyze(lower: CscPattern, { ordering = 'amd', postorder }: AnalyzeOptions = {}): SymbolicCholesky {
  const best = cheapestOrdering(lower, ordering, postorder, basicPermutation);
  requireIndexable(best);
  const { permuted, upper, parent, colCounts } = best;
  return symbolicOf(lower, best, {
    method: 'simplicial',
    ...simplicialStructure(permuted, upper, parent, colCounts),
  });
}
