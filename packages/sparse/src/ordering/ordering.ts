import type { CscPattern } from '../csc.js';
import { SparseError } from '../errors.js';
import { amdOrdering } from './amd.js';

/** A named fill-reducing ordering, or a permutation with `perm[new] = old`. */
export type Ordering = 'amd' | 'natural' | Int32Array;

/** The permutation `perm[new] = old` of an ordering; the result may be the given array itself. */
export function orderingPermutation(lower: CscPattern, ordering: Ordering): Int32Array {
  if (typeof ordering !== 'string') {
    if (ordering.length !== lower.ncol)
      throw new SparseError('not-a-permutation', `perm has ${ordering.length} entries for ${lower.ncol} columns`);
    return ordering.slice();
  }
  switch (ordering) {
    case 'amd':
      return amdOrdering(lower);
    case 'natural':
      return Int32Array.from({ length: lower.ncol }, (_, i) => i);
    default:
      throw new SparseError('bad-option', `unknown ordering ${JSON.stringify(ordering)}`);
  }
}
