import { findEntry } from './csc.js';
import { SparseError } from './errors.js';
import { requireFactorized, type CholeskyFactor } from './factor.js';
import { ldlToCsc } from './ldl/export.js';
import { selectedInverseSimplicial } from './simplicial/selected-inverse.js';
import { selectedInverseSupernodal } from './supernodal/selected-inverse.js';

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
  const { lower, nnz } = factor.symbolic;
  if (out.length !== lower.rowIdx.length)
    throw new SparseError('length-mismatch', `out must have ${lower.rowIdx.length} entries, got ${out.length}`);
  const { numeric, work } = factor;
  if (numeric.method === 'supernodal') {
    selectedInverseSupernodal(numeric.structure, numeric.state);
    const { memory, layout } = numeric.state;
    copyEntries(memory.doubles, layout.z, numeric.structure.inputMap, out);
    return;
  }
  work.fill(0);
  if (numeric.method === 'simplicial') {
    const inverse = (numeric.state.inverse ??= new Float64Array(nnz));
    selectedInverseSimplicial(numeric.structure, numeric.state.values, undefined, inverse, work);
    copyEntries(inverse, 0, numeric.structure.inputMap, out);
    return;
  }
  const L = ldlToCsc(numeric.state);
  const inverse = new Float64Array(L.values.length);
  selectedInverseSimplicial(L, L.values, numeric.state.pivots, inverse, work);
  const { rowIdx, colPtr } = lower;
  const { permInv } = factor.symbolic;
  for (let j = 0; j < lower.ncol; j++) {
    for (let p = colPtr[j]; p < colPtr[j + 1]; p++) {
      const i2 = permInv[rowIdx[p]];
      const j2 = permInv[j];
      out[p] = inverse[findEntry(L, Math.max(i2, j2), Math.min(i2, j2))];
    }
  }
}

function copyEntries(from: Float64Array, base: number, map: Int32Array, out: Float64Array): void {
  for (let k = 0; k < map.length; k++) out[k] = from[base + map[k]];
}
