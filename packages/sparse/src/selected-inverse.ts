import { SparseError } from './errors.js';
import { requireFactorized, type CholeskyFactor } from './factor.js';
import { selectedInverseSimplicial } from './simplicial/selected-inverse.js';
import { selectedInverseSupernodal } from './supernodal/selected-inverse.js';

/**
 * Entries of (A + beta I)^-1 at the positions of the lower triangle of A (selected inverse). Costs a small multiple of the
 * factorisation. The workspace, as large as L, is allocated at the first call and kept with the factor.
 *
 * @param out aligned with `symbolic.lower.rowIdx`
 * @throws SparseError of kind `not-factorized` or `length-mismatch`
 */
export function inverseEntriesInto(factor: CholeskyFactor, out: Float64Array): void {
  requireFactorized(factor);
  const { lower, nnz } = factor.symbolic;
  if (out.length !== lower.rowIdx.length)
    throw new SparseError('length-mismatch', `out must have ${lower.rowIdx.length} entries, got ${out.length}`);
  const { numeric, work } = factor;
  const { inputMap } = numeric.structure;
  if (numeric.method === 'supernodal') {
    selectedInverseSupernodal(numeric.structure, numeric.state);
    const { memory, layout } = numeric.state;
    const { doubles } = memory;
    for (let k = 0; k < inputMap.length; k++) out[k] = doubles[layout.z + inputMap[k]];
  } else {
    const inverse = (numeric.state.inverse ??= new Float64Array(nnz));
    work.fill(0);
    selectedInverseSimplicial(numeric.structure, numeric.state.values, inverse, work);
    for (let k = 0; k < inputMap.length; k++) out[k] = inverse[inputMap[k]];
  }
}
