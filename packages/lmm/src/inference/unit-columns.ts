import type { CrossProducts, PairProducts } from '../cross-products.js';

/** Adds single columns of Z~'Z~ to a vector, at the cost of their nonzeros. */
export interface UnitColumns {
  /** out[at + .] += the column of effect a of a level of a term. */
  addInto(term: number, level: number, a: number, out: Float64Array, at: number): void;
}

/** A pair of terms, entered by levels of the term of its rows. */
interface ByRow {
  readonly pair: PairProducts;
  /** Entry starts by level of term i. */
  readonly start: Int32Array;
  /** Level of term j of each entry. */
  readonly level: Int32Array;
  /** Position of its block. */
  readonly block: Int32Array;
}

/** O(nnz(Z'Z)) once. */
export function unitColumns(cp: CrossProducts): UnitColumns {
  const { terms, pairs } = cp;
  const byRow = pairs.map((pair): ByRow => transposed(pair, terms[pair.i].nl));
  return {
    addInto(term, level, a, out, at) {
      const { nc, start, blocks } = terms[term];
      for (let r = 0; r < nc; r++) out[at + start + level * nc + r] += blocks[(level * nc + a) * nc + r];
      for (const { pair, start: from, level: other, block } of byRow) {
        const { i, j, colPtr, rowIdx, blocks: values } = pair;
        const ni = terms[i].nc;
        const nj = terms[j].nc;
        if (j === term) {
          for (let k = colPtr[level]; k < colPtr[level + 1]; k++) {
            const row = at + terms[i].start + rowIdx[k] * ni;
            for (let r = 0; r < ni; r++) out[row + r] += values[(k * nj + a) * ni + r];
          }
        }
        if (i === term) {
          for (let e = from[level]; e < from[level + 1]; e++) {
            const row = at + terms[j].start + other[e] * nj;
            for (let c = 0; c < nj; c++) out[row + c] += values[(block[e] * nj + c) * ni + a];
          }
        }
      }
    },
  };
}

function transposed(pair: PairProducts, nl: number): ByRow {
  const { colPtr, rowIdx } = pair;
  const start = new Int32Array(nl + 1);
  for (const r of rowIdx) start[r + 1]++;
  for (let r = 0; r < nl; r++) start[r + 1] += start[r];
  const next = start.slice();
  const level = new Int32Array(rowIdx.length);
  const block = new Int32Array(rowIdx.length);
  for (let l = 0; l + 1 < colPtr.length; l++) {
    for (let k = colPtr[l]; k < colPtr[l + 1]; k++) {
      const e = next[rowIdx[k]]++;
      level[e] = l;
      block[e] = k;
    }
  }
  return { pair, start, level, block };
}
