import { columnStarts, type CscPattern } from './csc.js';
import { SparseError } from './errors.js';
import { transposePattern } from './transpose.js';

/** A A' for matrices A of one pattern: its lower triangle's pattern once, its values again and again. */
export interface CrossProduct {
  readonly lower: CscPattern;
  /** Values of A A' at the positions of `lower`, from the values of A; O(multiplications), allocates nothing. */
  valuesInto(values: Float64Array, out: Float64Array): void;
}

/**
 * Prepares A A' (lower triangle), so that `factorize(factor, out, beta)` factorises A A' + beta I:
 *
 *     const product = crossProduct(A);
 *     const factor = createFactor(analyze(product.lower));
 *     product.valuesInto(A.values, values);
 *     factorize(factor, values, 1);
 */
export function crossProduct(A: CscPattern): CrossProduct {
  const n = A.nrow;
  const { colPtr: Ap, rowIdx: Ai } = A;
  const { colPtr: Tp, rowIdx: Ti, source } = transposePattern(A);
  const mark = new Int32Array(n).fill(-1);
  const counts = new Int32Array(n);
  let room = 1024;
  let rows = new Int32Array(room);
  let end = 0;
  for (let j = 0; j < n; j++) {
    const begin = end;
    for (let q = Tp[j]; q < Tp[j + 1]; q++) {
      const k = Ti[q];
      for (let p = Ap[k + 1] - 1; p >= Ap[k] && Ai[p] >= j; p--) {
        const i = Ai[p];
        if (mark[i] === j) continue;
        mark[i] = j;
        if (end === room) {
          room *= 2;
          const larger = new Int32Array(room);
          larger.set(rows);
          rows = larger;
        }
        rows[end++] = i;
      }
    }
    rows.subarray(begin, end).sort();
    counts[j] = end - begin;
  }
  const colPtr = columnStarts(counts);
  const rowIdx = rows.slice(0, end);
  const place = new Int32Array(n);

  return {
    lower: { nrow: n, ncol: n, colPtr, rowIdx },
    valuesInto(values, out) {
      if (values.length !== Ai.length || out.length !== rowIdx.length)
        throw new SparseError(
          'values-length',
          `A has ${Ai.length} values and A A' ${rowIdx.length}, got arrays of ${values.length} and ${out.length}`,
        );
      out.fill(0);
      for (let j = 0; j < n; j++) {
        for (let p = colPtr[j]; p < colPtr[j + 1]; p++) place[rowIdx[p]] = p;
        for (let q = Tp[j]; q < Tp[j + 1]; q++) {
          const k = Ti[q];
          const a = values[source[q]];
          for (let p = Ap[k + 1] - 1; p >= Ap[k] && Ai[p] >= j; p--) out[place[Ai[p]]] += values[p] * a;
        }
      }
    },
  };
}
