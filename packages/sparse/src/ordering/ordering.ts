import type { CscPattern } from '../csc.js';
import { SparseError } from '../errors.js';
import { amdOrdering } from './amd.js';
import { nestedDissectionOrdering } from './nested-dissection.js';
import { rcmOrdering } from './rcm.js';

/** A named ordering, or a permutation with `perm[new] = old`. */
export type Ordering = 'amd' | 'nested-dissection' | 'rcm' | 'natural' | Int32Array;

/** The permutation `perm[new] = old` of an ordering, a new array. */
export function orderingPermutation(lower: CscPattern, ordering: Ordering): Int32Array {
  if (typeof ordering !== 'string') {
    if (ordering.length !== lower.ncol)
      throw new SparseError('not-a-permutation', `perm has ${ordering.length} entries for ${lower.ncol} columns`);
    return ordering.slice();
  }
  switch (ordering) {
    case 'amd':
      return amdOrdering(lower);
    case 'nested-dissection':
      return nestedDissectionOrdering(lower);
    case 'rcm':
      return rcmOrdering(lower);
    case 'natural':
      return Int32Array.from({ length: lower.ncol }, (_, i) => i);
    default:
      throw new SparseError('bad-option', `unknown ordering ${JSON.stringify(ordering)}`);
  }
}
