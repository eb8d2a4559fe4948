import {
  cheapestOrdering,
  type NumericStructure,
  requireIndexable,
  symbolicOf,
  type SymbolicCholesky,
} from './analysis.js';
import type { CscPattern } from './csc.js';
import { SparseError } from './errors.js';
import { factorSize, type FactorSize } from './factor-size.js';
import { orderingPermutation, type Ordering } from './ordering/ordering.js';
import { simplicialStructure } from './simplicial/structure.js';
import { supernodalStructure } from './supernodal/structure.js';

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
  /** Told what the factor will take before anything of its size is allocated; it may throw to refuse it. */
  readonly inspect?: (size: FactorSize) => void;
}

/**
 * The supernodal phase is the faster one from about 8 flops per entry of L on (measured on grids, bands and crossed
 * factors); below some flops in all, neither takes time and the simplicial one is the lighter object.
 */
const SUPERNODAL_INTENSITY = 8;
const SUPERNODAL_FLOPS = 3e4;

/**
 * Analyses the pattern of a symmetric matrix for Cholesky factorisation: fill-reducing permutation, elimination tree,
 * column counts, structure of L, and where each entry of A goes. Done once; `factorize` then runs for any values.
 *
 * @param lower lower triangle of A; absent diagonal entries count as zero
 * @throws SparseError when the pattern breaks an invariant, the permutation is none, or L has over 2^31 - 1 entries
 */
export function analyze(lower: CscPattern, options: AnalyzeOptions = {}): SymbolicCholesky {
  const { ordering = 'amd', method: wanted = 'auto' } = options;
  const best = cheapestOrdering(lower, ordering, options.postorder, orderingPermutation);
  const { permuted, upper, parent, colCounts, nnz, flops } = best;

  if (!['auto', 'simplicial', 'supernodal'].includes(wanted))
    throw new SparseError('bad-option', `unknown method ${JSON.stringify(wanted)}`);
  const method =
    wanted === 'auto'
      ? flops >= Math.max(SUPERNODAL_INTENSITY * nnz, SUPERNODAL_FLOPS)
        ? 'supernodal'
        : 'simplicial'
      : wanted;
  options.inspect?.(factorSize(best, method));
  requireIndexable(best);
  const structure: NumericStructure =
    method === 'simplicial'
      ? { method, ...simplicialStructure(permuted, upper, parent, colCounts) }
      : { method, ...supernodalStructure(permuted, upper, parent, colCounts) };
  return symbolicOf(lower, best, structure);
}
