import type { FittedModel } from '@blup/lmm';
import {
  eliminationTree,
  invertPermutation,
  permuteSymmetricLower,
  transposePattern,
  type CscPattern,
} from '@blup/sparse';

/** Where the nonzeros of a lower triangle stand, counted on a square grid. */
export interface SpyGrid {
  /** Cells along a side. */
  readonly cells: number;
  /** Row, column and number of nonzeros of every cell that has some. */
  readonly row: Int32Array;
  readonly column: Int32Array;
  readonly count: Int32Array;
  readonly nnz: number;
}

export interface SpyPlots {
  readonly q: number;
  /** Lambda'Z'Z Lambda + I in the order of the random effects, and permuted. */
  readonly natural: { readonly matrix: SpyGrid; readonly factor: SpyGrid };
  readonly permuted: { readonly matrix: SpyGrid; readonly factor: SpyGrid };
}

const MAX_CELLS = 96;

/** Patterns of the penalised system and of its Cholesky factor, as it stands and with the fill-reducing permutation. */
export function spyPlots({ optimum }: FittedModel): SpyPlots {
  const { placed, symbolic } = optimum.objective.pls;
  const { pattern } = placed;
  const identity = Int32Array.from({ length: pattern.ncol }, (_, i) => i);
  return { q: pattern.ncol, natural: grids(pattern, identity), permuted: grids(pattern, symbolic.perm) };
}

function grids(lower: CscPattern, perm: Int32Array): { matrix: SpyGrid; factor: SpyGrid } {
  const pattern = permuteSymmetricLower(lower, invertPermutation(perm));
  const q = pattern.ncol;
  const matrix = counter(q);
  for (let j = 0; j < q; j++)
    for (let k = pattern.colPtr[j]; k < pattern.colPtr[j + 1]; k++) matrix.add(pattern.rowIdx[k], j);
  return { matrix: matrix.grid(), factor: factorGrid(pattern) };
}

/**
 * The pattern of L row by row: row i is the part of the elimination tree that is reached from the entries of row i of the matrix (Davis
 * 2006, Direct Methods for Sparse Linear Systems, section 4.2). O(nnz(L)) time, O(q) memory.
 */
function factorGrid(pattern: CscPattern): SpyGrid {
  const q = pattern.ncol;
  const upper = transposePattern(pattern);
  const parent = eliminationTree(upper);
  const seen = new Int32Array(q).fill(-1);
  const factor = counter(q);
  for (let i = 0; i < q; i++) {
    seen[i] = i;
    factor.add(i, i);
    for (let k = upper.colPtr[i]; k < upper.colPtr[i + 1]; k++) {
      for (let j = upper.rowIdx[k]; j >= 0 && j < i && seen[j] !== i; j = parent[j]) {
        seen[j] = i;
        factor.add(i, j);
      }
    }
  }
  return factor.grid();
}

function counter(q: number) {
  const cells = Math.max(1, Math.min(q, MAX_CELLS));
  const counts = new Int32Array(cells * cells);
  let nnz = 0;
  return {
    add(i: number, j: number): void {
      counts[Math.floor((i * cells) / q) * cells + Math.floor((j * cells) / q)]++;
      nnz++;
    },
    grid(): SpyGrid {
      const filled: number[] = [];
      for (let k = 0; k < counts.length; k++) if (counts[k] > 0) filled.push(k);
      return {
        cells,
        row: Int32Array.from(filled, (k) => Math.floor(k / cells)),
        column: Int32Array.from(filled, (k) => k % cells),
        count: Int32Array.from(filled, (k) => counts[k]),
        nnz,
      };
    },
  };
}
