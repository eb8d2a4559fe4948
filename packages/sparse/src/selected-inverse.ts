import { type CscPattern, findEntry } from './csc.js';
import { SparseError } from './errors.js';
import { type CholeskyFactor, type NumericFactor, requireFactorized } from './factor.js';
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
  const { lower } = factor.symbolic;
  if (out.length !== lower.rowIdx.length)
    throw new SparseError('length-mismatch', `out must have ${lower.rowIdx.length} entries, got ${out.length}`);
  const { numeric, work } = factor;
  if (numeric.method === 'supernodal') {
    selectedInverseSupernodal(numeric.structure, numeric.state);
    const { memory, layout } = numeric.state;
    copyEntries(memory.doubles, layout.z, numeric.structure.inputMap, out);
    return;
  }
  const { L, inverse } = inverseByColumns(numeric, work);
  if (numeric.method === 'simplicial') {
    copyEntries(inverse, 0, numeric.structure.inputMap, out);
    return;
  }
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
  if (numeric.method === 'supernodal') {
    const { structure, state } = numeric;
    selectedInverseSupernodal(structure, state);
    const { panelStart, panelOf, valuePtr } = structure;
    const { doubles } = state.memory;
    for (let k = 0; k < n; k++) {
      const t = panelOf[k];
      const c = k - panelStart[t];
      const w = panelStart[t + 1] - panelStart[t];
      out[perm[k]] = doubles[state.layout.z + valuePtr[t] + (c >> 2) * 4 * w + 4 * c + (c & 3)];
    }
    return;
  }
  const { L, inverse } = inverseByColumns(numeric, work);
  for (let k = 0; k < n; k++) out[perm[k]] = inverse[L.colPtr[k]];
}

/** Entries of the inverse on the pattern of L, for the factors that are stored by columns. */
function inverseByColumns(
  numeric: Exclude<NumericFactor, { method: 'supernodal' }>,
  work: Float64Array,
): { L: Pick<CscPattern, 'colPtr' | 'rowIdx'>; inverse: Float64Array } {
  work.fill(0);
  if (numeric.method === 'simplicial') {
    const { structure, state } = numeric;
    const inverse = (state.inverse ??= new Float64Array(state.values.length));
    selectedInverseSimplicial(structure, state.values, undefined, inverse, work);
    return { L: structure, inverse };
  }
  const L = ldlToCsc(numeric.state);
  const inverse = new Float64Array(L.values.length);
  selectedInverseSimplicial(L, L.values, numeric.state.pivots, inverse, work);
  return { L, inverse };
}
