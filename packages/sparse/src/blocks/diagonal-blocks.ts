import type { SymbolicCholesky } from '../analysis.js';
import { SparseError } from '../errors.js';

/** Which diagonal blocks of an inverse are wanted, and the road to them. Immutable; for any number of factors. */
export interface DiagonalBlocks {
  readonly symbolic: SymbolicCholesky;
  /** First column of each block, and n; length blocks + 1. */
  readonly starts: Int32Array;
  /** Where each block begins in the output (k x k, column-major, both triangles), and the length of that; length blocks + 1. */
  readonly offsets: Int32Array;
  /**
   * `'root'`: by the inverse of the root's triangle alone, for trees of two levels (a dense root, narrow leaves below it);
   * `'pattern'`: by the selected inverse.
   */
  readonly road: 'root' | 'pattern';
  /** Place in `symbolic.lower` of the blocks' entries, block by block, lower triangles by columns; empty for `'root'`. @internal */
  readonly places: Int32Array;
}

/**
 * Plans the diagonal blocks of an inverse whose columns are starts[b] .. starts[b + 1] - 1 (original numbering).
 * O(nnz of the blocks + rows of the leaves).
 *
 * @param starts ascending from 0 to n
 * @throws SparseError of kind `bad-option` when the starts do not ascend from 0 to n, or when a block has an entry that neither road
 *   gives: one that the analysed pattern does not have
 */
export function diagonalBlocks(symbolic: SymbolicCholesky, starts: Int32Array): DiagonalBlocks {
  const blocks = starts.length - 1;
  const offsets = new Int32Array(Math.max(blocks, 0) + 1);
  let ascends = starts[0] === 0 && starts[blocks] === symbolic.n;
  for (let b = 0; b < blocks; b++) {
    const k = starts[b + 1] - starts[b];
    ascends &&= k > 0;
    offsets[b + 1] = offsets[b] + k * k;
  }
  if (!ascends) throw new SparseError('bad-option', `the starts of the blocks must ascend from 0 to ${symbolic.n}`);
  const road = isTwoLevel(symbolic, starts) ? 'root' : 'pattern';
  return { symbolic, starts, offsets, road, places: road === 'root' ? new Int32Array(0) : placesOf(symbolic, starts) };
}

/** Whether the tree has two levels, no block is of both or of two leaves, and the root's inverse is the cheaper road. */
function isTwoLevel({ n, structure, permInv }: SymbolicCholesky, starts: Int32Array): boolean {
  if (structure.method !== 'supernodal') return false;
  const { panelStart, panelOf, leaves, rows, rowPtr, rowCount } = structure;
  if (leaves === 0) return false;
  for (let b = 0; b + 1 < starts.length; b++) {
    const home = Math.min(panelOf[permInv[starts[b]]], leaves);
    for (let j = starts[b]; j < starts[b + 1]; j++) if (Math.min(panelOf[permInv[j]], leaves) !== home) return false;
  }
  // Flops that the root's triangle saves: the other half of the root's inverse, and what the pairs of a leaf's rows take; less its own.
  let saved = (n - panelStart[leaves]) ** 3 / 3;
  for (let t = 0; t < leaves; t++) {
    const w = panelStart[t + 1] - panelStart[t];
    for (let k = rowPtr[t] + 4, left = rowCount[t] - 4; left > 0; k++, left--)
      if (rows[k] >= 0) saved += 2 * w * (2 * left - (n - rows[k]));
  }
  return saved > 0;
}

function placesOf({ lower: { colPtr, rowIdx } }: SymbolicCholesky, starts: Int32Array): Int32Array {
  const places: number[] = [];
  for (let b = 0; b + 1 < starts.length; b++) {
    for (let c = starts[b]; c < starts[b + 1]; c++) {
      let at = colPtr[c];
      for (let r = c; r < starts[b + 1]; r++) {
        while (at < colPtr[c + 1] && rowIdx[at] < r) at++;
        if (at === colPtr[c + 1] || rowIdx[at] !== r)
          throw new SparseError('bad-option', `the pattern of A has no entry (${r}, ${c}), which a block needs`);
        places.push(at);
      }
    }
  }
  return Int32Array.from(places);
}
