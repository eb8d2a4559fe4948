import type { SimplicialStructure } from '../simplicial/structure.js';

/**
 * L D L' with unit lower triangular L (its diagonal is not stored) and diagonal D of any sign. Columns of L can grow:
 * column j owns `rowIdx[start[j] .. start[j] + length[j] - 1]`, ascending, with room for `capacity[j]` entries.
 */
export interface LdlNumeric {
  readonly start: Int32Array;
  readonly length: Int32Array;
  readonly capacity: Int32Array;
  rowIdx: Int32Array;
  values: Float64Array;
  /** First free place behind all columns. */
  used: number;
  /** Where entry k of the lower triangle of A goes: a place of the analysed L, or -1 - j for the pivot of column j. */
  readonly inputMap: Int32Array;
  /** D, length n. */
  readonly pivots: Float64Array;
  /** One dense column, length n; zero between calls. */
  readonly column: Float64Array;
  readonly head: Int32Array;
  readonly next: Int32Array;
  readonly cursor: Int32Array;
}

export function createLdlNumeric(structure: SimplicialStructure): LdlNumeric {
  const n = structure.colPtr.length - 1;
  const nnz = structure.colPtr[n] - n;
  const numeric: LdlNumeric = {
    start: new Int32Array(n),
    length: new Int32Array(n),
    capacity: new Int32Array(n),
    rowIdx: new Int32Array(nnz),
    values: new Float64Array(nnz),
    used: 0,
    inputMap: inputMapOf(structure),
    pivots: new Float64Array(n),
    column: new Float64Array(n),
    head: new Int32Array(n),
    next: new Int32Array(n),
    cursor: new Int32Array(n),
  };
  resetPattern(structure, numeric);
  return numeric;
}

/** The structure stores the diagonal first in every column, so that column j of L begins j places earlier here. */
function inputMapOf({ colPtr, inputMap }: SimplicialStructure): Int32Array {
  const n = colPtr.length - 1;
  const place = new Int32Array(colPtr[n]);
  for (let j = 0; j < n; j++) {
    place[colPtr[j]] = -1 - j;
    for (let p = colPtr[j] + 1; p < colPtr[j + 1]; p++) place[p] = p - j - 1;
  }
  return inputMap.map((position) => place[position]);
}

/** Gives L the analysed pattern again, after updates may have let it grow. */
export function resetPattern({ colPtr, rowIdx }: SimplicialStructure, numeric: LdlNumeric): void {
  const { start, length, capacity } = numeric;
  const n = start.length;
  let at = 0;
  for (let j = 0; j < n; j++) {
    const count = colPtr[j + 1] - colPtr[j] - 1;
    start[j] = at;
    length[j] = count;
    capacity[j] = count;
    for (let t = 0; t < count; t++) numeric.rowIdx[at + t] = rowIdx[colPtr[j] + 1 + t];
    at += count;
  }
  numeric.used = at;
}

/** Makes room for `wanted` entries in column j, moving the column behind the others if it must. Amortised O(wanted). */
export function reserveColumn(numeric: LdlNumeric, j: number, wanted: number): void {
  const { start, length, capacity } = numeric;
  if (wanted <= capacity[j]) return;
  const room = wanted + (wanted >> 1) + 4;
  if (numeric.used + room > numeric.rowIdx.length) {
    const size = Math.max(numeric.used + room, 2 * numeric.rowIdx.length);
    const rowIdx = new Int32Array(size);
    const values = new Float64Array(size);
    rowIdx.set(numeric.rowIdx.subarray(0, numeric.used));
    values.set(numeric.values.subarray(0, numeric.used));
    numeric.rowIdx = rowIdx;
    numeric.values = values;
  }
  const from = start[j];
  numeric.rowIdx.copyWithin(numeric.used, from, from + length[j]);
  numeric.values.copyWithin(numeric.used, from, from + length[j]);
  start[j] = numeric.used;
  capacity[j] = room;
  numeric.used += room;
}

/** Place of row i in column j, or where it would go (then `rowIdx[place] !== i`). O(log of the column). */
export function findRow({ start, length, rowIdx }: LdlNumeric, j: number, i: number): number {
  let low = start[j];
  let high = low + length[j];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rowIdx[middle] < i) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Merges the ascending rows `list[from .. to - 1]` into column j; new entries are zero. O(length of both). */
export function mergeRows(numeric: LdlNumeric, j: number, list: Int32Array, from: number, to: number): void {
  const { start, length } = numeric;
  const count = length[j];
  let added = 0;
  for (let s = from, p = start[j], end = p + count; s < to; s++) {
    while (p < end && numeric.rowIdx[p] < list[s]) p++;
    if (p === end || numeric.rowIdx[p] !== list[s]) added++;
  }
  if (added === 0) return;
  reserveColumn(numeric, j, count + added);
  const { rowIdx, values } = numeric;
  const first = start[j];
  let write = first + count + added - 1;
  let read = first + count - 1;
  for (let s = to - 1; s >= from;) {
    if (read >= first && rowIdx[read] > list[s]) {
      rowIdx[write] = rowIdx[read];
      values[write--] = values[read--];
    } else {
      if (read >= first && rowIdx[read] === list[s]) values[write] = values[read--];
      else values[write] = 0;
      rowIdx[write--] = list[s--];
    }
  }
  length[j] = count + added;
}
