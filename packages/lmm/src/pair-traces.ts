import type { CrossProducts, PairProducts } from './cross-products.js';
import { crossProducts, packedAt, PACKED_ROWS, productAt, type ColumnProducts } from './products/column-products.js';

/** Fewer blocks than this are not worth an instance of WebAssembly. */
const FEW_BLOCKS = 512;

const shared = new WeakMap<CrossProducts, readonly (ColumnProducts | null)[]>();

/** Workspace for the traces of each pair of terms, null where both are scalar; one for all gradients on the same products. */
export function pairTraceWorks(cp: CrossProducts): readonly (ColumnProducts | null)[] {
  let works = shared.get(cp);
  if (!works) shared.set(cp, (works = cp.pairs.map((pair) => workOf(cp, pair))));
  return works;
}

function workOf({ terms }: CrossProducts, { i, j, rowIdx }: PairProducts): ColumnProducts | null {
  const width = terms[i].nc * terms[j].nc;
  return width === 1 ? null : crossProducts(width, width, rowIdx.length >= FEW_BLOCKS);
}

/**
 * Adds to D_i the sum over blocks B of Z'Z (a level of term i by one of term j) of B Lambda_j V', and to D_j that of B'Lambda_i V, where V is
 * the block of S^-1 in the same place. Both are contractions of the sum of B (x) V, which is made once for all blocks.
 *
 * @param at where column c of a level's V begins in `inverse`, less the block's place: colPtr of the pattern of S
 * @param below places of the blocks below the diagonal block of their column
 */
export function addPairTraces(
  cp: CrossProducts,
  pair: PairProducts,
  below: Int32Array,
  colPtr: Int32Array,
  inverse: Float64Array,
  lambdas: readonly Float64Array[],
  work: ColumnProducts | null,
  byFactor: readonly Float64Array[],
): void {
  const ni = cp.terms[pair.i].nc;
  const { nc: nj, nl, start } = cp.terms[pair.j];
  const li = lambdas[pair.i];
  const lj = lambdas[pair.j];
  const Di = byFactor[pair.i];
  const Dj = byFactor[pair.j];
  const { colPtr: starts, blocks } = pair;
  if (!work) {
    let s = 0;
    for (let l = 0; l < nl; l++) {
      const first = colPtr[start + l] + 1;
      for (let k = starts[l]; k < starts[l + 1]; k++) s += blocks[k] * inverse[first + below[k]];
    }
    Di[0] += s * lj[0];
    Dj[0] += s * li[0];
    return;
  }
  const { A, B, sums } = work;
  const width = ni * nj;
  sums.fill(0);
  let row = 0;
  for (let l = 0; l < nl; l++) {
    for (let k = starts[l]; k < starts[l + 1]; k++) {
      for (let c = 0; c < nj; c++) {
        const from = colPtr[start + l * nj + c] + nj - c + below[k];
        for (let b = 0; b < ni; b++) {
          const e = c * ni + b;
          const to = packedAt(e) + 4 * row;
          A[to] = blocks[k * width + e];
          B[to] = inverse[from + b];
        }
      }
      if (++row === PACKED_ROWS) {
        work.add(row);
        row = 0;
      }
    }
  }
  if (row > 0) work.add(row);
  for (let c = 0; c < nj; c++) {
    for (let b = 0; b < ni; b++) {
      for (let d = 0; d < nj; d++) {
        for (let a = 0; a < ni; a++) {
          // sum of B[a, d] V[b, c]
          const s = productAt(work, d * ni + a, c * ni + b);
          Di[b * ni + a] += lj[c * nj + d] * s;
          Dj[c * nj + d] += li[b * ni + a] * s;
        }
      }
    }
  }
}
