import type { SymbolicCholesky } from '../analysis.js';
import { permuteSymmetricLower } from '../permute.js';
import { transposePattern } from '../transpose.js';
import { simplicialStructure, type SimplicialStructure } from './structure.js';

/** The pattern of L by columns; O(nnz(L)) when the analysis kept it by panels, else as it is. */
export function columnStructure({
  structure,
  lower,
  permInv,
  parent,
  colCounts,
}: SymbolicCholesky): SimplicialStructure {
  if (structure.method === 'simplicial') return structure;
  const permuted = permuteSymmetricLower(lower, permInv);
  return simplicialStructure(permuted, transposePattern(permuted), parent, colCounts);
}

/** The diagonal of a lower triangle by columns that all begin with it. */
export function firstEntriesInto(colPtr: Int32Array, values: Float64Array, out: Float64Array): void {
  for (let j = 0; j + 1 < colPtr.length; j++) out[j] = values[colPtr[j]];
}
