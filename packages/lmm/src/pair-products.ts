import { countingSort } from './counting-sort.js';
import type { PairProducts } from './cross-products.js';
import type { RandomEffectsTerm } from './model-matrices.js';

/** Products of a pair of terms while rows are read. */
export interface PairSums {
  readonly products: PairProducts;
  readonly ni: number;
  readonly nj: number;
  /** The block that each row adds to. */
  readonly blockOfRow: Int32Array;
}

/**
 * Which pairs of levels of terms i and j share a row, and the block that each row adds to. Two stable counting sorts bring the rows into
 * the order (level of j, level of i); O(n + nl_i + nl_j).
 */
export function pairPattern(terms: readonly RandomEffectsTerm[], i: number, j: number): PairSums {
  const rowLevel = terms[i].levelIdx;
  const colLevel = terms[j].levelIdx;
  const n = rowLevel.length;
  const nlj = terms[j].levels.length;
  const order = countingSort(colLevel, nlj, countingSort(rowLevel, terms[i].levels.length, null));
  const blockOfRow = new Int32Array(n);
  const colPtr = new Int32Array(nlj + 1);
  const rows = new Int32Array(n);
  let blocks = 0;
  let lastRow = -1;
  let lastCol = -1;
  for (let k = 0; k < n; k++) {
    const r = order[k];
    if (rowLevel[r] !== lastRow || colLevel[r] !== lastCol) {
      lastRow = rowLevel[r];
      lastCol = colLevel[r];
      rows[blocks++] = lastRow;
      colPtr[lastCol + 1]++;
    }
    blockOfRow[r] = blocks - 1;
  }
  for (let l = 0; l < nlj; l++) colPtr[l + 1] += colPtr[l];
  const ni = terms[i].columns.length;
  const nj = terms[j].columns.length;
  const products = { i, j, colPtr, rowIdx: rows.slice(0, blocks), blocks: new Float64Array(blocks * ni * nj) };
  return { products, ni, nj, blockOfRow };
}

/** How many pairs of levels of two terms share a row; O(n + levels) time and memory. */
export function countPairs(a: RandomEffectsTerm, b: RandomEffectsTerm): number {
  const order = countingSort(b.levelIdx, b.levels.length, countingSort(a.levelIdx, a.levels.length, null));
  let count = 0;
  for (let k = 0; k < order.length; k++) {
    const r = order[k];
    const before = order[k - 1];
    if (k === 0 || a.levelIdx[r] !== a.levelIdx[before] || b.levelIdx[r] !== b.levelIdx[before]) count++;
  }
  return count;
}

/** @param Z the changed columns of every term on rows start.., start + count - 1 */
export function addPairProducts(
  { products, ni, nj, blockOfRow }: PairSums,
  Z: readonly (readonly Float64Array[])[],
  start: number,
  count: number,
): void {
  const { blocks } = products;
  const Zi = Z[products.i];
  const Zj = Z[products.j];
  if (ni === 1 && nj === 1) {
    const [a] = Zi;
    const [b] = Zj;
    for (let r = 0; r < count; r++) blocks[blockOfRow[start + r]] += a[r] * b[r];
    return;
  }
  for (let r = 0; r < count; r++) {
    let at = blockOfRow[start + r] * ni * nj;
    for (let c = 0; c < nj; c++) {
      const z = Zj[c][r];
      for (let a = 0; a < ni; a++) blocks[at++] += Zi[a][r] * z;
    }
  }
}
