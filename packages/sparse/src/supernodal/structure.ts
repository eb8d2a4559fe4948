import type { CscPattern } from '../csc.js';
import { SparseError } from '../errors.js';
import type { TransposedPattern } from '../transpose.js';
import { partitionSupernodes } from './partition.js';

/**
 * L as dense panels. A panel is a block of `w` consecutive columns of one supernode; its rows are those columns, padded
 * to a multiple of four, then the rows below, padded too (padding: row -1, value 0). It is stored in strips of four rows,
 * a strip by columns, so that entry (r, c) of the panel is at `valuePtr + (r >> 2) * 4 w + 4 c + (r & 3)`: the dense
 * kernels read their operands in order, without packing. The entries above the diagonal are undefined.
 */
export interface SupernodalStructure {
  readonly panels: number;
  /** First column of each panel, and n. Length panels + 1. */
  readonly panelStart: Int32Array;
  /** Column j of L is in panel `panelOf[j]`. Length n. */
  readonly panelOf: Int32Array;
  /** Row lists of the supernodes, one after another; the list of a panel is a tail of its supernode's list. */
  readonly rows: Int32Array;
  /** Where the row list of each panel begins, and how long it is, padding included (a multiple of 4). */
  readonly rowPtr: Int32Array;
  readonly rowCount: Int32Array;
  /** Where the values of each panel begin; length panels + 1. */
  readonly valuePtr: Int32Array;
  /** `inputMap[k]` = position in the values of entry k of the lower triangle of A (original order). */
  readonly inputMap: Int32Array;
  /** Largest number of columns and of rows (padding included) of a panel. */
  readonly maxWidth: number;
  readonly maxRows: number;
  /**
   * In a tree of two levels, how many panels are leaves: the first ones, at most four columns each. The panels after them are the root, one
   * supernode. The row list of a leaf follows the strips of the root, with padding for the rows that it does not have, so that its
   * update falls on whole strips of the root. 0 for other trees.
   */
  readonly leaves: number;
  /** `strips[k]` = strip of the root that holds `rows[4 k .. 4 k + 3]`, for the rows below of leaves. Length rows / 4. */
  readonly strips: Int32Array;
}

const padded = (count: number): number => (count + 3) & ~3;

/** O(nnz(A) + rows of all supernodes). @throws SparseError of kind `too-large` for over 2^31 - 1 stored values. */
export function supernodalStructure(
  permuted: TransposedPattern,
  upper: CscPattern,
  parent: Int32Array,
  colCounts: Int32Array,
): SupernodalStructure {
  const n = parent.length;
  const { superStart, superBelow, panelStart, superPanel, leaves } = partitionSupernodes(parent, colCounts);
  const supers = superBelow.length;
  const panels = panelStart.length - 1;

  const superOf = new Int32Array(n);
  for (let s = 0; s < supers; s++) superOf.fill(s, superStart[s], superStart[s + 1]);
  const superParent = Int32Array.from({ length: supers }, (_, s) => {
    const above = parent[superStart[s + 1] - 1];
    return above === -1 ? -1 : superOf[above];
  });
  const rootStart = superStart[leaves];

  // Leaves have as many strips below as they touch in the root.
  const below = superBelow.map((count, s) => (s < leaves ? 0 : padded(count)));
  const strip = new Int32Array(supers).fill(-1);
  if (leaves > 0)
    forEachRow(upper, superOf, superParent, (s, i) => {
      const R = (i - rootStart) >> 2;
      if (strip[s] !== R) below[s] += 4;
      strip[s] = R;
    });
  const superRows = new Int32Array(supers + 1);
  const fill = new Int32Array(supers);
  for (let s = 0; s < supers; s++) {
    fill[s] = superRows[s] + padded(superStart[s + 1] - superStart[s]);
    superRows[s + 1] = fill[s] + below[s];
  }
  const rows = new Int32Array(superRows[supers]).fill(-1);
  const strips = new Int32Array(rows.length / 4);
  for (let j = 0; j < n; j++) rows[superRows[superOf[j]] + j - superStart[superOf[j]]] = j;
  strip.fill(-1);
  forEachRow(upper, superOf, superParent, (s, i) => {
    if (s >= leaves) {
      rows[fill[s]++] = i;
      return;
    }
    const R = (i - rootStart) >> 2;
    if (strip[s] !== R) {
      strip[s] = R;
      strips[fill[s] >> 2] = R;
      fill[s] += 4;
    }
    rows[fill[s] - 4 + ((i - rootStart) & 3)] = i;
  });

  const panelOf = new Int32Array(n);
  const rowPtr = new Int32Array(panels);
  const rowCount = new Int32Array(panels);
  const valuePtr = new Int32Array(panels + 1);
  let maxWidth = 0;
  let maxRows = 0;
  for (let s = 0; s < supers; s++) {
    for (let p = superPanel[s]; p < superPanel[s + 1]; p++) {
      const width = panelStart[p + 1] - panelStart[p];
      rowPtr[p] = superRows[s] + panelStart[p] - superStart[s];
      rowCount[p] = superRows[s + 1] - rowPtr[p];
      panelOf.fill(p, panelStart[p], panelStart[p + 1]);
      const stop = valuePtr[p] + width * rowCount[p];
      if (stop > 0x7fffffff)
        throw new SparseError('too-large', `L would have ${stop} entries (${8 * stop} bytes), more than 2^31 - 1`);
      valuePtr[p + 1] = stop;
      maxWidth = Math.max(maxWidth, width);
      maxRows = Math.max(maxRows, rowCount[p]);
    }
  }

  const inputMap = new Int32Array(permuted.source.length);
  const place = new Int32Array(n);
  for (let s = 0; s < supers; s++) {
    for (let t = superRows[s]; t < superRows[s + 1]; t++) if (rows[t] >= 0) place[rows[t]] = t;
    for (let j = superStart[s]; j < superStart[s + 1]; j++) {
      const panel = panelOf[j];
      const c = j - panelStart[panel];
      const width = panelStart[panel + 1] - panelStart[panel];
      for (let p = permuted.colPtr[j]; p < permuted.colPtr[j + 1]; p++) {
        const r = place[permuted.rowIdx[p]] - rowPtr[panel];
        inputMap[permuted.source[p]] = valuePtr[panel] + (r >> 2) * 4 * width + 4 * c + (r & 3);
      }
    }
  }
  return {
    panels,
    panelStart,
    panelOf,
    rows,
    rowPtr,
    rowCount,
    valuePtr,
    inputMap,
    maxWidth,
    maxRows,
    leaves,
    strips,
  };
}

/**
 * Calls visit(s, i) for every row i below supernode s, rows ascending: row i belongs to the supernodes met when climbing
 * the tree from the columns of row i of A up to i.
 */
function forEachRow(
  upper: CscPattern,
  superOf: Int32Array,
  superParent: Int32Array,
  visit: (s: number, i: number) => void,
): void {
  const mark = new Int32Array(superParent.length).fill(-1);
  for (let i = 0; i < superOf.length; i++) {
    mark[superOf[i]] = i;
    for (let p = upper.colPtr[i]; p < upper.colPtr[i + 1]; p++) {
      for (let s = superOf[upper.rowIdx[p]]; mark[s] !== i; s = superParent[s]) {
        mark[s] = i;
        visit(s, i);
      }
    }
  }
}
