import type { CrossProducts } from '../cross-products.js';
import type { PenalizedPattern } from '../penalized-pattern.js';
import { wasmKernels } from './kernels-wasm.js';

/**
 * The blocks of Z'Z in the memory of WebAssembly kernels, which do with them what the loops of `scale-by-lambda.ts` do, in the same order and so to the
 * same bits, several vectors at a time and about ten times as fast.
 */
export interface PairBlocks {
  /** Values on the pattern of S, in the kernels' memory; zero at first. */
  readonly values: Float64Array;
  /** Sets the blocks of pairs of terms in `values` to those of Lambda'Z'Z Lambda. */
  scaleInto(lambdas: readonly Float64Array[]): void;
  /**
   * out = Z'Z x for `nrhs` vectors of length q, column-major; `term` is the only term in whose effects the vectors are not zero, -1 where all may be.
   * `from` is the first vector, in `x` and in `out`.
   */
  multiplyInto(x: Float64Array, term: number, from: number, nrhs: number, out: Float64Array): void;
}

/** Vectors that are taken at a time. */
const VECTORS = 12;

/** Fewer products in the blocks than this are not worth the kernels, and more bytes are left where they are. */
const FEW = 2048;
const MOST_BYTES = 64e6;

/** Null where blocks of vector-valued pairs are few or too many, where they move with a residual structure, or without WebAssembly. */
export function pairBlocks(cp: CrossProducts, { pattern, pairs }: PenalizedPattern): PairBlocks | null {
  const { q, terms } = cp;
  if (cp.residual || pairs.some(({ pair: { i, j } }) => i === j)) return null;
  let products = 0;
  for (const { pair } of pairs) if (terms[pair.i].nc * terms[pair.j].nc > 1) products += pair.blocks.length;
  if (products < FEW) return null;

  let doubles = 0;
  const take = (count: number): number => {
    const at = doubles;
    doubles += 2 * ((count + 1) >> 1);
    return at;
  };
  const x = take(q * VECTORS);
  const out = take(q * VECTORS);
  const ofTerm = terms.map(({ nc, nl }) => ({
    blocks: take(nc * nc * nl),
    lambda: take(nc * nc),
    transposed: take(nc * (nc + 1)),
    levels: 2 * take((nl + 2) >> 1),
  }));
  const ofPair = pairs.map(({ pair }) => ({
    blocks: take(pair.blocks.length),
    starts: 2 * take((pair.colPtr.length + 1) >> 1),
    rows: 2 * take((pair.rowIdx.length + 1) >> 1),
    below: 2 * take((pair.rowIdx.length + 1) >> 1),
  }));
  const scratch = take(terms.reduce((m, { nc }) => Math.max(m, nc + 1), 0));
  const columns = 2 * take((q + 2) >> 1);
  const values = take(pattern.rowIdx.length);
  if (8 * doubles > MOST_BYTES) return null;
  const fast = wasmKernels(doubles);
  if (!fast) return null;
  const { memory, kernels } = fast;
  const integers = new Int32Array(memory.buffer, 0, 2 * doubles);
  terms.forEach(({ blocks, nl }, t) => {
    memory.set(blocks, ofTerm[t].blocks);
    for (let l = 0; l <= nl; l++) integers[ofTerm[t].levels + l] = l;
  });
  pairs.forEach(({ pair, below }, k) => {
    memory.set(pair.blocks, ofPair[k].blocks);
    integers.set(pair.colPtr, ofPair[k].starts);
    integers.set(pair.rowIdx, ofPair[k].rows);
    integers.set(below, ofPair[k].below);
  });
  integers.set(pattern.colPtr, columns);

  return {
    values: memory.subarray(values, values + pattern.rowIdx.length),
    scaleInto(lambdas) {
      terms.forEach(({ nc }, t) => {
        const { lambda, transposed } = ofTerm[t];
        memory.set(lambdas[t], lambda);
        const padded = nc + (nc & 1);
        for (let c = 0; c < nc; c++)
          for (let r = 0; r < nc; r++) memory[transposed + c * padded + r] = lambdas[t][r * nc + c];
      });
      pairs.forEach(({ pair: { i, j } }, k) => {
        const { nc: nj, nl, start } = terms[j];
        const { blocks, starts, below } = ofPair[k];
        kernels.scaleBlocks(
          starts,
          nl,
          blocks,
          terms[i].nc,
          nj,
          ofTerm[i].transposed,
          ofTerm[j].lambda,
          columns + start,
          below,
          values,
          scratch,
        );
      });
    },
    multiplyInto(from, term, first, nrhs, to) {
      for (let h = first; h < first + nrhs; h += VECTORS) {
        const count = Math.min(VECTORS, first + nrhs - h);
        const width = count + (count & 1);
        memory.fill(0, out, out + q * width);
        for (let t = 0; t < terms.length; t++) {
          if (term >= 0 && term !== t) continue;
          const { nc, nl, start } = terms[t];
          sideBySide(from, h * q + start, q, nc * nl, count, width, memory, x + start * width);
          const { blocks, levels } = ofTerm[t];
          kernels.addBlocks(levels, levels, nl, blocks, nc, nc, x + start * width, out + start * width, width);
        }
        for (let k = 0; k < pairs.length; k++) {
          const { i, j } = pairs[k].pair;
          const { blocks, starts, rows } = ofPair[k];
          const ti = terms[i];
          const tj = terms[j];
          const vi = ti.start * width;
          const vj = tj.start * width;
          if (term < 0 || term === j)
            kernels.addBlocks(starts, rows, tj.nl, blocks, ti.nc, tj.nc, x + vj, out + vi, width);
          if (term < 0 || term === i)
            kernels.addTransposedBlocks(starts, rows, tj.nl, blocks, ti.nc, tj.nc, x + vi, out + vj, width);
        }
        for (let c = 0; c < count; c++) {
          const o = (h + c) * q;
          for (let r = 0, at = out + c; r < q; r++, at += width) to[o + r] = memory[at];
        }
      }
    },
  };
}

/** Entry i of vector c goes to at + i width + c; the columns that fill up the width are zero. */
function sideBySide(
  from: Float64Array,
  start: number,
  ld: number,
  length: number,
  count: number,
  width: number,
  to: Float64Array,
  at: number,
): void {
  for (let c = 0; c < width; c++) {
    const o = start + c * ld;
    if (c < count) for (let i = 0, k = at + c; i < length; i++, k += width) to[k] = from[o + i];
    else for (let i = 0, k = at + c; i < length; i++, k += width) to[k] = 0;
  }
}
