import type { CscPattern } from '../csc.js';
import { SparseError } from '../errors.js';
import { amdOrdering } from './amd.js';

/** An ordering of the small entry: minimum degree, none, or a permutation with `perm[new] = old`. */
export type BasicOrdering = 'amd' | 'natural' | Int32Array;

/** The permutation `perm[new] = old` of an ordering, a new array. */
export function basicPermutation(lower: CscPattern, ordering: BasicOrdering): Int32Array {
  const n = lower.ncol;
  if (ordering === 'amd') return amdOrdering(lower);
  if (ordering === 'natural') return Int32Array.from({ length: n }, (_, i) => i);
  if (typeof ordering === 'string') throw new SparseError('bad-option', `unknown ordering ${JSON.stringify(ordering)}`);
  if (ordering.length !== n)
    throw new SparseError('not-a-permutation', `perm has ${ordering.length} entries for ${n} columns`);
  return ordering.slice();
}
