import { findRow, type LdlNumeric, mergeRows } from './storage.js';

/**
 * L D L' + sigma w w' in place, along the path of the elimination tree from the first row of w. Each column's pattern takes
 * in that of w, which then becomes the column's. O(entries of the columns on the path).
 * Source: Gill, Golub, Murray and Saunders (1974), Methods for modifying matrix factorizations, method C1; Davis and
 * Hager (1999), Modifying a sparse Cholesky factorization.
 *
 * @param rows ascending rows of w (permuted coordinates); w is in `numeric.column`, which is zero again on return
 * @returns -1, or the column whose pivot would vanish or change its sign (the factor is then spoilt)
 */
export function updateLdl(numeric: LdlNumeric, rows: Int32Array, count: number, sigma: number): number {
  const { start, length, pivots, column } = numeric;
  let a = sigma;
  let list = rows;
  let from = 0;
  let to = count;
  while (from < to) {
    const j = list[from];
    mergeRows(numeric, j, list, from + 1, to);
    const { rowIdx, values } = numeric;
    const p = column[j];
    const old = pivots[j];
    const pivot = old + a * p * p;
    if (!(pivot * old > 0 && Number.isFinite(pivot))) {
      pivots[j] = pivot;
      column.fill(0);
      return j;
    }
    const b = (a * p) / pivot;
    a *= old / pivot;
    pivots[j] = pivot;
    column[j] = 0;
    from = start[j];
    to = from + length[j];
    for (let q = from; q < to; q++) {
      const i = rowIdx[q];
      column[i] -= p * values[q];
      values[q] += b * column[i];
    }
    // From here on the pattern of w is that of column j; growing a later column may replace the array.
    list = rowIdx;
  }
  return -1;
}

/**
 * Makes row and column k those of the identity: the entries of row k become zero, and what column k had contributed to the
 * rest is added back. O(n log + update). Source: Davis and Hager (2005), Row modifications of a sparse Cholesky
 * factorization.
 */
export function removeRowLdl(numeric: LdlNumeric, k: number): number {
  const { start, length, pivots, column } = numeric;
  for (let j = 0; j < k; j++) {
    const at = findRow(numeric, j, k);
    if (at < start[j] + length[j] && numeric.rowIdx[at] === k) numeric.values[at] = 0;
  }
  const pivot = pivots[k];
  const root = Math.sqrt(Math.abs(pivot));
  const from = start[k];
  const count = length[k];
  const rows = numeric.rowIdx.slice(from, from + count);
  for (let t = 0; t < count; t++) {
    column[rows[t]] = numeric.values[from + t] * root;
    numeric.values[from + t] = 0;
  }
  pivots[k] = 1;
  return updateLdl(numeric, rows, count, Math.sign(pivot));
}

/**
 * Gives row and column k, so far those of the identity, the values in `numeric.column` (permuted, dense, marked rows in
 * `rows`); `column` is zero again on return. O(n + entries met). Source: Davis and Hager (2005).
 *
 * @returns -1, or the column whose pivot vanishes or changes its sign
 */
export function addRowLdl(numeric: LdlNumeric, k: number, rows: Int32Array): number {
  const { start, length, pivots, column } = numeric;
  const n = pivots.length;
  const marked = new Uint8Array(n);
  for (const i of rows) marked[i] = 1;
  let pivot = column[k];
  column[k] = 0;
  // L11 D11 l12 = a12, and what it leaves of a32 and of the pivot.
  const single = Int32Array.of(k);
  for (let i = 0; i < k; i++) {
    if (!marked[i]) continue;
    const x = column[i];
    column[i] = 0;
    for (let p = start[i], end = p + length[i]; p < end; p++) {
      const r = numeric.rowIdx[p];
      if (r === k) continue;
      marked[r] = 1;
      column[r] -= numeric.values[p] * x;
    }
    const l = x / pivots[i];
    pivot -= l * x;
    mergeRows(numeric, i, single, 0, 1);
    numeric.values[findRow(numeric, i, k)] = l;
  }
  if (pivot === 0 || !Number.isFinite(pivot)) {
    column.fill(0);
    pivots[k] = pivot;
    return k;
  }
  const below: number[] = [];
  for (let i = k + 1; i < n; i++) if (marked[i]) below.push(i);
  const list = Int32Array.from(below);
  mergeRows(numeric, k, list, 0, list.length);
  const root = Math.sqrt(Math.abs(pivot));
  for (let t = 0; t < list.length; t++) {
    const l = column[list[t]] / pivot;
    numeric.values[findRow(numeric, k, list[t])] = l;
    column[list[t]] = l * root;
  }
  pivots[k] = pivot;
  return updateLdl(numeric, list, list.length, -Math.sign(pivot));
}
