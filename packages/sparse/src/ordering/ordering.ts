import type { CscPattern } from '../csc.js';
import { type BasicOrdering, basicPermutation } from './basic.js';
import { nestedDissectionOrdering } from './nested-dissection.js';
import { rcmOrdering } from './rcm.js';

/** A named ordering, or a permutation with `perm[new] = old`. */
export type Ordering = BasicOrdering | 'nested-dissection' | 'rcm';

/** The permutation `perm[new] = old` of an ordering, a new array. */
export function orderingPermutation(lower: CscPattern, ordering: Ordering): Int32Array {
  if (ordering === 'nested-dissection') return nestedDissectionOrdering(lower);
  if (ordering === 'rcm') return rcmOrdering(lower);
  return basicPermutation(lower, ordering);
}
