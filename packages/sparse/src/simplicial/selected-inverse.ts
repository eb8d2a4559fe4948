import type { SimplicialStructure } from './structure.js';

/**
 * Entries of Z = (L L')^-1 on the pattern of L, columns from the last to the first:
 *
 *     Z_ij = - sum_k Z_ik L_kj / L_jj   (i > j),      Z_jj = 1 / L_jj^2 - sum_k Z_kj L_kj / L_jj,
 *
 * k over the rows of column j below the diagonal; every Z_ik needed lies on the pattern.
 * Source: Takahashi, Fagan and Chin (1973); Erisman and Tinney (1975), On computing certain elements of the inverse.
 *
 * @param pivots the diagonal D of an L D L' factorisation, whose L has a unit diagonal (never read); else undefined
 * @param Z result, aligned with the structure's rowIdx
 * @param work two dense columns, 2n entries; zero on entry and on return
 */
export function selectedInverseSimplicial(
  structure: Pick<SimplicialStructure, 'colPtr' | 'rowIdx'>,
  Lx: Float64Array,
  pivots: Float64Array | undefined,
  Z: Float64Array,
  work: Float64Array,
): void {
  const { colPtr: Lp, rowIdx: Li } = structure;
  const n = Lp.length - 1;
  // work[i] = L_ij / L_jj for the rows of column j, zero elsewhere; work[n + i] accumulates the sum for row i.
  for (let j = n - 1; j >= 0; j--) {
    const start = Lp[j];
    const end = Lp[j + 1];
    const pivot = pivots === undefined ? Lx[start] : 1;
    for (let p = start + 1; p < end; p++) {
      work[Li[p]] = Lx[p] / pivot;
      work[n + Li[p]] = 0;
    }
    for (let p = start + 1; p < end; p++) {
      const k = Li[p];
      const yk = work[k];
      const zStart = Lp[k];
      const zEnd = Lp[k + 1];
      let sum = Z[zStart] * yk;
      // Scan column k, or look the few rows up when the column is much longer than what is wanted of it.
      if ((end - p) * 8 > zEnd - zStart) {
        for (let q = zStart + 1; q < zEnd; q++) {
          const i = Li[q];
          const z = Z[q];
          work[n + i] += z * yk;
          sum += z * work[i];
        }
      } else {
        let low = zStart + 1;
        for (let t = p + 1; t < end; t++) {
          const i = Li[t];
          let high = zEnd;
          while (high - low > 1) {
            const middle = (low + high) >>> 1;
            if (Li[middle] <= i) low = middle;
            else high = middle;
          }
          const z = Z[low];
          work[n + i] += z * yk;
          sum += z * work[i];
        }
      }
      work[n + k] += sum;
    }
    let diagonal = pivots === undefined ? 1 / (pivot * pivot) : 1 / pivots[j];
    for (let p = start + 1; p < end; p++) {
      const i = Li[p];
      const z = -work[n + i];
      Z[p] = z;
      diagonal -= z * work[i];
    }
    Z[start] = diagonal;
    for (let p = start + 1; p < end; p++) work[Li[p]] = 0;
  }
}
