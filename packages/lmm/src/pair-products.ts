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
 * the order (level of j, level of i); what the next step needs of a row goes along with it, so that rows are read in order and only written here and
 * there. O(n + nl_i + nl_j).
 */
export function pairPattern(terms: readonly RandomEffectsTerm[], i: number, j: number): PairSums {
  const rowLevel = terms[i].levelIdx;
  const colLevel = terms[j].levelIdx;
  const n = rowLevel.length;
  const nli = terms[i].levels.length;
  const nlj = terms[j].levels.length;
  const ends = endsOf(rowLevel, nli);
  const first = new Int32Array(n);
  const column = new Int32Array(n);
  for (let r = n - 1; r >= 0; r--) {
    const k = --ends[rowLevel[r]];
    first[k] = r;
    column[k] = colLevel[r];
  }
  // `ends` are starts now; backwards again, which keeps the order of rows with the same pair.
  const colPtr = endsOf(colLevel, nlj);
  const second = new Int32Array(n);
  const level = new Int32Array(n);
  for (let l = nli - 1, k = n - 1; l >= 0; l--) {
    for (; k >= ends[l]; k--) {
      const to = --colPtr[column[k]];
      second[to] = first[k];
      level[to] = l;
    }
  }
  // Levels of blocks are written over those of rows already read, and blocks of rows over their columns.
  const blocks = blocksInPlace(second, level, colPtr, column);
  const ni = terms[i].columns.length;
  const nj = terms[j].columns.length;
  const products = { i, j, colPtr, rowIdx: level.slice(0, blocks), blocks: new Float64Array(blocks * ni * nj) };
  return { products, ni, nj, blockOfRow: column };
}

/** Positions behind the last of each level when sorted, and n at the end: length nl + 1. */
function endsOf(levelIdx: Int32Array, nl: number): Int32Array {
  const ends = new Int32Array(nl + 1);
  for (let i = 0; i < levelIdx.length; i++) ends[levelIdx[i]]++;
  for (let l = 1; l <= nl; l++) ends[l] += ends[l - 1];
  return ends;
}

/**
 * @param rows in the order of the pairs
 * @param level of term i by position; overwritten by that of each block
 * @param colPtr positions where the columns start, length nl_j + 1; overwritten by blocks
 * @param blockOfRow overwritten
 * @returns the number of blocks
 */
function blocksInPlace(rows: Int32Array, level: Int32Array, colPtr: Int32Array, blockOfRow: Int32Array): number {
  let blocks = 0;
  for (let c = 0, k = 0; c + 1 < colPtr.length; c++) {
    const end = colPtr[c + 1];
    colPtr[c] = blocks;
    for (let last = -1; k < end; k++) {
      const l = level[k];
      if (l !== last) level[blocks++] = last = l;
      blockOfRow[rows[k]] = blocks - 1;
    }
  }
  colPtr[colPtr.length - 1] = blocks;
  return blocks;
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
