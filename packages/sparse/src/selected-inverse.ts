import { SparseError } from './errors.js';
import { requireFactorized, type CholeskyFactor } from './factor.js';
import { selectedInverseSimplicial } from './simplicial/selected-inverse.js';

/**
 * Entries of (A + beta I)^-1 at the positions of the lower triangle of A (selected inverse). Costs a small multiple of the
 * factorisation. The workspace, as large as L, is allocated at the first call and kept with the factor.
 *
 * @param out aligned with `symbolic.lower.rowIdx`
 * @throws SparseError of kind `not-factorized` or `length-mismatch`
 */
export function inverseEntriesInto(factor: CholeskyFactor, out: Float64Array): void {
  requireFactorized(factor);
  const { structure, nnz, lower } = factor.symbolic;
  if (out.length !== lower.rowIdx.length)
    throw new SparseError('length-mismatch', `out must have ${lower.rowIdx.length} entries, got ${out.length}`);
  const { numeric, work } = factor;
  numeric.inverse ??= new Float64Array(nnz);
  work.fill(0);
  selectedInverseSimplicial(structure, numeric.values, numeric.inverse, work);
  const { inputMap } = structure;
  for (let k = 0; k < inputMap.length; k++) out[k] = numeric.inverse[inputMap[k]];
}
