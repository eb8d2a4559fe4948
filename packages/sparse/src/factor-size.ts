import type { OrderedPattern } from './analysis.js';
import { partitionSupernodes } from './supernodal/partition.js';

/** What a factor takes, known from the pattern alone. */
export interface FactorSize {
  /** Entries of L (lower triangle, diagonal included). */
  readonly nnz: number;
  /** Floating-point operations of one numeric factorisation. */
  readonly flops: number;
  readonly method: 'simplicial' | 'supernodal';
  /** Numbers that are stored for L: nnz, or more where dense panels store zeros; at most this many where leaves stand below a dense root. */
  readonly stored: number;
  /** Bytes of L with its layout and of what a selected inverse needs besides. */
  readonly bytes: number;
  /** Entries of each column of L, in the order of `perm`. */
  readonly colCounts: Int32Array;
  /** Column k of L is column `perm[k]` of A. */
  readonly perm: Int32Array;
}

/** O(n). */
export function factorSize(
  { nnz, flops, colCounts, perm, parent }: OrderedPattern,
  method: FactorSize['method'],
): FactorSize {
  // By columns: L, its rows, its inverse. By panels: L, N = -L21 inv(L11), the inverse.
  const stored = method === 'simplicial' ? nnz : panelEntries(parent, colCounts);
  const bytes = (method === 'simplicial' ? 20 : 24) * stored;
  return { nnz, flops, method, stored, bytes, colCounts, perm };
}

/** Entries of all panels, padding included. O(number of panels). */
function panelEntries(parent: Int32Array, colCounts: Int32Array): number {
  const { superStart, superBelow, panelStart, superPanel } = partitionSupernodes(parent, colCounts);
  let total = 0;
  for (let s = 0; s < superBelow.length; s++) {
    const end = superStart[s + 1];
    for (let t = superPanel[s]; t < superPanel[s + 1]; t++) {
      const rows = 4 * (Math.ceil((end - panelStart[t]) / 4) + Math.ceil(superBelow[s] / 4));
      total += (panelStart[t + 1] - panelStart[t]) * rows;
    }
  }
  return total;
}
