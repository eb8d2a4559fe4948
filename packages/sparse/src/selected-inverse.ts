import { SparseError } from './errors.js';
import { type CholeskyFactor, requireFactorized } from './factor.js';

/**
 * Entries of (A + beta I)^-1 at the positions of the lower triangle of A (selected inverse). Costs a small multiple of the
 * factorisation. The workspace, once or twice the size of L, is allocated at the first call and kept with the factor
 * (not so for L D L', whose pattern can change).
 *
 * @param out aligned with `symbolic.lower.rowIdx`
 * @throws SparseError of kind `not-factorized` or `length-mismatch`
 */
export function inverseEntriesInto(factor: CholeskyFactor, out: Float64Array): void {
  requireFactorized(factor);
  const { lower } = factor.symbolic;
  if (out.length !== lower.rowIdx.length)
    throw new SparseError('length-mismatch', `out must have ${lower.rowIdx.length} entries, got ${out.length}`);
  const { values, base, places } = factor.numeric.invert(factor.work);
  for (let k = 0; k < places.length; k++) out[k] = values[base + places[k]];
}

/**
 * Diagonal of (A + beta I)^-1, in the original ordering, whether or not A stores its diagonal. Cost and workspace as
 * {@link inverseEntriesInto}.
 * @param out n entries
 */
export function inverseDiagonalInto(factor: CholeskyFactor, out: Float64Array): void {
  requireFactorized(factor);
  const { n, perm } = factor.symbolic;
  if (out.length < n) throw new SparseError('length-mismatch', `out must have ${n} entries, got ${out.length}`);
  const { numeric, work } = factor;
  numeric.invert(work).diagonalInto(work);
  for (let k = 0; k < n; k++) out[perm[k]] = work[k];
}
